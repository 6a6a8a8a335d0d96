import { type FastifyInstance } from 'fastify'
import { z } from 'zod'

export type MetricsDeps = {
  readonly metrics: { render(): Promise<{ readonly contentType: string; readonly text: string }> }
}

/** For Prometheus: numbers and our own ids, nothing personal (I11). Open to anybody who reaches it, like health. */
export function metricsRoutes(server: FastifyInstance, { metrics }: MetricsDeps): void {
  server.get(
    '/metrics',
    {
      config: { refuses: ['store_unavailable', 'internal'] },
      schema: {
        tags: ['health'],
        security: [],
        operationId: 'getMetrics',
        summary: 'Show the metrics',
        description:
          "The metrics are shown in the text format of Prometheus: numbers and the service's own ids, nothing personal. Anyone may call it.",
        produces: ['text/plain'],
        response: { 200: z.string().describe('The metrics, as Prometheus reads them.') },
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await metrics.render()
      return reply.type(contentType).send(text)
    },
  )
}
