import { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { webhookBody } from '../contract/events.ts'
import { Problem } from '../domain/problem.ts'
import { type Telemetry } from '../telemetry.ts'
import { type Ingest } from '../pipeline/intake/ingest.ts'
import { type WebhookGate } from '../pipeline/intake/gate.ts'
import { bearerOf } from './auth.ts'
import { acceptAnything } from './validation.ts'

const REFUSALS = [
  'unauthorized',
  'payload_too_large',
  'unsupported_media_type',
  'overloaded',
  'store_unavailable',
  'internal',
] as const

type WebhookDeps = { readonly ingest: Ingest; readonly gate: WebhookGate; readonly telemetry: Telemetry }

/**
 * Didomi's webhook. R2: authenticated from the headers before the body is read; 202 once it is on disk (I1). The
 * body is taken as bytes: what does not parse is kept and shown, never refused.
 */
export function webhookRoutes(server: FastifyInstance, { ingest, gate, telemetry }: WebhookDeps): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.post<{ Params: { sourceId: string }; Body: Buffer | undefined }>(
    '/webhooks/didomi/:sourceId',
    {
      // A dozen headers for browsers, on the one route that no browser calls.
      helmet: false,
      config: { refuses: REFUSALS },
      schema: {
        operationId: 'receiveWebhook',
        summary: "Take Didomi's webhook",
        description:
          'The body is on disk, its facts are kept, and what they make due is owed. The bearer token is that of the source, or an access token of its client; it is looked at before the body is read. A body that cannot be read, or is empty, is taken and shown in the quarantine; a body that came before changes nothing.',
        tags: ['webhook'],
        security: [{ sourceSecret: [] }, { sourceClient: [] }],
        params: z.object({ sourceId: z.string().describe('The id of the source.') }),
        body: webhookBody,
        response: { 202: z.undefined().describe('It is on disk.') },
      },
      validatorCompiler: acceptAnything,
      onResponse: (_request, { statusCode: status, elapsedTime: durationMs }, done) => {
        telemetry.webhookAnswered({ status, durationMs })
        done()
      },
      onRequest: async request => {
        const token = bearerOf(request)
        if (token === undefined || !(await gate.opens({ sourceId: request.params.sourceId, token })))
          throw new Problem('unauthorized', 'the webhook needs the bearer token of its source')
        if (request.headers['content-encoding'] !== undefined)
          throw new Problem('unsupported_media_type', 'a Content-Encoding is not taken')
      },
    },
    async (request, reply) => {
      const raw = request.body ?? new Uint8Array()
      await ingest.receive({ sourceId: request.params.sourceId, raw })
      return reply.code(202).send()
    },
  )
}
