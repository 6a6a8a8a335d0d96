import { type FastifyInstance } from 'fastify'
import { health } from '../contract/health.ts'

const tags = ['health']
const security: [] = []

/** Whether the process lives, and whether it can take webhooks: only ok or not, to anybody. */
export function healthRoutes(server: FastifyInstance, { isReady }: { readonly isReady: () => boolean }): void {
  server.get(
    '/healthz',
    {
      schema: {
        tags,
        security,
        operationId: 'getHealth',
        summary: 'Show whether the process lives',
        description: 'The process answers. Anyone may call it.',
        response: { 200: health },
      },
    },
    () => ({ status: 'ok' }),
  )
  server.get(
    '/readyz',
    {
      schema: {
        tags,
        security,
        operationId: 'getReadiness',
        summary: 'Show whether webhooks are taken',
        description:
          'The service can keep what it is sent and deliver it, or it cannot and answers 503. Anyone may call it.',
        response: { 200: health, 503: health },
      },
    },
    (_request, reply) => {
      const ready = isReady()
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready' })
    },
  )
}
