import { type Migration } from '../engine/migrate.ts'

/** The keys of erased facts, so that a repeat does not bring them back. A key is a SHA-256 of the record and says nothing. */
export const tombstone: Migration = {
  version: 7,
  name: 'tombstone',
  sql: () => [
    `create table tombstone (
       source_id text not null references source (id), key text not null, primary key (source_id, key))`,
  ],
}
