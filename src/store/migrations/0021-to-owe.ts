import { type Migration } from '../engine/migrate.ts'

/** R30: integrations in which everybody of their source is still to be owed, and up to which person that was done. */
export const toOwe: Migration = {
  version: 21,
  name: 'to owe',
  sql: () => [
    `create table to_owe (
       integration_id text primary key references integration (id) on delete cascade,
       after_person text not null,
       owed bigint not null, since bigint not null)`,
  ],
}
