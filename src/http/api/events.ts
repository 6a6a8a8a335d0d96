import { eventsAccepted, eventsRequest } from '../../contract/api.ts'
import { submitEvents } from '../../pipeline/submit.ts'
import { type Api, type ApiDeps } from './deps.ts'

export function eventRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/events',
    {
      config: { role: 'operator' },
      schema: {
        tags: ['events'],
        summary: 'Send events as Didomi would; refused as a whole when one of them cannot be read',
        body: eventsRequest,
        response: { 202: eventsAccepted },
      },
    },
    async (request, reply) => {
      const { source_id: sourceId, events } = request.body
      const { repeated } = await submitEvents(deps, { sourceId, events })
      return reply.code(202).send({ received: events.length, repeated })
    },
  )
}
