import { type Failure, type FailureKind, type FailureState } from '../../domain/failure.ts'
import { type HeldBy } from '../../domain/hold.ts'
import { type Reason } from '../../domain/reason.ts'
import { type Sql } from '../engine/database.ts'
import { BEHIND, ENDED_BADLY, FAILING, GONE, type Group } from './failure-groups.ts'
import { HELD_BY, HELD_FOR } from './shown.ts'
import { jsonRows } from '../engine/json-rows.ts'

export type KeptFailure = Group & Failure & { readonly id: string }

type Row = {
  id: string
  integration_id: string
  kind: FailureKind
  cause: Reason
  state: FailureState
  debts: number
  withdrawals: number
  first_at: number
  last_at: number
  changed_at: number
  changed_by: string | null
  resolved_at: number | null
}

const COLUMNS = {
  id: 'text',
  integration_id: 'text',
  kind: 'text',
  cause: 'text',
  state: 'text',
  debts: 'bigint',
  withdrawals: 'bigint',
  first_at: 'bigint',
  last_at: 'bigint',
  changed_at: 'bigint',
  changed_by: 'text',
  resolved_at: 'bigint',
} as const

const NAMES = Object.keys(COLUMNS)
const SELECT = `select ${NAMES.map(name => `f.${name}`).join(', ')}`

const failureIn = (row: Row): KeptFailure => ({
  id: row.id,
  integrationId: row.integration_id,
  kind: row.kind,
  cause: row.cause,
  state: row.state,
  debts: row.debts,
  withdrawals: row.withdrawals,
  firstAt: row.first_at,
  lastAt: row.last_at,
  changedAt: row.changed_at,
  changedBy: row.changed_by ?? undefined,
  resolvedAt: row.resolved_at ?? undefined,
})

const rowOf = (failure: KeptFailure): Row => ({
  id: failure.id,
  integration_id: failure.integrationId,
  kind: failure.kind,
  cause: failure.cause,
  state: failure.state,
  debts: failure.debts,
  withdrawals: failure.withdrawals,
  first_at: failure.firstAt,
  last_at: failure.lastAt,
  changed_at: failure.changedAt,
  changed_by: failure.changedBy ?? null,
  resolved_at: failure.resolvedAt ?? null,
})

/** Every failure that there ever was: as many as there are integrations with causes. */
export const allFailures = async (sql: Sql): Promise<KeptFailure[]> =>
  (await sql.query<Row>(`${SELECT} from failure f`)).map(failureIn)

/** Keeps new failures; one that is there already, or whose integration was removed meanwhile, is passed over. */
export const insertFailures = (tx: Sql, failures: readonly KeptFailure[]) =>
  tx.query(
    `insert into failure (${NAMES.join(', ')}) select ${NAMES.map(name => `r.${name}`).join(', ')}
       from ${jsonRows(tx.dialect, '$1', COLUMNS)} join integration i on i.id = r.integration_id where true
     on conflict (integration_id, kind, cause) do nothing`,
    [JSON.stringify(failures.map(rowOf))],
  )

export type FailureUpdate = { readonly failure: KeptFailure; readonly was: FailureState }

/** Writes what became of failures, but for those whose state was changed meanwhile. Returns the ids written. */
export async function updateFailures(tx: Sql, updates: readonly FailureUpdate[]): Promise<string[]> {
  const own = NAMES.slice(4)
  const rows = await tx.query<{ id: string }>(
    `update failure set ${own.map(name => `${name} = r.${name}`).join(', ')}
       from ${jsonRows(tx.dialect, '$1', { ...COLUMNS, was: 'text' })}
      where failure.id = r.id and failure.state = r.was returning failure.id`,
    [JSON.stringify(updates.map(({ failure, was }) => ({ ...rowOf(failure), was })))],
  )
  return rows.map(row => row.id)
}

export async function findFailure(sql: Sql, id: string): Promise<KeptFailure | undefined> {
  const [row] = await sql.query<Row>(`${SELECT} from failure f where f.id = $1`, [id])
  return row && failureIn(row)
}

/** One debt of the failure, to look at. It is looked up, not kept: a failure names no person. */
type Example = { readonly deliveryId: string; readonly person: string; readonly detail: string | undefined }

export type ListedFailure = KeptFailure & {
  readonly example: Example | undefined
  /** What holds the integration now. */
  readonly heldBy: HeldBy | undefined
}

export type FailureFilter = {
  readonly id?: string | undefined
  readonly integrationId?: string | undefined
  readonly kind?: FailureKind | undefined
  readonly cause?: string | undefined
  /** All but the resolved ones when absent. */
  readonly state?: FailureState | undefined
  readonly before: string
  readonly limit: number
}

// The newest debt of the group; behind a hold, the one that goes first.
const EXAMPLE = `case when f.kind = 'retrying' then
    (select d.id from delivery d where ${FAILING} and d.integration_id = f.integration_id and d.reason = f.cause
      order by d.first_failed_at desc limit 1)
  when f.kind = 'gone' then
    (select d.id from delivery d where ${GONE} and d.integration_id = f.integration_id and d.reason = f.cause
      order by d.settled_at desc limit 1)
  else coalesce(
    (select d.id from delivery d
      where ${ENDED_BADLY} and d.integration_id = f.integration_id and d.status = f.kind and d.reason = f.cause
      order by d.settled_at desc limit 1),
    case when f.kind = 'held' then
      (select d.id from delivery d join integration i on i.id = d.integration_id
              join credential c on c.id = i.credential_id
        where ${BEHIND} and ${HELD_FOR} = f.cause and d.integration_id = f.integration_id
        order by d.priority, d.due_at limit 1) end) end`

/** Failures, the newest first, each with a debt as its example while it has one. */
export async function listFailures(sql: Sql, filter: FailureFilter): Promise<ListedFailure[]> {
  const rows = await sql.query<
    Row & { delivery_id: string | null; person: string | null; detail: string | null; held_by: HeldBy | null }
  >(
    `${SELECT}, e.id as delivery_id, e.person, e.detail, ${HELD_BY} as held_by
       from failure f left join integration i on i.id = f.integration_id left join credential c on c.id = i.credential_id
            left join delivery e on e.id = ${EXAMPLE}
      where ($1 = '' or f.id = $1) and ($2 = '' or f.integration_id = $2) and ($3 = '' or f.kind = $3)
        and ($4 = '' or f.cause = $4)
        and (f.state = $5 or ($5 = '' and (f.state <> 'resolved' or $1 <> ''))) and ($6 = '' or f.id < $6)
      order by f.id desc limit $7`,
    [
      filter.id ?? '',
      filter.integrationId ?? '',
      filter.kind ?? '',
      filter.cause ?? '',
      filter.state ?? '',
      filter.before,
      filter.limit,
    ],
  )
  return rows.map(row => ({ ...failureIn(row), example: exampleIn(row), heldBy: row.held_by ?? undefined }))
}

const exampleIn = (row: {
  delivery_id: string | null
  person: string | null
  detail: string | null
}): Example | undefined =>
  row.delivery_id === null || row.person === null
    ? undefined
    : { deliveryId: row.delivery_id, person: row.person, detail: row.detail ?? undefined }
