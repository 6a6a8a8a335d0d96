import { type FastifyInstance } from 'fastify'
import { health } from '../contract/health.ts'
import { type StoreTrouble } from '../pipeline/intake/durability.ts'
import { RETRY_AFTER_SECONDS } from './problems.ts'

const tags = ['health']
const security: [] = []

/** Why this service is not ready: a sick store, no right to deliver (another process or none has it), or a stop. */
export type Trouble = StoreTrouble | 'no_lease' | 'stopping'

/** Whether the process lives, and whether it is ready, and the kind of trouble if not, to anybody. */
export function healthRoutes(server: FastifyInstance, deps: { readonly trouble: () => Trouble | undefined }): void {
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
          'The service can keep what it is sent and deliver it, or it cannot, or stops, and answers 503. Anyone may call it.',
        response: { 200: health, 503: health },
      },
    },
    (_request, reply) => {
      const trouble = deps.trouble()
      if (trouble === undefined) return reply.code(200).send({ status: 'ok' })
      return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ status: 'not ready', trouble })
    },
  )
}
