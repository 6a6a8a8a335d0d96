import { type Migration } from '../engine/migrate.ts'

/**
 * R34: erasures, each of a person whose id is in it only until their data is gone; the sealed key of keyed hashes; and
 * the hashes of what was erased, the person and the Didomi users that were theirs alone.
 */
export const erasure: Migration = {
  version: 32,
  name: 'erasure',
  sql: dialect => [
    `create table erasure (
       id text primary key, person text, at_mailchimp text not null check (at_mailchimp in ('deny', 'leave')),
       thorough integer not null, actor text not null, asked_at bigint not null, ends_by bigint not null,
       erased_at bigint, ended_at bigint, counts text, unproven text)`,
    'create unique index erasure_person on erasure (person) where person is not null',
    'create index erasure_open on erasure (id) where ended_at is null',
    `create table erasure_key (id integer primary key check (id = 1), sealed ${dialect === 'postgres' ? 'bytea' : 'blob'} not null)`,
    'create table suppressed (hash text primary key, chosen_by bigint not null)',
  ],
}
