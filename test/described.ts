import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './source-files.ts'

type Media = { readonly examples?: Readonly<Record<string, unknown>> }
type Answer = { readonly $ref?: string; readonly content?: Readonly<Record<string, Media>> }
type Operation = { readonly responses: Readonly<Record<string, Answer>> }
type Api = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Answer>> }
}

const api = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as Api

type Seen = {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: unknown
}

/** What docs/openapi.json fails to say of an answer: undefined when it says it, or knows no such operation. */
export function undescribed({ method, path, status, body }: Seen): string | undefined {
  const [template, operation] = operationAt(method, path)
  if (!operation) return undefined
  const what = `${method} ${template} answers ${status}`
  const answer = operation.responses[String(status)]
  if (!answer) return `${what}, which docs/openapi.json does not say`
  const code = codeIn(body)
  const { content } = answer.$ref ? (api.components.responses[answer.$ref.split('/').at(-1) ?? ''] ?? {}) : answer
  if (code === undefined || code in (content?.['application/problem+json']?.examples ?? {})) return undefined
  return `${what} with ${code}, which docs/openapi.json does not say`
}

function operationAt(method: string, path: string): [template: string, operation: Operation | undefined] {
  const parts = path.replace(/\?.*$/, '').split('/')
  const fits = (template: string): boolean => {
    const own = template.split('/')
    return own.length === parts.length && own.every((part, at) => part === parts[at] || part.startsWith('{'))
  }
  // A name goes before a parameter, as for the router.
  const [template = ''] = Object.keys(api.paths)
    .filter(fits)
    .sort((a, b) => a.split('{').length - b.split('{').length)
  return [template, api.paths[template]?.[method.toLowerCase()]]
}

const codeIn = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'type' in body && String(body.type).startsWith('urn:consent-relay:')
    ? String((body as { readonly code?: unknown }).code)
    : undefined
