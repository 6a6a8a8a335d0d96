import { quarantinePage, quarantineQuery, reread } from '../../contract/quarantine.ts'
import { idParams } from '../../contract/shared.ts'
import { rereadBody } from '../../pipeline/intake/reread.ts'
import { listQuarantined } from '../../store/ledger/inbox.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'
import { LIMITS } from '../../domain/limits.ts'

const tags = ['ledger']

export function quarantineRoutes(api: Api, deps: ApiDeps): void {
  listRoute(api, deps)
  api.post(
    '/v1/quarantine/:id/reread',
    {
      config: { role: 'operator', refuses: ['not_found', 'wrong_state'] },
      schema: {
        tags,
        operationId: 'rereadBody',
        summary: 'Read a body again',
        description:
          'What could not be read of the body is read with the present reader, as of its receipt. A second time changes nothing.',
        params: idParams,
        response: { 200: reread },
      },
    },
    async ({ params: { id }, actor }) => {
      const onOwed = (integrationIds: readonly string[]): void => deps.worker.wake(integrationIds)
      const { sourceId, records, faults, owing } = await rereadBody({ ...deps, onOwed }, { id, actor })
      const { quarantined: setApart, ...read } = records
      return {
        id,
        source_id: sourceId,
        records: { ...read, set_apart: setApart },
        faults: [...faults],
        integrations: [...owing],
      }
    },
  )
}

function listRoute(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/quarantine',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listQuarantine',
        summary: 'List bodies that could not be read',
        description: 'The bodies that could not be read, as a whole or in part, are shown with the fields at fault.',
        querystring: quarantineQuery,
        response: { 200: quarantinePage },
      },
    },
    async ({ query }) => {
      const asked = { sourceId: query.source_id, ...pageRequest(query), mostBytes: LIMITS.quarantinedBytes }
      return page(await listQuarantined(db, asked), query, row => ({
        id: row.id,
        source_id: row.sourceId,
        received_at: instant(row.receivedAt),
        faults: [...row.faults],
        body: Buffer.from(row.raw).toString('utf8'),
        body_bytes: row.bytes,
      }))
    },
  )
}
