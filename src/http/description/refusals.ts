import { type FastifySchema, type RouteOptions } from 'fastify'
import { EXAMPLE_FIELD_PROBLEM } from '../../contract/problems.ts'
import { Problem, PROBLEMS, type ProblemCode } from '../../domain/problem.ts'
import { problemDocumentOf } from '../problems.ts'
import { acceptAnything } from '../validation.ts'
import { headersOf } from './headers.ts'
import { isObject, mapOperations, type Description, type Reference, type Response } from './api.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How a route refuses, beside what its role and its schema make plain; the API's description says so. */
    refuses?: readonly ProblemCode[]
  }
  interface FastifySchema {
    'x-refuses'?: readonly ProblemCode[]
  }
}

const isCode = (name: string): name is ProblemCode => Object.hasOwn(PROBLEMS, name)
const ALL = Object.keys(PROBLEMS).filter(isCode)

/** Every way in which a route refuses, in the order of the catalogue; `schema` is its own, as JSON Schema. */
export function refusalsOf(route: RouteOptions, schema: FastifySchema): ProblemCode[] {
  const own = route.config?.refuses ?? []
  const role = route.config?.role
  if (role === undefined) return ALL.filter(code => own.includes(code))
  const all = new Set<ProblemCode>([...own, ...guarding(route), ...reading(route, schema)])
  return ALL.filter(code => all.has(code))
}

/** What the guard refuses. A read needs no CSRF token, and every role may do what a viewer may. */
function guarding({ config, method }: RouteOptions): ProblemCode[] {
  const role = config?.role
  if (role === 'public') return []
  return [
    'unauthorized',
    ...(role === 'viewer' ? [] : FORBIDDEN),
    ...(method === 'GET' ? [] : CSRF),
    ...(config?.proof ? PROOF : []),
  ]
}

const FORBIDDEN: readonly ProblemCode[] = ['forbidden']
const CSRF: readonly ProblemCode[] = ['csrf_token_missing']
const PROOF: readonly ProblemCode[] = ['proof_required']

/** What reading and validating the request refuses, and what every use of the store may end in. */
function reading({ validatorCompiler }: RouteOptions, schema: FastifySchema): ProblemCode[] {
  const parts = PARTS.filter(part => schema[part] !== undefined)
  const isValidated = parts.length > 0 && validatorCompiler !== acceptAnything
  return [
    ...(parts.includes('body') ? BODY : []),
    ...(isValidated ? INVALID : []),
    ...(hasCursor(schema) ? CURSOR : []),
    'store_unavailable',
    'internal',
  ]
}

const PARTS = ['body', 'querystring', 'params', 'headers'] as const
const BODY: readonly ProblemCode[] = ['invalid_json', 'payload_too_large', 'unsupported_media_type']
const INVALID: readonly ProblemCode[] = ['invalid_request']
const CURSOR: readonly ProblemCode[] = ['invalid_cursor']

const hasCursor = ({ querystring }: FastifySchema): boolean =>
  isObject(querystring) && isObject(querystring['properties']) && 'cursor' in querystring['properties']

/** Says of every operation how it refuses; what several refuse in the same way is said once, in the components. */
export function describeRefusals(api: Description): Description {
  const shared = new Map<string, Response>()
  const described = mapOperations(api, ({ 'x-refuses': codes = [], ...operation }) => {
    const statuses = [...new Set(codes.map(code => PROBLEMS[code].status))]
    const responses = statuses.map(status => {
      const refusal = refusalBy(codes.filter(code => PROBLEMS[code].status === status))
      const own = operation.responses[String(status)]
      return [String(status), own && !('$ref' in own) ? both(own, refusal.response) : share(shared, refusal)] as const
    })
    return { ...operation, responses: { ...operation.responses, ...Object.fromEntries(responses) } }
  })
  const responses = Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...described, components: { ...api.components, responses } }
}

type Refusal = { readonly name: string; readonly response: Response }

function share(shared: Map<string, Response>, { name, response }: Refusal): Reference {
  shared.set(name, response)
  return { $ref: `#/components/responses/${name}`, description: response.description }
}

const both = (own: Response, refusal: Response): Response => ({
  ...own,
  ...refusal,
  description: `${own.description} Or: ${refusal.description}`,
  content: { ...own.content, ...refusal.content },
})

/** One answer for all codes of one status. */
function refusalBy(codes: readonly ProblemCode[]): Refusal {
  const status = codes[0] && PROBLEMS[codes[0]].status
  const examples = codes.map(code => [code, { summary: PROBLEMS[code].title, value: exampleOf(code) }] as const)
  return {
    name: codes.map(inPascalCase).join('Or'),
    response: {
      description: codes.map(code => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
      ...headersOf(String(status)),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(examples),
        },
      },
    },
  }
}

const inPascalCase = (code: string): string =>
  code.replaceAll(/(?:^|_)([a-z])/g, (_, first: string) => first.toUpperCase())

function exampleOf(code: ProblemCode): unknown {
  const problem = new Problem(
    code,
    `${PROBLEMS[code].title}.`,
    PROBLEMS[code].status === 422 ? [EXAMPLE_FIELD_PROBLEM] : [],
  )
  return problemDocumentOf(problem, 'req-1')
}
