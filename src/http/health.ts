import { type FastifyInstance } from 'fastify'
import { type Durability } from '../pipeline/intake/durability.ts'

/** Whether the process lives, and whether it can take webhooks: only ok or not, to anybody. */
export function healthRoutes(server: FastifyInstance, { durability }: { readonly durability: Durability }): void {
  server.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }))
  server.get('/readyz', { schema: { hide: true } }, (_request, reply) => {
    const ready = durability.isSure()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'not ready' })
  })
}
