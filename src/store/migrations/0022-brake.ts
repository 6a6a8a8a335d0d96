import { type Migration } from '../engine/migrate.ts'

/**
 * R33: the problem *many retractions* of a source, at most one of them open; who lost something by retraction lately;
 * how many people the source had when that was last counted. A debt keeps what it waited behind until it has nothing to
 * retract, so that an answer counts for it however often it has to be tried.
 */
export const brake: Migration = {
  version: 22,
  name: 'brake',
  sql: () => [
    `create table brake (
       id text primary key, source_id text not null, since bigint not null, decision text, decided_at bigint,
       decided_by text)`,
    'create unique index brake_open on brake (source_id) where decision is null',
    `create table retracted (
       source_id text not null, person text not null, at bigint not null, primary key (source_id, person))`,
    'create index retracted_at on retracted (source_id, at)',
    'create table source_size (source_id text primary key, people bigint not null, counted_at bigint not null)',
    'alter table delivery add column brake_id text',
    'alter table delivery add column braked integer not null default 0',
    'create index delivery_braked on delivery (brake_id, id) where braked = 1',
  ],
}
