import { type Outcome } from '../../domain/outcome.ts'
import { cancelBatch, readBatch, submitBatch } from '../../mailchimp/batches.ts'
import { readResults } from '../../mailchimp/batch-results.ts'
import { type BatchAttempt, type BatchRow } from '../../store/debts/batches.ts'
import { type Assignment } from '../delivery/assign.ts'
import { type CallDeps, type News } from './batch-news.ts'
import { type Full } from './gather.ts'
import { readOperation } from './operation-end.ts'
import { sendMany } from './send-many.ts'
import { troubleWith } from '../delivery/send.ts'

/** Hands a batch to Mailchimp the way it has to go. */
export const hand = (deps: CallDeps, { batch, way, assignments }: Full): Promise<News> =>
  way.by === 'lists'
    ? sendMany(deps, { batch, assignments, audienceId: way.audienceId })
    : submit(deps, batch, assignments)

async function submit({ client, now }: CallDeps, batch: BatchRow, assignments: readonly Assignment[]): Promise<News> {
  const operations = assignments.map(({ attemptId, request }) => ({ attemptId, request }))
  return { kind: 'submission', batch, said: await submitBatch(client, operations, now()) }
}

export const look = async ({ client, now }: CallDeps, batch: BatchRow): Promise<News> => ({
  kind: 'look',
  batch,
  said: await readBatch(client, batch.mailchimp_id ?? '', now()),
})

export const cancel = async ({ client, now }: CallDeps, batch: BatchRow): Promise<News> => ({
  kind: 'cancellation',
  batch,
  said: await cancelBatch(client, batch.mailchimp_id ?? '', now()),
})

export type Reading = {
  readonly url: string
  readonly attempts: readonly BatchAttempt[]
  /** The audience of an integration. */
  readonly audienceOf: (integrationId: string) => string | undefined
}

/** Reads the results of a finished batch; contacts that were not found are in doubt if their audience is not there. */
export async function results(deps: CallDeps, batch: BatchRow, { url, attempts, audienceOf }: Reading): Promise<News> {
  const own = new Map(attempts.map(attempt => [attempt.id, attempt]))
  const said = await readResults(deps.download, { url, origin: deps.origin, stopping: deps.stopping }, (id, reply) => {
    const attempt = own.get(id)
    return attempt && readOperation(attempt, reply, deps.now())
  })
  if (said.kind !== 'read') return { kind: 'results', batch, said, changed: 0 }
  const absentIn = new Set(
    attempts.flatMap(({ id, integration_id }) =>
      said.value.get(id)?.outcome.kind === 'skipped' ? (audienceOf(integration_id) ?? []) : [],
    ),
  )
  const troubles = new Map<string, Outcome>()
  for (const audienceId of absentIn) {
    const trouble = await troubleWith(deps.client, audienceId, deps)
    if (trouble) troubles.set(audienceId, trouble)
  }
  const value = new Map(
    [...said.value].map(([id, end]) => {
      const trouble = troubles.get(audienceOf(own.get(id)?.integration_id ?? '') ?? '')
      return [id, end.outcome.kind === 'skipped' && trouble ? { ...end, outcome: trouble } : end]
    }),
  )
  return { kind: 'results', batch, said: { kind: 'read', value }, changed: 0 }
}
