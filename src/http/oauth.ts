import { type FastifyInstance, type FastifyReply } from 'fastify'
import { accessToken, oauthError, tokenRequest } from '../contract/oauth.ts'
import { issueAccessToken, type GateDeps } from '../pipeline/intake/gate.ts'
import { within } from '../pipeline/intake/within.ts'
import { acceptAnything } from './validation.ts'

type Form = Readonly<Record<string, unknown>>

const FORM = 'application/x-www-form-urlencoded'

type OauthDeps = GateDeps & { readonly webhookMs: number }

/** The token endpoint for sources: RFC 6749, the client credentials grant and no other. */
export function oauthRoutes(server: FastifyInstance, { webhookMs, ...deps }: OauthDeps): void {
  server.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  server.post<{ Body: Form | undefined }>(
    '/oauth/token',
    {
      config: { refuses: REFUSALS },
      schema: {
        operationId: 'issueAccessToken',
        summary: 'Issue an access token for the webhook of a source',
        description:
          'The answer is an access token for the webhook of the source, which works for an hour and no longer than the secret that it is issued for. The client proves itself with its id and secret in the Authorization header (Basic), or else in the body. Any other grant is refused (RFC 6749).',
        tags: ['webhook'],
        security: [{ client: [] }, {}],
        consumes: [FORM, 'application/json'],
        body: tokenRequest,
        response: { 200: accessToken, 400: oauthError, 401: oauthError },
      },
      validatorCompiler: acceptAnything,
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
      const form = request.body ?? {}
      const basic = basicCredentials(request.headers.authorization)
      if (form['grant_type'] !== 'client_credentials') {
        return form['grant_type'] === undefined
          ? refuse(reply, 400, 'invalid_request', 'grant_type is missing')
          : refuse(reply, 400, 'unsupported_grant_type', 'only client_credentials is served')
      }
      const clientId = basic?.clientId ?? textIn(form['client_id'])
      const clientSecret = basic?.clientSecret ?? textIn(form['client_secret'])
      if (clientId === undefined || clientSecret === undefined)
        return refuse(reply, 401, 'invalid_client', 'client_id or client_secret is missing')
      // Without a token there is no webhook, so it is waited for no longer.
      const token = await within(webhookMs, issueAccessToken(deps, { clientId, clientSecret }))
      if (!token) return refuse(reply, 401, 'invalid_client', 'the client is not known or its secret is wrong')
      return { access_token: token.token, token_type: 'Bearer', expires_in: token.expiresInSeconds }
    },
  )
}

const REFUSALS = [
  'invalid_json',
  'payload_too_large',
  'unsupported_media_type',
  'store_unavailable',
  'internal',
] as const

/** JSON may hold anything; only a text is an id or a secret. */
const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function refuse(reply: FastifyReply, status: 400 | 401, error: string, description: string): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="consent-relay"')
  return reply.code(status).send({ error, error_description: description })
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(header: string | undefined) {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  return { clientId: decode(text.slice(0, colon)), clientSecret: decode(text.slice(colon + 1)) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
