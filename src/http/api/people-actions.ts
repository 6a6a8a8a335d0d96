import { z } from 'zod'
import { idParams } from '../../contract/api.ts'
import { erasedPerson, testWrite, testWriteStarted } from '../../contract/people.ts'
import { erasePerson } from '../../pipeline/erase.ts'
import { revealPerson, startTestWrite } from '../../pipeline/people.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function peopleActionRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/integrations/:id/test-write',
    {
      config: { role: 'operator' },
      schema: {
        tags: ['integrations'],
        summary: 'Write one person to Mailchimp now, every mapped field, whatever Mailchimp holds',
        params: idParams,
        body: testWrite,
        response: { 202: testWriteStarted },
      },
    },
    async ({ params: { id }, body: { person }, actor }, reply) =>
      reply.code(202).send({ delivery_id: await startTestWrite(deps, { id, person, actor }) }),
  )
  api.post(
    '/v1/people/:id/reveal',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['people'],
        summary: 'Note in the audit that somebody looks at a hidden address',
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async ({ params: { id }, actor }, reply) => {
      await revealPerson(deps, { person: id, actor })
      return reply.code(204).send(null)
    },
  )
  api.delete(
    '/v1/people/:id',
    {
      config: { role: 'owner' },
      schema: {
        tags: ['people'],
        summary: 'Erase what is kept of a person, once Mailchimp is owed nothing of theirs; Mailchimp is not touched',
        params: idParams,
        response: { 200: erasedPerson },
      },
    },
    ({ params: { id }, actor }) => erasePerson(deps, { person: id, actor }),
  )
}
