import { renamed, renamedAcceptance, renamedPage } from '../../contract/renamed.ts'
import { idParams, pageQuery } from '../../contract/shared.ts'
import { acceptRenamed } from '../../pipeline/settings/accept-renamed.ts'
import { listRenamed, type Renamed } from '../../store/contacts/renamed.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['failures']

export function renamedRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/renamed',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listRenamed',
        summary: 'List contacts that were renamed at Mailchimp',
        description:
          'The address of these contacts was changed at Mailchimp. What is denied is written to them; what is granted waits until an operator has accepted the new address.',
        querystring: pageQuery,
        response: { 200: renamedPage },
      },
    },
    async ({ query }) => page(await listRenamed(deps.db, pageRequest(query)), query, show),
  )
  api.post(
    '/v1/renamed/:id/accept',
    {
      config: { role: 'operator', refuses: ['not_found', 'wrong_state'] },
      schema: {
        tags,
        operationId: 'acceptRenamed',
        summary: 'Accept the new address of a contact',
        description:
          'From now on what is granted goes to the contact under this address, and what waits for that is due at once. An address that it takes later is another one.',
        params: idParams,
        body: renamedAcceptance,
        response: { 200: renamed },
      },
    },
    async ({ params: { id }, body, actor }) => show(await acceptRenamed(deps, { id, movedTo: body.moved_to, actor })),
  )
}

const show = (row: Renamed) => ({
  id: row.id,
  data_centre: row.dataCentre,
  audience_id: row.audienceId,
  contact_id: row.contactId,
  contact: row.alias,
  moved_to: row.movedTo,
  moved_at: instant(row.movedAt),
  accepted: row.isAccepted,
  person: row.person ?? null,
  waiting: row.waiting,
})
