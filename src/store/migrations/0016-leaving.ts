import { type Migration } from '../engine/migrate.ts'

/**
 * R22: what Mailchimp may still apply outlives a removed integration and a replaced document. A leaving integration is
 * owed nothing new, and is kept until it has asserted that, `leaves_at` at the latest; `left_from` is the integration
 * whose document it was. What could not be asserted is in `unproven`.
 */
export const leaving: Migration = {
  version: 16,
  name: 'leaving',
  sql: () => [
    'alter table integration add column leaves_at bigint',
    'alter table integration add column left_from text',
    'create index integration_left_from on integration (left_from) where left_from is not null',
    `create index delivery_window on delivery (integration_id, window_until)
       where status = 'waiting' and window_until is not null`,
    `create table unproven (
       id text primary key, at bigint not null, integration_id text not null, integration_name text,
       data_centre text not null, audience_id text not null, person text not null, contact text,
       tags text not null, reason text)`,
    'create index unproven_person on unproven (person)',
  ],
}
