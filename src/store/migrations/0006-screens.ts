import { type Migration } from '../migrate.ts'

/** What the console asks for: the newest facts of a source, people by the beginning of their id, and counts by time. */
export const screens: Migration = {
  version: 6,
  name: 'screens',
  sql: dialect => [
    // Told from the index alone: how many facts came in when.
    'create index fact_listed on fact (source_id, id, received_at)',
    `create index fact_person_start on fact (${dialect === 'postgres' ? 'lower(person collate "C")' : 'lower(person)'})
      where person is not null`,
    'create index delivered_contact on delivered (contact)',
    `create index attempt_delivered on attempt (integration_id, finished_at) where outcome = 'delivered'`,
    `create index delivery_skipped on delivery (integration_id, settled_at, reason) where status = 'skipped'`,
  ],
}
