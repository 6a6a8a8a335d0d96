import { type Batch, type BatchState } from '../../domain/batch-life.ts'
import { type Sql } from '../engine/database.ts'
import { storable } from '../engine/json-rows.ts'
import { REQUEST } from './attempts.ts'
import { debtKeyIn, type DebtKey, type DebtKeyRow } from './delivery-columns.ts'

export type NewBatch = Pick<Batch, 'id' | 'credentialId' | 'createdAt' | 'deadlineAt'>

/** Recorded before it leaves, with its attempts in the same transaction, so that a crash in between is visible (I6). */
export const insertBatch = (tx: Sql, { id, credentialId, createdAt, deadlineAt }: NewBatch) =>
  tx.query(
    `insert into batch (id, credential_id, state, operations, created_at, deadline_at)
     values ($1, $2, 'submitting', 0, $3, $4)`,
    [id, credentialId, createdAt, deadlineAt],
  )

/** Adds to the number of operations in it. */
export const addOperations = (tx: Sql, { id, operations }: { readonly id: string; readonly operations: number }) =>
  tx.query('update batch set operations = operations + $2 where id = $1', [id, operations])

type Submitted = {
  readonly id: string
  readonly mailchimpId: string
  readonly submittedAt: number
  readonly pollAt: number
}

/** Mailchimp took it. A batch that was given up meanwhile stays so. */
export const markSubmitted = (tx: Sql, { id, mailchimpId, submittedAt, pollAt }: Submitted) =>
  tx.query(
    `update batch set state = 'submitted', mailchimp_id = $2, submitted_at = $3, poll_at = $4
      where id = $1 and state = 'submitting'`,
    [id, storable(mailchimpId), submittedAt, pollAt],
  )

type Progress = {
  readonly id: string
  readonly pollAt: number
  readonly finished: number
  readonly errored: number
}

/** How far it is, and when to look again; nothing happens to one that ended. */
export const recordProgress = (tx: Sql, { id, pollAt, finished, errored }: Progress) =>
  tx.query('update batch set poll_at = $2, finished = $3, errored = $4 where id = $1 and ended_at is null', [
    id,
    pollAt,
    finished,
    errored,
  ])

type BatchEnd = {
  readonly id: string
  readonly state: 'finished' | 'cancelled' | 'lost'
  readonly endedAt: number
  readonly detail?: string | undefined
}

/** Ends it once and for all: a later end changes nothing. Its attempts are completed by the caller that ends it. */
export const endBatch = (tx: Sql, { id, state, endedAt, detail }: BatchEnd) =>
  tx.query(
    `update batch set state = $2, ended_at = $3, detail = $4, poll_at = null where id = $1 and ended_at is null`,
    [id, state, endedAt, detail === undefined ? null : storable(detail)],
  )

/** What these batches hold of an integration is not wanted any more: they are to be cancelled at once. */
export const cutShort = (tx: Sql, { integrationId, at }: { readonly integrationId: string; readonly at: number }) =>
  tx.query(
    `update batch set deadline_at = $2, poll_at = $2
      where ended_at is null and exists
        (select 1 from attempt a where a.batch_id = batch.id and a.finished_at is null and a.integration_id = $1)`,
    [integrationId, at],
  )

/** The same of all batches of a key. */
export const cutAllShort = (tx: Sql, { credentialId, at }: { readonly credentialId: string; readonly at: number }) =>
  tx.query('update batch set deadline_at = $2, poll_at = $2 where ended_at is null and credential_id = $1', [
    credentialId,
    at,
  ])

const SELECT = `select id, credential_id, mailchimp_id, state, operations, finished, errored, detail, created_at,
  submitted_at, poll_at, deadline_at, ended_at from batch`

type Row = {
  id: string
  credential_id: string
  mailchimp_id: string | null
  state: BatchState
  operations: number
  finished: number
  errored: number
  detail: string | null
  created_at: number
  submitted_at: number | null
  poll_at: number | null
  deadline_at: number
  ended_at: number | null
}

const batchIn = (row: Row): Batch => ({
  id: row.id,
  credentialId: row.credential_id,
  mailchimpId: row.mailchimp_id ?? undefined,
  state: row.state,
  operations: row.operations,
  finished: row.finished,
  errored: row.errored,
  detail: row.detail ?? undefined,
  createdAt: row.created_at,
  submittedAt: row.submitted_at ?? undefined,
  pollAt: row.poll_at ?? undefined,
  deadlineAt: row.deadline_at,
  endedAt: row.ended_at ?? undefined,
})

/** Those whose end is still to come, the oldest first. */
export const openBatches = async (sql: Sql, credentialId: string): Promise<Batch[]> =>
  (await sql.query<Row>(`${SELECT} where credential_id = $1 and ended_at is null order by id`, [credentialId])).map(
    batchIn,
  )

export type BatchFilter = {
  readonly credentialId?: string | undefined
  readonly state?: BatchState | undefined
  readonly before: string
  readonly limit: number
}

export async function listBatches(sql: Sql, { credentialId, state, before, limit }: BatchFilter): Promise<Batch[]> {
  const rows = await sql.query<Row>(
    `${SELECT} where ($1 = '' or credential_id = $1) and ($2 = '' or state = $2) and ($3 = '' or id < $3)
      order by id desc limit $4`,
    [credentialId ?? '', state ?? '', before, limit],
  )
  return rows.map(batchIn)
}

export type BatchAttempt = DebtKey & {
  readonly id: string
  readonly revision: number
  readonly startedAt: number
  readonly method: string
  /** The body that was sent. */
  readonly request: unknown
}

type AttemptRow = DebtKeyRow & {
  id: string
  revision: number
  started_at: number
  method: string
  request: string
}

const attemptIn = (row: AttemptRow): BatchAttempt => ({
  ...debtKeyIn(row),
  id: row.id,
  revision: row.revision,
  startedAt: row.started_at,
  method: row.method,
  request: REQUEST.read(row.request),
})

/** The attempts of a batch whose end is not recorded yet. */
export async function attemptsOf(sql: Sql, batchId: string): Promise<BatchAttempt[]> {
  const rows = await sql.query<AttemptRow>(
    `select id, integration_id, person, revision, started_at, method, request from attempt
      where batch_id = $1 and finished_at is null order by id`,
    [batchId],
  )
  return rows.map(attemptIn)
}
