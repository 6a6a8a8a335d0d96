import type { FieldProblem } from '../src/domain/problem.ts'
import { forgetEarly, READ, takeEarly } from './early.ts'

/** A refusal of the service, or that it could not be asked. The only error that a page has to show. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly advice: string
  readonly errors: readonly FieldProblem[]
  readonly retryAfterSeconds: number | undefined

  constructor(said: Partial<Said>, status: number, retryAfterSeconds?: number) {
    super(said.detail ?? said.title ?? `The service answered ${status}.`)
    this.status = status
    this.code = said.code ?? 'unknown'
    this.title = said.title ?? 'The service could not do it'
    this.advice = said.advice ?? 'Try again in a moment.'
    this.errors = said.errors ?? []
    this.retryAfterSeconds = retryAfterSeconds
  }
}

type Said = {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly advice: string
  readonly errors: readonly FieldProblem[]
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>

type Call = {
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** The same key makes the same thing only once. */
  readonly idempotencyKey?: string
}

let csrfToken: string | undefined

/** Held in memory only; a write without it is refused. */
export function rememberCsrfToken(token: string | undefined): void {
  csrfToken = token
}

export const get = <T>(path: string, call: Call = {}): Promise<T> => ask<T>('GET', path, call)
export const post = <T>(path: string, body?: unknown, call: Call = {}): Promise<T> =>
  ask<T>('POST', path, { ...call, body })
export const patch = <T>(path: string, body: unknown): Promise<T> => ask<T>('PATCH', path, { body })
export const remove = <T = undefined>(path: string): Promise<T> => ask<T>('DELETE', path, {})

/** A path of the API with its ids made safe: at`/v1/people/${id}`. */
export const at = (texts: TemplateStringsArray, ...ids: readonly string[]): string =>
  texts.reduce((path, text, index) => `${path}${encodeURIComponent(ids[index - 1] ?? '')}${text}`)

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

let proves: (() => Promise<boolean>) | undefined

/** Asks the person for their password where the service wants a fresh proof; false when they would rather not. */
export function proveWith(asking: (() => Promise<boolean>) | undefined): void {
  proves = asking
}

async function ask<T>(method: Method, path: string, call: Call): Promise<T> {
  let response = await send(method, path, call)
  if (!response.ok) {
    const problem = await problemIn(response)
    if (problem.code !== 'proof_required' || !(await proves?.())) throw problem
    response = await send(method, path, call)
    if (!response.ok) throw await problemIn(response)
  }
  const text = await response.text()
  // What the service answers is what its published contract says.
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function send(method: Method, path: string, { query, body, signal, idempotencyKey }: Call): Promise<Response> {
  const url = path + queryText(query)
  if (method !== 'GET') forgetEarly()
  const early = await takeEarly(url)
  if (early) return early
  const headers = new Headers(READ.headers)
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
  if (method !== 'GET' && csrfToken !== undefined) headers.set('x-csrf-token', csrfToken)
  const init: RequestInit = { ...READ, method, headers, signal: signal ?? null }
  try {
    return await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiProblem(UNREACHABLE, 0)
  }
}

const UNREACHABLE = {
  code: 'unreachable',
  title: 'The service cannot be reached',
  detail: 'There was no answer from the service.',
  advice:
    'Check your connection, and whether the service runs. If you were changing something, look whether it was done before you try again.',
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

async function problemIn(response: Response): Promise<ApiProblem> {
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(wait) ? wait : undefined
  try {
    return new ApiProblem((await response.json()) as Partial<Said>, response.status, retryAfter)
  } catch {
    return new ApiProblem({}, response.status, retryAfter)
  }
}

export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null }
