import { type Migration } from '../engine/migrate.ts'

/** On PostgreSQL it is there before the first migration: migrating needs the lease, too. */
export const LEASE_TABLE = `create table if not exists lease
  (name text primary key, owner text not null, epoch bigint not null, expires_at bigint not null, session text not null)`

/** I14: who may deliver. */
export const lease: Migration = { version: 19, name: 'lease', sql: () => [LEASE_TABLE] }
