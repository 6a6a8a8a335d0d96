import { type Migration } from '../engine/migrate.ts'

/** R16e: a withdrawal whose contact is gone is a failure of a kind of its own. SQLite cannot change a check in place. */
export const gone: Migration = {
  version: 28,
  name: 'gone',
  sql: dialect => [
    `create index delivery_gone on delivery (integration_id, reason, settled_at)
      where status = 'skipped' and reason = 'contact_gone' and carries_withdrawal = 1`,
    ...(dialect === 'postgres' ? inPlace : madeAnew),
  ],
}

const KINDS = `check (kind in ('dead', 'held', 'retrying', 'gone'))`

const inPlace = [
  'alter table failure drop constraint failure_kind_check',
  `alter table failure add constraint failure_kind_check ${KINDS}`,
]

const COLUMNS = `id, integration_id, kind, cause, state, debts, withdrawals, first_at, last_at, changed_at, changed_by,
                 resolved_at`

const madeAnew = [
  'alter table failure rename to failure_before',
  `create table failure (
     id text primary key, integration_id text not null references integration (id) on delete cascade,
     kind text not null ${KINDS}, cause text not null,
     state text not null check (state in ('open', 'acknowledged', 'resolved', 'ignored')),
     debts bigint not null, withdrawals bigint not null, first_at bigint not null, last_at bigint not null,
     changed_at bigint not null, changed_by text, resolved_at bigint,
     unique (integration_id, kind, cause))`,
  `insert into failure (${COLUMNS}) select ${COLUMNS} from failure_before`,
  'drop table failure_before',
]
