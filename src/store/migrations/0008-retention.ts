import { type Migration } from '../engine/migrate.ts'

/** For how many days what is kept. `bodies_done`: every body up to this one that can expire has. */
export const retention: Migration = {
  version: 8,
  name: 'retention',
  sql: () => [
    `create table retention (
       id integer primary key check (id = 1), bodies integer, quarantine integer, attempts integer, audit integer,
       bodies_done text not null default '')`,
  ],
}
