import { type Migration } from '../engine/migrate.ts'

/** Browsers that proved an account: guesses of strangers do not hold them up. */
export const device: Migration = {
  version: 30,
  name: 'device',
  sql: () => [
    `create table device (
       hash text primary key, account_id text not null references account (id), seen_at bigint not null)`,
    'create index device_account on device (account_id, seen_at)',
    'create index device_seen on device (seen_at)',
  ],
}
