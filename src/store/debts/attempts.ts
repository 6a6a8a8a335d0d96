import { type Param, type Sql } from '../engine/database.ts'
import { EVERY } from './deliveries.ts'
import { type SourcePerson } from '../ledger/source-person.ts'
import { jsonRows, storable } from '../engine/json-rows.ts'

/** A fact on its way to Mailchimp: when it came in, and whether it may take something back. */
export type Carried = { readonly fact_id: string; readonly received_at: number; readonly withdrawal: boolean }

/** One try to pay a debt, written before its request leaves (I6). The request holds no secret: the key is a header. */
export type Intent = {
  readonly id: string
  readonly integrationId: string
  readonly person: string
  readonly revision: number
  readonly startedAt: number
  readonly method: string
  readonly path: string
  readonly request: string
  /** The facts that it is the first to take into account. */
  readonly carried?: readonly Carried[]
  /** The batch that it goes with; undefined when it is sent by itself. */
  readonly batchId?: string | undefined
}

export type Ending = {
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
    integration_id: 'text',
    person: 'text',
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
    request: intent.request,
    batch_id: intent.batchId ?? null,
    carried: (intent.carried ?? []).length === 0 ? null : JSON.stringify(intent.carried),
  }))
  await tx.query(`insert into attempt (${names}) select ${names} from ${jsonRows(tx.dialect, '$1', columns)}`, [
    JSON.stringify(rows),
  ])
}

export async function recordEndings(tx: Sql, endings: readonly Ending[]): Promise<void> {
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

/** After a crash: nobody knows how these ended. Those of a batch are left: their end is read from its results (R28). */
export const closeInterrupted = (tx: Sql, now: number, integrationId = EVERY) =>
  tx.query(
    `update attempt set finished_at = $1, outcome = 'retry', reason = 'interrupted'
      where finished_at is null and batch_id is null and ($2 = '' or integration_id = $2)`,
    [now, integrationId],
  )

export type AttemptRow = {
  id: string
  integration_id: string
  person: string
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
  /** A list of `Carried`, as JSON. */
  carried: string | null
}

export type AttemptFilter = {
  readonly integrationId?: string | undefined
  readonly person?: string | undefined
  readonly before: string
  readonly limit: number
}

const ATTEMPT = `a.id, a.integration_id, a.person, a.revision, a.started_at, a.finished_at, a.method, a.path, a.request,
            a.status, a.answer, a.request_id, a.outcome, a.reason, a.detail, a.carried`

export const listAttempts = (sql: Sql, { integrationId, person, before, limit }: AttemptFilter) =>
  sql.query<AttemptRow>(
    `select ${ATTEMPT}
       from attempt a where ($1 = '' or a.integration_id = $1) and ($2 = '' or a.person = $2) and ($3 = '' or a.id < $3)
      order by a.id desc limit $4`,
    [integrationId ?? '', person ?? '', before, limit] satisfies Param[],
  )

// `cross join` tells SQLite to begin with the few integrations, not with all attempts in their order.
/** The newest attempts for one person, in the integrations that read the source. */
export const attemptsOf = (sql: Sql, { sourceId, person }: SourcePerson, limit: number) =>
  sql.query<AttemptRow>(
    `select ${ATTEMPT} from integration i cross join attempt a
      where i.source_id = $1 and a.integration_id = i.id and a.person = $2 order by a.id desc limit $3`,
    [sourceId, person, limit],
  )
