import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { type Criteria, type Extent } from './replay-debts.ts'

export type ReplayKind = 'debts' | 'resync'

/** A replay that a caller asked for, and how far it is. */
export type Replay = {
  readonly id: string
  readonly kind: ReplayKind
  readonly criteria: Criteria
  readonly actor: string
  /** How many debts there were to replay when it was asked for, and how many of them withdrew something. */
  readonly total: number
  readonly withdrawals: number
  readonly madeDue: number
  /** Replayed debts that have not ended since. */
  readonly open: number
  /** The last one that was made due: a debt's id, or a person. */
  readonly lastDone: string
  readonly through: string
  readonly fingerprint: string | undefined
  readonly createdAt: number
  /** When the last debt was made due. */
  readonly madeAt: number | undefined
  /** When the last of them had ended. */
  readonly finishedAt: number | undefined
}

type Row = {
  id: string
  kind: ReplayKind
  criteria: string
  actor: string
  total: number
  withdrawals: number
  made_due: number
  open: number
  last_done: string
  through: string
  fingerprint: string | null
  created_at: number
  made_at: number | null
  finished_at: number | null
}

const CRITERIA = jsonColumn<Criteria>()

const OPEN = `d.replay_id = r.id and d.replay_id is not null and d.status in ('waiting', 'sending')`

const SELECT = `select r.id, r.kind, r.criteria, r.actor, r.total, r.withdrawals, r.made_due, r.last_done, r.through,
  r.fingerprint, r.created_at, r.made_at, r.finished_at,
  case when r.finished_at is null then (select count(*) from delivery d where ${OPEN}) else 0 end as open
  from replay r`

const replayIn = (row: Row): Replay => ({
  id: row.id,
  kind: row.kind,
  criteria: CRITERIA.read(row.criteria),
  actor: row.actor,
  total: row.total,
  withdrawals: row.withdrawals,
  madeDue: row.made_due,
  open: row.open,
  lastDone: row.last_done,
  through: row.through,
  fingerprint: row.fingerprint ?? undefined,
  createdAt: row.created_at,
  madeAt: row.made_at ?? undefined,
  finishedAt: row.finished_at ?? undefined,
})

type NewReplay = Pick<Replay, 'id' | 'kind' | 'criteria' | 'actor' | 'createdAt'> &
  Extent & { readonly idempotencyKey: string | undefined; readonly fingerprint: string }

/** Keeps a replay to be carried out; false when its key is taken. */
export async function insertReplay(tx: Sql, replay: NewReplay): Promise<boolean> {
  const { id, kind, criteria, actor, total, withdrawals, through, idempotencyKey, fingerprint, createdAt } = replay
  const rows = await tx.query(
    `insert into replay (id, kind, criteria, actor, idempotency_key, fingerprint, total, withdrawals, through, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (idempotency_key) do nothing returning id`,
    [
      id,
      kind,
      CRITERIA.write(criteria),
      actor,
      idempotencyKey ?? null,
      idempotencyKey === undefined ? null : fingerprint,
      total,
      withdrawals,
      through,
      createdAt,
    ],
  )
  return rows.length > 0
}

/** Keys of before this time may be used again. */
export const forgetKeys = (tx: Sql, before: number) =>
  tx.query(
    `update replay set idempotency_key = null, fingerprint = null
      where idempotency_key is not null and created_at <= $1`,
    [before],
  )

export async function findReplayByKey(sql: Sql, key: string): Promise<Replay | undefined> {
  const [row] = await sql.query<Row>(`${SELECT} where r.idempotency_key = $1`, [key])
  return row && replayIn(row)
}

export async function findReplay(sql: Sql, id: string): Promise<Replay | undefined> {
  const [row] = await sql.query<Row>(`${SELECT} where r.id = $1`, [id])
  return row && replayIn(row)
}

export const listReplays = async (sql: Sql, { before, limit }: { before: string; limit: number }) =>
  (await sql.query<Row>(`${SELECT} where ($1 = '' or r.id < $1) order by r.id desc limit $2`, [before, limit])).map(
    replayIn,
  )

/** The oldest replay with debts that are still to be made due. */
export async function nextReplay(sql: Sql): Promise<Replay | undefined> {
  const [row] = await sql.query<Row>(
    `${SELECT} where r.made_at is null and r.finished_at is null order by r.id limit 1`,
  )
  return row && replayIn(row)
}

/** Notes how many more debts are due, in the transaction that made them so. */
export const advanceReplay = (tx: Sql, { id, madeDue, lastDone }: Pick<Replay, 'id' | 'madeDue' | 'lastDone'>) =>
  tx.query('update replay set made_due = made_due + $2, last_done = $3 where id = $1', [id, madeDue, lastDone])

/** Nothing of it is left to be made due. The person it was at is forgotten. */
export const endReplay = (tx: Sql, { id, at }: { id: string; at: number }) =>
  tx.query(`update replay set made_at = $2, last_done = '' where id = $1`, [id, at])

/** Closes the replays whose debts have all ended. */
export const closeReplays = (tx: Sql, at: number) =>
  tx.query(
    `update replay set finished_at = $1 where finished_at is null and made_at is not null
        and not exists (select 1 from delivery d where d.replay_id = replay.id and d.replay_id is not null
                           and d.status in ('waiting', 'sending'))`,
    [at],
  )
