import { type Batch, type BatchNews } from '../../domain/batch-life.ts'
import { isUnclear, type Outcome } from '../../domain/outcome.ts'
import { type Trouble } from '../../mailchimp/audience.ts'
import { readResults } from '../../mailchimp/batch-results.ts'
import { cancelBatch, readBatch, submitBatch } from '../../mailchimp/batches.ts'
import { type Client } from '../../mailchimp/client.ts'
import { type Download } from '../../mailchimp/download.ts'
import { type BatchAttempt } from '../../store/debts/batches.ts'
import { type Assignment } from '../delivery/assign.ts'
import { type Blocked } from '../delivery/holds.ts'
import { troubleWith, type Confirmations } from '../delivery/send.ts'
import { readOperation, type OperationEnd } from './operation-end.ts'

export type CallDeps = {
  readonly client: Client
  readonly download: Download
  /** Of the API, which may serve results itself. */
  readonly origin: string
  readonly confirmed: Confirmations
  readonly clock: () => number
  /** The service stops: what can be read again is not waited for. */
  readonly stopping: AbortSignal
}

/** What Mailchimp refused, of one audience or of all. */
export type Blocking = { readonly blocked: Blocked; readonly audienceId: string | undefined }

/** How the operations of a batch ended. */
export type Results = {
  readonly ends: ReadonlyMap<string, OperationEnd>
  /** Attempts that did not go with the others: they go by themselves. */
  readonly leftOut: readonly string[]
  /** Contacts that had left, or never subscribed, and whose status is another one afterwards. */
  readonly changed: number
}

/** News of a batch that is not on disk yet, with what came beside it. */
export type Heard = {
  readonly batch: Batch
  readonly news: BatchNews
  readonly blocking?: Blocking | undefined
  /** Where the results are, for the next ten minutes. Never to be logged. */
  readonly resultsUrl?: string | undefined
  readonly results?: Results
}

/** What has to be held. That a key may not use batches is no reason to hold what goes without them. */
const blockingIn = (trouble: Trouble, audienceId?: string): Blocking | undefined =>
  trouble.kind === 'blocked' && trouble.cause !== 'not_permitted' ? { blocked: trouble, audienceId } : undefined

/** A batch that Mailchimp refused, or whose taking is unclear. */
export const notSubmitted = (batch: Batch, trouble: Trouble, audienceId?: string): Heard => ({
  batch,
  news: { kind: 'not_submitted', detail: trouble.detail, isUnclear: isUnclear(trouble) },
  blocking: blockingIn(trouble, audienceId),
})

export async function submit(
  { client, clock }: CallDeps,
  batch: Batch,
  assignments: readonly Assignment[],
): Promise<Heard> {
  const operations = assignments.map(({ attemptId, request }) => ({ attemptId, request }))
  const said = await submitBatch(client, operations, clock())
  return said.kind === 'submitted'
    ? { batch, news: { kind: 'submitted', mailchimpId: said.batchId } }
    : notSubmitted(batch, said)
}

export async function look({ client, clock }: CallDeps, batch: Batch): Promise<Heard> {
  const said = await readBatch(client, batch.mailchimpId ?? '', clock())
  if (said.kind === 'gone') return { batch, news: { kind: 'gone' } }
  if (said.kind !== 'read') return { batch, news: { kind: 'not_seen' }, blocking: blockingIn(said) }
  const { status, finished, errored, resultsUrl } = said.value
  if (status !== 'finished') return { batch, news: { kind: 'running', finished, errored } }
  return { batch, news: { kind: 'ran', finished, errored, hasResults: resultsUrl !== undefined }, resultsUrl }
}

export async function cancel({ client, clock }: CallDeps, batch: Batch): Promise<Heard> {
  const said = await cancelBatch(client, batch.mailchimpId ?? '', clock())
  if (said.kind === 'cancelled' || said.kind === 'gone') return { batch, news: { kind: said.kind } }
  const mayTryAgain = said.kind === 'retry'
  return { batch, news: { kind: 'not_cancelled', mayTryAgain }, blocking: blockingIn(said) }
}

type ResultsRequest = {
  readonly url: string
  readonly attempts: readonly BatchAttempt[]
  /** The audience of an integration. */
  readonly audienceOf: (integrationId: string) => string | undefined
}

/** Reads the results of a finished batch; contacts that were not found are in doubt if their audience is not there. */
export async function readEnds(
  deps: CallDeps,
  batch: Batch,
  { url, attempts, audienceOf }: ResultsRequest,
): Promise<Heard> {
  const own = new Map(attempts.map(attempt => [attempt.id, attempt]))
  const said = await readResults(deps.download, { url, origin: deps.origin, stopping: deps.stopping }, (id, reply) => {
    const attempt = own.get(id)
    return attempt && readOperation(attempt, reply, deps.clock())
  })
  if (said.kind !== 'read') return { batch, news: { kind: 'no_results' } }
  const audienceIn = (id: string): string | undefined => audienceOf(own.get(id)?.integrationId ?? '')
  const absent = [...said.value].filter(([, { outcome }]) => outcome.kind === 'skipped').map(([id]) => id)
  const troubles = await troublesIn(deps, new Set(absent.flatMap(id => audienceIn(id) ?? [])))
  const ends = new Map(
    [...said.value].map(([id, end]) => {
      const trouble = troubles.get(audienceIn(id) ?? '')
      return [id, end.outcome.kind === 'skipped' && trouble ? { ...end, outcome: trouble } : end]
    }),
  )
  return { batch, news: { kind: 'results' }, results: { ends, leftOut: [], changed: 0 } }
}

async function troublesIn(deps: CallDeps, audienceIds: ReadonlySet<string>): Promise<ReadonlyMap<string, Outcome>> {
  const troubles = new Map<string, Outcome>()
  for (const audienceId of audienceIds) {
    const trouble = await troubleWith(deps.client, audienceId, deps)
    if (trouble) troubles.set(audienceId, trouble)
  }
  return troubles
}
