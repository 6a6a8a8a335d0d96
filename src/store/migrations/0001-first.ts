import { type Migration } from '../engine/migrate.ts'

export const first: Migration = {
  version: 1,
  name: 'first',
  sql: dialect => {
    const bytes = dialect === 'postgres' ? 'bytea' : 'blob'
    return [...configuration(bytes), ...evidence(bytes), ...debts]
  },
}

const hold = `hold_cause text, hold_detail text, held_at bigint, probe_at bigint, probes integer not null default 0`

const configuration = (bytes: string) => [
  `create table source (
     id text primary key, name text not null, organization_id text,
     feed text check (feed in ('user', 'event')),
     auth_type text not null check (auth_type in ('bearer', 'oauth2')),
     created_at bigint not null)`,
  `create table source_secret (
     id text primary key, source_id text not null references source (id),
     kind text not null check (kind in ('bearer', 'client')),
     client_id text unique, hash text not null unique, created_at bigint not null)`,
  `create table access_token (
     hash text primary key, source_id text not null references source (id), expires_at bigint not null)`,
  `create table token (
     id text primary key, name text not null,
     role text not null check (role in ('owner', 'operator', 'viewer')),
     hash text not null unique, created_at bigint not null, revoked_at bigint)`,
  `create table credential (
     id text primary key, data_centre text not null, sealed_key ${bytes} not null, ${hold})`,
  `create table integration (
     id text primary key, source_id text not null references source (id),
     credential_id text not null references credential (id),
     settings text not null, enabled integer not null, paused integer not null default 0, ${hold},
     created_at bigint not null, updated_at bigint not null)`,
  `create table audit (
     id text primary key, at bigint not null, actor text not null, action text not null,
     subject text not null, detail text not null)`,
  `create table seal (id integer primary key check (id = 1), canary ${bytes} not null)`,
]

const evidence = (bytes: string) => [
  `create table inbox (
     id text primary key, source_id text not null references source (id),
     fingerprint text not null, received_at bigint not null, raw ${bytes} not null,
     records integer not null, repeats integer not null default 0, faults text,
     unique (source_id, fingerprint))`,
  `create index inbox_faults on inbox (source_id, id) where faults is not null`,
  `create table fact (
     id text primary key, source_id text not null references source (id),
     inbox_id text not null references inbox (id), key text not null,
     family text not null check (family in ('user', 'event')),
     kind text not null check (kind in ('created', 'updated', 'deleted')),
     entity_id text not null, user_id text not null, person text,
     at bigint not null, received_at bigint not null,
     regulation text not null, status text not null, content text not null,
     unique (source_id, key))`,
  `create index fact_person on fact (source_id, person)`,
  `create index fact_entity on fact (source_id, entity_id)`,
  `create index fact_orphan on fact (source_id, entity_id) where kind = 'deleted' and person is null`,
  `create table tally (
     source_id text not null references source (id), kind text not null, family text not null,
     n bigint not null, primary key (source_id, kind, family))`,
]

const debts = [
  `create table delivery (
     id text primary key, integration_id text not null references integration (id), person text not null,
     status text not null check (status in ('waiting', 'sending', 'held', 'delivered', 'skipped', 'dead')),
     priority integer not null, due_at bigint, revision bigint not null,
     failed integer not null default 0, first_failed_at bigint, carries_withdrawal integer not null,
     reason text, detail text, refused text, owed_at bigint not null, settled_at bigint,
     unique (integration_id, person))`,
  `create index delivery_due on delivery (integration_id, priority, due_at) where status = 'waiting'`,
  `create index delivery_status on delivery (integration_id, status)`,
  `create table delivered (
     integration_id text not null references integration (id), person text not null,
     contact text not null, fields text not null, certain integer not null, at bigint not null,
     primary key (integration_id, person))`,
  `create table attempt (
     id text primary key, integration_id text not null references integration (id), person text not null,
     revision bigint not null, started_at bigint not null, finished_at bigint,
     method text not null, path text not null, request text not null,
     status integer, answer text, request_id text, outcome text, reason text, detail text)`,
  `create index attempt_person on attempt (integration_id, person, id)`,
  `create index attempt_open on attempt (integration_id) where finished_at is null`,
]
