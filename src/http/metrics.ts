import { type FastifyInstance } from 'fastify'

export type MetricsDeps = {
  readonly metrics: { render(): Promise<{ readonly contentType: string; readonly text: string }> }
}

/** For Prometheus: numbers and our own ids, nothing personal (I11). Open to anybody who reaches it, like health. */
export function metricsRoutes(server: FastifyInstance, { metrics }: MetricsDeps): void {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { contentType, text } = await metrics.render()
    return reply.type(contentType).send(text)
  })
}
