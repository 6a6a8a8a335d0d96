import { type Migration } from '../engine/migrate.ts'

/**
 * What is still to be done with what an older release left, step by step, and where the step is (`upgrade` of the
 * pipeline). `through` is the last body of that release, `known` its last fact. A debt with `unaccepted` grants nothing
 * that rests on facts up to that one alone, until a person has accepted it.
 */
export const upgrade: Migration = {
  version: 14,
  name: 'upgrade',
  sql: () => [
    `create table upgrade (
       id integer primary key check (id = 1),
       step text not null check (step in ('naming', 'reading', 'adopting', 'owing', 'done')),
       after_group text not null default '', after_item text not null default '',
       through text not null, known text not null, accepted integer not null default 0)`,
    `insert into upgrade (id, step, through, known)
     select 1, 'naming', (select max(id) from inbox), (select max(id) from fact) where exists (select 1 from fact)`,
    'alter table delivery add column unaccepted text',
    'create index delivery_unaccepted on delivery (id) where unaccepted is not null',
  ],
}
