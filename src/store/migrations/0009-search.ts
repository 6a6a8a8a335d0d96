import { type Migration } from '../engine/migrate.ts'

/** Facts by the time of their receipt, and attempts by how they ended; those that simply went well stand in none. */
export const search: Migration = {
  version: 9,
  name: 'search',
  sql: () => [
    'create index fact_time on fact (received_at, id)',
    'create index attempt_status on attempt (status) where reason is not null',
    'create index attempt_reason on attempt (reason) where reason is not null',
  ],
}
