import { type Migration } from '../engine/migrate.ts'

/** R24: the Mailchimp user that a key belongs to, and when Mailchimp said so; a key without one was not asked about. */
export const user: Migration = {
  version: 25,
  name: 'user',
  sql: () => [
    'alter table credential add column mailchimp_user text',
    'alter table credential add column user_seen_at bigint',
  ],
}
