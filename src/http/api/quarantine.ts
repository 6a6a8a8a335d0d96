import { quarantinePage } from '../../contract/quarantine.ts'
import { pageQuery } from '../../contract/shared.ts'
import { listQuarantined } from '../../store/ledger/inbox.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { LIMITS } from '../../domain/limits.ts'

export function quarantineRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/quarantine',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['ledger'],
        operationId: 'listQuarantine',
        summary: 'List bodies that could not be read',
        description: 'The bodies that could not be read, as a whole or in part, are shown with the fields at fault.',
        querystring: pageQuery,
        response: { 200: quarantinePage },
      },
    },
    async ({ query }) =>
      page(await listQuarantined(db, { ...pageRequest(query), mostBytes: LIMITS.quarantinedBytes }), query, row => ({
        id: row.id,
        source_id: row.sourceId,
        received_at: instant(row.receivedAt),
        faults: [...row.faults],
        body: Buffer.from(row.raw).toString('utf8'),
        body_bytes: row.bytes,
      })),
  )
}
