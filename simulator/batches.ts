import { type Answer, noContent } from './answers.ts'
import { type Batch, type BatchStatus, isErrors, readOperations } from './batch.ts'
import type { Call } from './call.ts'
import type { JsonObject } from './json.ts'
import { timestamp } from './member-view.ts'
import { filtered, page } from './paging.ts'
import { type Problem, invalidFields, notFound } from './problems.ts'
import { randomHex } from './random.ts'
import type { State } from './state.ts'

const MOST_PENDING = 500
const URL_LIFETIME_MS = 10 * 60_000
const RESULTS_LIFETIME_MS = 7 * 24 * 3_600_000

export function postBatch(state: State, call: Call): Answer | Problem {
  const read = readOperations(call.body)
  if (isErrors(read)) return invalidFields(read)
  const pending = ownBatches(state, call).filter(batch => batch.status === 'pending')
  if (pending.length >= MOST_PENDING) return tooManyPending()
  const batch: Batch = {
    id: randomHex(state.random, 10),
    account: call.key.account,
    operations: read,
    submittedAt: state.clock.now(),
    results: [],
    tokens: new Map(),
    status: 'pending',
    completedAt: undefined,
  }
  state.batches.set(batch.id, batch)
  state.onBatch(batch)
  return filtered(batchView(state, batch, call), { query: new URLSearchParams() })
}

function tooManyPending(): Problem {
  return { status: 429, title: 'TooManyRequests', detail: 'You have more than 500 pending batches.' }
}

export function listBatches(state: State, call: Call): Answer | Problem {
  const own = ownBatches(state, call)
  const batches = page(own, call.query).map(batch => batchView(state, batch, call))
  return filtered({ batches, total_items: own.length, _links: [] }, call)
}

export function getBatch(state: State, call: Call): Answer | Problem {
  const batch = ownBatches(state, call).find(({ id }) => id === call.segments[1])
  return batch ? filtered(batchView(state, batch, call), call) : notFound()
}

/** Cancels what has not run and throws the results away. */
export function deleteBatch(state: State, call: Call): Answer | Problem {
  const batch = ownBatches(state, call).find(({ id }) => id === call.segments[1])
  if (!batch) return notFound()
  state.batches.delete(batch.id)
  return noContent()
}

/** The account's batches of the last seven days. */
function ownBatches(state: State, { key }: Call): readonly Batch[] {
  const oldest = state.clock.now() - RESULTS_LIFETIME_MS
  return [...state.batches.values()].filter(batch => batch.account === key.account && batch.submittedAt > oldest)
}

function batchView(state: State, batch: Batch, call: Call): JsonObject {
  const { results, completedAt, status } = batch
  return {
    id: batch.id,
    status,
    total_operations: batch.operations.length,
    finished_operations: results.length,
    errored_operations: results.filter(({ statusCode }) => statusCode >= 400).length,
    submitted_at: timestamp(batch.submittedAt),
    completed_at: completedAt === undefined ? '' : timestamp(completedAt),
    response_body_url: status === 'finished' ? resultsUrl(state, batch, call) : '',
    _links: [{ rel: 'self', href: `${call.origin}/3.0/batches/${batch.id}`, method: 'GET' }],
  }
}

/** A new address each time somebody looks; it opens without a key, for ten minutes. */
function resultsUrl(state: State, batch: Batch, { reachableAt }: Call): string {
  const token = randomHex(state.random, 32)
  batch.tokens.set(token, state.clock.now() + URL_LIFETIME_MS)
  return `${reachableAt}/batch-results/${batch.id}-response.tar.gz?token=${token}`
}

export function statusAfter(status: BatchStatus): BatchStatus {
  const order: readonly BatchStatus[] = ['pending', 'preprocessing', 'started', 'finalizing', 'finished']
  return order[order.indexOf(status) + 1] ?? 'finished'
}
