import { pageOf } from '../../contract/shared.ts'
import { batch, batchQuery } from '../../contract/batches.ts'
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
        summary: 'What was handed to Mailchimp as one batch, newest first',
        querystring: batchQuery,
        response: { 200: pageOf(batch) },
      },
    },
    async ({ query }) =>
      page(await listBatches(db, { state: query.state, ...pageRequest(query) }), query, row => ({
        id: row.id,
        mailchimp_id: row.mailchimp_id,
        state: row.state,
        operations: row.operations,
        finished: row.finished,
        errored: row.errored,
        detail: row.detail,
        created_at: instant(row.created_at),
        submitted_at: instantOrNull(row.submitted_at),
        deadline_at: instant(row.deadline_at),
        ended_at: instantOrNull(row.ended_at),
      })),
  )
}
