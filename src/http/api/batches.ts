import { batchPage, batchQuery } from '../../contract/batches.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { listBatches } from '../../store/debts/batches.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function batchRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/batches',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['ledger'],
        operationId: 'listBatches',
        summary: 'List batches',
        description: 'Every batch that was handed to Mailchimp is shown with how far it got.',
        querystring: batchQuery,
        response: { 200: batchPage },
      },
    },
    async ({ query }) => page(await listBatches(db, { state: query.state, ...pageRequest(query) }), query, show),
  )
}

const show = (batch: Batch) => ({
  id: batch.id,
  mailchimp_id: batch.mailchimpId ?? null,
  state: batch.state,
  operations: batch.operations,
  finished: batch.finished,
  errored: batch.errored,
  detail: batch.detail ?? null,
  created_at: instant(batch.createdAt),
  submitted_at: instantOrNull(batch.submittedAt),
  deadline_at: instant(batch.deadlineAt),
  ended_at: instantOrNull(batch.endedAt),
})
