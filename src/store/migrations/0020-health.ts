import { type Migration } from '../engine/migrate.ts'

/** R32: a row that is written again to find out whether the store can commit. */
export const health: Migration = {
  version: 20,
  name: 'health',
  sql: () => ['create table probe (id integer primary key, at bigint not null)'],
}
