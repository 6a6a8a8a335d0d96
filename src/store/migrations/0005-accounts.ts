import { type Migration } from '../engine/migrate.ts'

/** Who may sign in, who is signed in, and the one link by which the first account is made. Secrets are hashes. */
export const accounts: Migration = {
  version: 5,
  name: 'accounts',
  sql: () => [
    `create table account (
       id text primary key, email text not null unique, name text not null,
       role text not null check (role in ('owner', 'operator', 'viewer')),
       password text not null, created_at bigint not null, disabled_at bigint)`,
    `create table session (
       id text primary key, account_id text not null references account (id),
       hash text not null unique, agent text not null, created_at bigint not null, seen_at bigint not null)`,
    `create index session_account on session (account_id)`,
    `create table setup (id integer primary key check (id = 1), hash text not null, created_at bigint not null)`,
  ],
}
