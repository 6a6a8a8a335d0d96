import { type Migration } from '../engine/migrate.ts'

/** What the console asks for: the newest facts of a source, people by the beginning of their id, and counts by time. */
export const screens: Migration = {
  version: 6,
  name: 'screens',
  sql: dialect => [
    // By time first: an index by source and id would tempt SQLite away from `fact_entity` whenever ids are in order.
    'create index fact_received on fact (source_id, received_at, id)',
    `create index fact_person_start on fact (${dialect === 'postgres' ? 'lower(person collate "C")' : 'lower(person)'})
      where person is not null`,
    'create index delivered_contact on delivered (contact)',
    `create index attempt_delivered on attempt (integration_id, finished_at) where outcome = 'delivered'`,
    `create index delivery_skipped on delivery (integration_id, settled_at, reason) where status = 'skipped'`,
  ],
}
