import { attemptPage, attemptQuery } from '../../contract/attempts.ts'
import { personOf } from '../../domain/person.ts'
import { listAttempts } from '../../store/debts/attempts.ts'
import { page, pageRequest } from '../paging.ts'
import { showAttempt } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function attemptRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/attempts',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['ledger'],
        operationId: 'listAttempts',
        summary: 'List attempts',
        description: 'Every request to Mailchimp is shown with its answer and the facts that it carried.',
        querystring: attemptQuery,
        response: { 200: attemptPage },
      },
    },
    async ({ query }) => {
      const { person, integration_id: integrationId } = query
      const filter = { integrationId, person: person === undefined ? undefined : personOf(person) }
      return page(await listAttempts(db, { ...filter, ...pageRequest(query) }), query, showAttempt)
    },
  )
}
