import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type z } from 'zod'
import { type problemDocument } from '../contract/problems.ts'
import { inBytes } from '../domain/limits.ts'
import { listedProblems, shortText } from '../domain/listed-problems.ts'
import { Problem, PROBLEMS, type ProblemCode } from '../domain/problem.ts'
import { type Telemetry } from '../telemetry.ts'
import { isPassing, storeFailure } from '../store/engine/errors.ts'

export const RETRY_AFTER_SECONDS = '30'

/** The one place where a refusal becomes an answer (RFC 9457). A bug shows its reference and nothing else. */
export const problemHandler =
  (telemetry: Telemetry) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = asProblem(error, request)
    if (problem.code === 'internal') telemetry.requestFailed({ requestId: request.id, route: routeOf(request) }, error)
    // Such a route authenticates before it reads: a stranger's body is not lost, and raises no alert.
    if (problem.code === 'payload_too_large' && request.routeOptions.config.takesFacts)
      telemetry.bodyRefused({ route: routeOf(request) })
    return sendProblem(problem, request, reply)
  }

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status } = PROBLEMS[problem.code]
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="consent-relay"')
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problemDocumentOf(problem, request.id)))
}

/** A refusal as RFC 9457 writes it. */
export function problemDocumentOf({ code, message, errors }: Problem, requestId: string): ProblemDocument {
  const { status, title, advice } = PROBLEMS[code]
  return {
    type: `urn:consent-relay:problem:${code}`,
    title,
    status,
    detail: shortText(message),
    instance: `urn:consent-relay:request:${requestId}`,
    advice,
    code,
    errors: listedProblems(errors),
  }
}

type ProblemDocument = z.infer<typeof problemDocument>

/** Routes carry no ids or addresses, unlike URLs. */
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown'

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_json',
}

const DOUBTFUL = 'the store did not say whether it has done this: look before you ask for it again'

function asProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (storeFailure(error) === 'doubtful') return new Problem('store_unavailable', DOUBTFUL)
  if (isPassing(error)) return new Problem('store_unavailable', 'the store does not answer')
  if (storeFailure(error) === 'conflict') return new Problem('conflict', 'it exists already')
  if (error instanceof SyntaxError) return new Problem('invalid_json', 'the body is not JSON')
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Problem('payload_too_large', `this address takes ${inBytes(request.routeOptions.bodyLimit)} at most`)
  const known = Object.hasOwn(BY_FASTIFY_CODE, code) ? BY_FASTIFY_CODE[code] : undefined
  if (known) return new Problem(known, error instanceof Error ? error.message : known)
  return new Problem('internal', 'something went wrong on our side')
}
