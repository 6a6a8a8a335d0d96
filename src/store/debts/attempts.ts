import { type Param, type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows, storable } from '../engine/json-rows.ts'
import { type SourcePerson } from '../ledger/source-person.ts'
import { carriedIn, carriedText, type Carried } from './carried.ts'
import { debtKeyIn, KEY_COLUMNS, type DebtKey, type DebtKeyRow } from './delivery-columns.ts'
import { EVERY } from './deliveries.ts'

/** One try to pay a debt, written before its request leaves (I6). The request holds no secret: the key is a header. */
export type Intent = DebtKey & {
  readonly id: string
  readonly revision: number
  readonly startedAt: number
  readonly method: string
  readonly path: string
  /** The body that is sent. */
  readonly request: unknown
  /** The facts that it is the first to take into account. */
  readonly carried?: readonly Carried[]
  /** The batch that it goes with; undefined when it is sent by itself. */
  readonly batchId?: string | undefined
}

/** The column with the body of a request, in the form that Mailchimp takes. */
export const REQUEST = jsonColumn<unknown>()

export type AttemptEnding = {
  readonly id: string
  readonly finishedAt: number
  readonly status: number | undefined
  readonly answer: string | undefined
  readonly requestId: string | undefined
  readonly outcome: string
  readonly reason: string | undefined
  readonly detail: string | undefined
}

export async function recordIntents(tx: Sql, intents: readonly Intent[]): Promise<void> {
  const columns = {
    id: 'text',
    ...KEY_COLUMNS,
    revision: 'bigint',
    started_at: 'bigint',
    method: 'text',
    path: 'text',
    request: 'text',
    batch_id: 'text',
    carried: 'text',
  } as const
  const names = Object.keys(columns).join(', ')
  const rows = intents.map(intent => ({
    id: intent.id,
    integration_id: intent.integrationId,
    person: intent.person,
    revision: intent.revision,
    started_at: intent.startedAt,
    method: intent.method,
    path: intent.path,
    request: REQUEST.write(intent.request),
    batch_id: intent.batchId ?? null,
    carried: carriedText(intent.carried ?? []),
  }))
  await tx.query(`insert into attempt (${names}) select ${names} from ${jsonRows(tx.dialect, '$1', columns)}`, [
    JSON.stringify(rows),
  ])
}

export async function recordEndings(tx: Sql, endings: readonly AttemptEnding[]): Promise<void> {
  const columns = {
    id: 'text',
    finished_at: 'bigint',
    status: 'bigint',
    answer: 'text',
    request_id: 'text',
    outcome: 'text',
    reason: 'text',
    detail: 'text',
  } as const
  const rows = endings.map(ending => ({
    id: ending.id,
    finished_at: ending.finishedAt,
    status: ending.status ?? null,
    answer: ending.answer === undefined ? null : storable(ending.answer),
    request_id: ending.requestId === undefined ? null : storable(ending.requestId),
    outcome: ending.outcome,
    reason: ending.reason ?? null,
    detail: ending.detail === undefined ? null : storable(ending.detail),
  }))
  const set = Object.keys(columns).slice(1)
  await tx.query(
    `update attempt set ${set.map(name => `${name} = r.${name}`).join(', ')}
       from ${jsonRows(tx.dialect, '$1', columns)} where attempt.id = r.id`,
    [JSON.stringify(rows)],
  )
}

/** After a crash: the end of these is unknown. Those of a batch are left: their end is read from its results (R28). */
export const closeInterrupted = (tx: Sql, now: number, integrationId = EVERY) =>
  tx.query(
    `update attempt set finished_at = $1, outcome = 'retry', reason = 'interrupted'
      where finished_at is null and batch_id is null and ($2 = '' or integration_id = $2)`,
    [now, integrationId],
  )

/** An attempt as it is kept; all of its end is undefined until that is known. */
export type Attempt = Omit<Intent, 'carried' | 'batchId'> & {
  readonly finishedAt: number | undefined
  readonly status: number | undefined
  readonly answer: string | undefined
  readonly requestId: string | undefined
  readonly outcome: string | undefined
  readonly reason: string | undefined
  readonly detail: string | undefined
  readonly carried: readonly Carried[]
}

type Row = DebtKeyRow & {
  id: string
  revision: number
  started_at: number
  finished_at: number | null
  method: string
  path: string
  request: string
  status: number | null
  answer: string | null
  request_id: string | null
  outcome: string | null
  reason: string | null
  detail: string | null
  carried: string | null
}

const attemptIn = (row: Row): Attempt => ({
  ...debtKeyIn(row),
  id: row.id,
  revision: row.revision,
  startedAt: row.started_at,
  finishedAt: row.finished_at ?? undefined,
  method: row.method,
  path: row.path,
  request: REQUEST.read(row.request),
  status: row.status ?? undefined,
  answer: row.answer ?? undefined,
  requestId: row.request_id ?? undefined,
  outcome: row.outcome ?? undefined,
  reason: row.reason ?? undefined,
  detail: row.detail ?? undefined,
  carried: carriedIn(row.carried),
})

export type AttemptFilter = {
  readonly integrationId?: string | undefined
  readonly person?: string | undefined
  readonly before: string
  readonly limit: number
}

const ATTEMPT = `a.id, a.integration_id, a.person, a.revision, a.started_at, a.finished_at, a.method, a.path, a.request,
            a.status, a.answer, a.request_id, a.outcome, a.reason, a.detail, a.carried`

export async function listAttempts(
  sql: Sql,
  { integrationId, person, before, limit }: AttemptFilter,
): Promise<Attempt[]> {
  const rows = await sql.query<Row>(
    `select ${ATTEMPT}
       from attempt a where ($1 = '' or a.integration_id = $1) and ($2 = '' or a.person = $2) and ($3 = '' or a.id < $3)
      order by a.id desc limit $4`,
    [integrationId ?? '', person ?? '', before, limit] satisfies Param[],
  )
  return rows.map(attemptIn)
}

// `cross join` tells SQLite to begin with the few integrations, not with all attempts in their order.
/** The newest attempts for one person, in the integrations that read the source. */
export async function attemptsOf(sql: Sql, { sourceId, person }: SourcePerson, limit: number): Promise<Attempt[]> {
  const rows = await sql.query<Row>(
    `select ${ATTEMPT} from integration i cross join attempt a
      where i.source_id = $1 and a.integration_id = i.id and a.person = $2 order by a.id desc limit $3`,
    [sourceId, person, limit],
  )
  return rows.map(attemptIn)
}
