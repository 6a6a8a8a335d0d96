import { deliveryPage, deliveryQuery } from '../../contract/deliveries.ts'
import { personOf } from '../../domain/person.ts'
import { listDeliveries } from '../../store/debts/delivery-list.ts'
import { page, pageRequest } from '../paging.ts'
import { showDelivery } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function deliveryRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/deliveries',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['ledger'],
        operationId: 'listDeliveries',
        summary: 'List deliveries',
        description:
          'The debts are shown with their status, with how they ended well, and with the reason and the remedy where they ended otherwise or wait.',
        querystring: deliveryQuery,
        response: { 200: deliveryPage },
      },
    },
    async ({ query }) => {
      const { person, integration_id: integrationId, status, end } = query
      const filter = { integrationId, status, end, person: person === undefined ? undefined : personOf(person) }
      return page(await listDeliveries(db, { ...filter, ...pageRequest(query) }), query, showDelivery)
    },
  )
}
