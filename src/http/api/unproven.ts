import { pageQuery } from '../../contract/shared.ts'
import { unprovenPage } from '../../contract/unproven.ts'
import { listUnproven, type Unproven } from '../../store/ledger/unproven.ts'
import { page, pageRequest } from '../paging.ts'
import { explain, instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function unprovenRoutes(api: Api, { db }: ApiDeps): void {
  api.get(
    '/v1/unproven',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['failures'],
        operationId: 'listUnproven',
        summary: 'List what could not be put right at Mailchimp',
        description:
          'Mailchimp may apply a request late. An integration that was removed, or whose document was replaced, puts that right within a day. Contacts that it could not put right are listed here: look at these merge tags at Mailchimp.',
        querystring: pageQuery,
        response: { 200: unprovenPage },
      },
    },
    async ({ query }) => page(await listUnproven(db, pageRequest(query)), query, show),
  )
}

const show = (row: Unproven) => ({
  id: row.id,
  at: instant(row.at),
  integration_id: row.integrationId,
  integration_name: row.integrationName ?? null,
  data_centre: row.dataCentre,
  audience_id: row.audienceId,
  person: row.person,
  contact: row.contact ?? null,
  tags: [...row.tags],
  says: explain(row.reason).says,
})
