import { fieldOf, textOf } from './answer.ts'
import { type Read, type Trouble } from './audience.ts'
import { classifyTrouble, isNotFound } from './classify.ts'
import { type ApiRequest, type Client, type Reply } from './client.ts'

/** One write of a batch; its results come back under the id of its attempt. */
export type Operation = { readonly attemptId: string; readonly request: ApiRequest }

type Submission = { readonly kind: 'submitted'; readonly batchId: string } | Trouble

const NO_ID: Reply = {
  kind: 'failure',
  cause: 'answer_unreadable',
  detail: 'a 2xx answer without the id of the batch',
  maybeSeen: true,
}

/**
 * R28: hands in all operations as one batch. Trouble that is ambiguous means that Mailchimp may have taken it, under
 * an id that it did not tell, and may run it at any time.
 */
export async function submitBatch(client: Client, operations: readonly Operation[], now: number): Promise<Submission> {
  const reply = await client.send({
    method: 'POST',
    path: '/batches',
    body: { operations: operations.map(operationOf) },
  })
  if (!isSuccess(reply)) return troubleOf(reply, now)
  const batchId = textOf(reply.json, 'id')
  return batchId === '' ? classifyTrouble(NO_ID, now) : { kind: 'submitted', batchId }
}

/** The query stays in the path, because Mailchimp documents `params` for GET only. */
function operationOf({ attemptId, request }: Operation) {
  const isWrite = request.method === 'PATCH' || request.method === 'PUT'
  if (!isWrite || fieldOf(request.body, 'status') !== undefined)
    throw new Error(`${attemptId} is no operation for a batch: only PATCH and PUT, and never a status (R19, R28)`)
  return {
    method: request.method,
    path: request.path,
    operation_id: attemptId,
    body: JSON.stringify(request.body),
  }
}

const BATCH_STATUSES = ['pending', 'preprocessing', 'started', 'finalizing', 'finished'] as const
type BatchStatus = (typeof BATCH_STATUSES)[number]

type BatchProgress = {
  readonly status: BatchStatus
  readonly total: number
  /** Operations that ran, with those that failed. */
  readonly finished: number
  readonly errored: number
  /** Opens the results without a key, for ten minutes; another one at each reading. Never to be logged. */
  readonly resultsUrl: string | undefined
}

/** Cancelled, never there, or older than the seven days for which Mailchimp keeps results. */
type Gone = { readonly kind: 'gone' }

const NO_BATCH: Reply = {
  kind: 'failure',
  cause: 'answer_unreadable',
  detail: 'a 2xx answer that does not show a batch',
  maybeSeen: false,
}

/** How far a batch is. `finished` says that its operations ran, not that they succeeded. */
export async function readBatch(client: Client, batchId: string, now: number): Promise<Read<BatchProgress> | Gone> {
  const reply = await client.send({ method: 'GET', path: pathOf(batchId) })
  if (isNotFound(reply)) return { kind: 'gone' }
  if (!isSuccess(reply)) return troubleOf(reply, now)
  const status = BATCH_STATUSES.find(known => known === fieldOf(reply.json, 'status'))
  if (status === undefined) return classifyTrouble(NO_BATCH, now)
  const url = textOf(reply.json, 'response_body_url')
  return {
    kind: 'read',
    value: {
      status,
      total: countIn(reply.json, 'total_operations'),
      finished: countIn(reply.json, 'finished_operations'),
      errored: countIn(reply.json, 'errored_operations'),
      resultsUrl: url === '' ? undefined : url,
    },
  }
}

/** Stops what has not run yet; what has run stays done, and its results cannot be read any more. */
export async function cancelBatch(
  client: Client,
  batchId: string,
  now: number,
): Promise<{ readonly kind: 'cancelled' } | Gone | Trouble> {
  const reply = await client.send({ method: 'DELETE', path: pathOf(batchId) })
  if (isNotFound(reply)) return { kind: 'gone' }
  return isSuccess(reply) ? { kind: 'cancelled' } : troubleOf(reply, now)
}

const pathOf = (batchId: string): string => `/batches/${encodeURIComponent(batchId)}`

type SuccessfulAnswer = Reply & { readonly kind: 'answer' }

const isSuccess = (reply: Reply): reply is SuccessfulAnswer =>
  reply.kind === 'answer' && reply.status >= 200 && reply.status < 300

/** No audience is in these paths, so a 404 must not be taken for a missing one. */
function troubleOf(reply: Reply, now: number): Trouble {
  const trouble = classifyTrouble(reply, now)
  if (trouble.kind !== 'blocked' || trouble.cause !== 'audience_missing') return trouble
  return { kind: 'rejected', cause: 'request_refused', detail: trouble.detail, fields: [] }
}

function countIn(json: unknown, name: string): number {
  const value = fieldOf(json, name)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
