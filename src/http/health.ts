import { type FastifyInstance } from 'fastify'
import { health } from '../contract/health.ts'
import { type Durability } from '../pipeline/intake/durability.ts'
import { RETRY_AFTER_SECONDS } from './problems.ts'

const tags = ['health']
const security: [] = []

type HealthDeps = { readonly durability: Durability; readonly isStopping: () => boolean }

/** Whether the process lives, and whether it can take webhooks: only ok or not, to anybody. */
export function healthRoutes(server: FastifyInstance, { durability, isStopping }: HealthDeps): void {
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
          'The service can keep what it is sent, or it cannot, or stops, and answers 503. Anyone may call it.',
        response: { 200: health, 503: health },
      },
    },
    (_request, reply) => {
      if (durability.isSure() && !isStopping()) return reply.send({ status: 'ok' })
      return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ status: 'not ready' })
    },
  )
}
