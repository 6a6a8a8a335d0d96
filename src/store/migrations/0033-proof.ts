import { type Migration } from '../engine/migrate.ts'

/** When the person behind a session last proved to be the one; until now that was when they signed in. */
export const proof: Migration = {
  version: 33,
  name: 'proof',
  sql: () => [
    'alter table session add column proved_at bigint not null default 0',
    'update session set proved_at = created_at',
  ],
}
