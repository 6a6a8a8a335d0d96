import { type Migration } from '../engine/migrate.ts'

/** R5c: for how many days a fact is kept of which nothing says whose it is, and those facts, the oldest first. */
export const anonymous: Migration = {
  version: 23,
  name: 'anonymous',
  sql: () => [
    'alter table retention add column anonymous integer',
    'update retention set anonymous = 90',
    `create index fact_anonymous on fact (id) where person is null and kind <> 'deleted'`,
  ],
}
