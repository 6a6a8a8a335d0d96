import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { webhookBody } from '../contract/events.ts'
import { LIMITS } from '../domain/limits.ts'
import { Problem } from '../domain/problem.ts'
import { type Telemetry } from '../telemetry.ts'
import { type Ingest } from '../pipeline/intake/ingest.ts'
import { type WebhookGate } from '../pipeline/intake/gate.ts'
import { within } from '../pipeline/intake/within.ts'
import { bearerOf } from './auth.ts'
import { acceptAnything } from './validation.ts'

const REFUSALS = ['unauthorized', 'payload_too_large', 'overloaded', 'store_unavailable', 'internal'] as const

type WebhookDeps = {
  readonly ingest: Ingest
  readonly gate: WebhookGate
  readonly telemetry: Telemetry
  readonly webhookMs: number
}

const BYTES = 'application/octet-stream'

const WEBHOOK = /^(?:https?:\/\/[^/?#]*)?\/+webhooks\/+didomi\/+([^/?#]+)\/*(?=$|[?#])/

/** R2: the address of the webhook as it is, also when it was put together with a slash too many. */
export const withoutStraySlashes = (url: string): string => url.replace(WEBHOOK, '/webhooks/didomi/$1')

/**
 * Didomi's webhook. R2: authenticated from the headers before the body is read; 202 once it is on disk (I1). The
 * body is taken as bytes: what cannot be decoded or parsed is kept and shown, never refused.
 */
export function webhookRoutes(server: FastifyInstance, { ingest, gate, telemetry, webhookMs }: WebhookDeps): void {
  /** R32: of the time in which a webhook is answered. */
  const left = new WeakMap<FastifyRequest, number>()
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(BYTES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.post<{ Params: { sourceId: string }; Body: Buffer }>(
    '/webhooks/didomi/:sourceId',
    {
      bodyLimit: LIMITS.encodedBodyBytes,
      // A dozen headers for browsers, on the one route that no browser calls.
      helmet: false,
      config: { refuses: REFUSALS, takesFacts: true },
      schema: {
        operationId: 'receiveWebhook',
        summary: "Take Didomi's webhook",
        description:
          'The body is on disk, its facts are kept, and what they make due is owed. The bearer token is that of the source, or an access token of its client; it is looked at before the body is read. The body may have 1 MiB once it is decoded. Any content type is taken, or none, and what is encoded with gzip, deflate or br. A body that cannot be decoded or read, or is empty, is taken and shown in the quarantine; a body that came before changes nothing.',
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
        const startedAt = performance.now()
        if (token === undefined || !(await within(webhookMs, gate.opens({ sourceId: request.params.sourceId, token }))))
          throw new Problem('unauthorized', 'the webhook needs the bearer token of its source')
        // Of any content type, or none: a malformed type would be refused before the body is parsed.
        request.headers = { 'content-type': BYTES }
        // The time in which the sender sends its body is not ours.
        left.set(request, webhookMs - (performance.now() - startedAt))
      },
    },
    async (request, reply) => {
      const { params, headers, body: bytes } = request
      const contentEncoding = headers['content-encoding'] ?? ''
      const kept = ingest.receive({ sourceId: params.sourceId, bytes, contentEncoding })
      await within(left.get(request) ?? webhookMs, kept)
      return reply.code(202).send()
    },
  )
}
