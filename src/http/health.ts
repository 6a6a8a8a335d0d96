import { type FastifyInstance } from 'fastify'
import { type Database } from '../store/database.ts'

/** Whether the process lives, and whether it can take webhooks: only ok or not, to anybody. */
export function healthRoutes(server: FastifyInstance, { db }: { readonly db: Database }): void {
  server.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }))
  server.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const durable = await db.assertDurable().then(
      () => true,
      () => false,
    )
    return reply.code(durable ? 200 : 503).send({ status: durable ? 'ok' : 'not ready' })
  })
}
