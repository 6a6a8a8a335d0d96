import { type Migration } from '../engine/migrate.ts'

/** What may still be applied late (R22), which field Mailchimp refuses (R13), and which facts an attempt carried. */
export const window: Migration = {
  version: 2,
  name: 'window',
  sql: () => [
    'alter table delivery add column window_until bigint',
    'alter table delivery add column window_sent text',
    'alter table delivery add column isolation text',
    'alter table delivered add column last_fact text',
    'alter table attempt add column carried text',
  ],
}
