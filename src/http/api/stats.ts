import { stats, statsQuery } from '../../contract/stats.ts'
import { countDeliveries } from '../../store/debts/delivery-list.ts'
import { accountFor } from '../../store/ledger/tallies.ts'
import { findIntegration } from '../../store/settings/integrations.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function statsRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/stats',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['ledger'],
        operationId: 'getStats',
        summary: 'Count what came in and what became of it',
        description: 'The counts are exact: every record that came in is in one of them, and so is every debt.',
        querystring: statsQuery,
        response: { 200: stats },
      },
    },
    async ({ query: { source_id: sourceId, integration_id: integrationId } }) => {
      const source = sourceId ?? (integrationId && (await findIntegration(db, integrationId))?.sourceId)
      const inbox = await accountFor(db, source)
      const { byStatus, byEnd } = await countDeliveries(db, { integrationId, sourceId })
      return { inbox, deliveries: byStatus, ends: byEnd }
    },
  )
}
