import { type Migration } from '../engine/migrate.ts'

/**
 * R26: failures grouped by cause, and replays. Both find their debts by indexes that hold failing or replayed debts
 * only, so that a debt that goes well costs no more than before.
 */
export const failures: Migration = {
  version: 4,
  name: 'failures',
  sql: () => [
    `create table failure (
       id text primary key, integration_id text not null references integration (id) on delete cascade,
       kind text not null check (kind in ('dead', 'held', 'retrying')), cause text not null,
       state text not null check (state in ('open', 'acknowledged', 'resolved', 'ignored')),
       debts bigint not null, withdrawals bigint not null, first_at bigint not null, last_at bigint not null,
       changed_at bigint not null, changed_by text, resolved_at bigint,
       unique (integration_id, kind, cause))`,
    `create index delivery_ended_badly on delivery (integration_id, status, reason, settled_at, carries_withdrawal)
      where status in ('dead', 'held')`,
    `create index delivery_failing on delivery (integration_id, reason, first_failed_at, status, carries_withdrawal)
      where status in ('waiting', 'sending') and failed > 0`,
    `create table replay (
       id text primary key, kind text not null check (kind in ('debts', 'resync')), criteria text not null,
       actor text not null, idempotency_key text unique, fingerprint text,
       total bigint not null, withdrawals bigint not null, made_due bigint not null default 0,
       last_done text not null default '', through text not null,
       created_at bigint not null, made_at bigint, finished_at bigint)`,
    `create index replay_open on replay (id) where finished_at is null`,
    'alter table delivery add column replay_id text',
    `create index delivery_replay on delivery (replay_id)
      where replay_id is not null and status in ('waiting', 'sending')`,
  ],
}
