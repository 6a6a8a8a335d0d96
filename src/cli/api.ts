import { readFile } from 'node:fs/promises'
import { EXIT, type ExitCode, Failure, usageFailure } from './exit.ts'
import type { Given } from './flags.ts'
import type { Io } from './io.ts'

/** What every command that asks the service takes. A secret is never an argument: others could read it there. */
export const API_FLAGS = {
  url: { value: 'URL', says: 'where the service is (CONSENT_RELAY_URL; http://127.0.0.1:8080)' },
  'token-file': { value: 'FILE', says: 'has the API token; - reads standard input (else CONSENT_RELAY_TOKEN)' },
} as const

/** The API of a running service. A refusal of it, or an answer that is not its own, is a `Failure`. */
export type Api = {
  readonly url: string
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>
  post<T>(path: string): Promise<T>
  /** Whether the service says that it can take webhooks. */
  isReady(): Promise<boolean>
}

/** A refusal in the service's own words (RFC 9457). */
export class Refusal extends Failure {
  override readonly name = 'Refusal'
  readonly problem: Problem

  constructor(status: number, problem: Problem) {
    super(exitFor(status), inWords(problem))
    this.problem = problem
  }
}

type Problem = {
  readonly code: string
  readonly detail: string
  readonly advice?: string
  readonly errors?: readonly { readonly path: string; readonly detail: string; readonly remedy: string }[]
}

/** An answer takes milliseconds; one that asks Mailchimp may take the 30 s that Mailchimp is given. */
const PATIENCE = 60_000

export async function connect(flags: Given<typeof API_FLAGS>, io: Io): Promise<Api> {
  const url = readUrl(flags.url ?? io.env['CONSENT_RELAY_URL'])
  const token = await readToken(flags['token-file'], io)
  const ask = async (method: string, path: string) => answerOf(await call(io, { method, url, path, token }), url)
  return {
    url,
    // What the service answers is of the shape that its contract promises.
    get: async <T>(path: string, query = {}) => (await ask('GET', path + queryOf(query))) as T,
    post: async <T>(path: string) => (await ask('POST', path)) as T,
    isReady: async () => {
      const { status } = await call(io, { method: 'GET', url, path: '/readyz', token })
      if (status !== 200 && status !== 503) throw notOurs(url, status)
      return status === 200
    },
  }
}

const queryOf = (query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}

function readUrl(given: string | undefined): string {
  const text = given === undefined || given === '' ? 'http://127.0.0.1:8080' : given
  const url = URL.canParse(text) ? new URL(text) : undefined
  const remedy = 'Give an http:// or https:// address by --url or CONSENT_RELAY_URL.'
  if (!url || !['http:', 'https:'].includes(url.protocol))
    // What is written before an @ may be a password.
    throw usageFailure(`error: "${text.replace(/^.*@/s, '…@')}" is no address. ${remedy}`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usageFailure(`error: the address of the service has no user, password, ? or #. ${remedy}`)
  return url.href.replace(/^(|.*[^/])\/*$/s, '$1')
}

async function readToken(file: string | undefined, io: Io): Promise<string> {
  const text = file === undefined ? (io.env['CONSENT_RELAY_TOKEN'] ?? '') : await contentOf(file, io)
  const token = text.trim()
  if (token === '' && file !== undefined) throw usageFailure(`error: --token-file ${file} holds no token`)
  if (token === '')
    throw new Failure(
      EXIT.refused,
      'Not signed in: there is no API token.\nPut one into CONSENT_RELAY_TOKEN, or name a file that holds it with --token-file. An owner makes tokens in the settings of the console.',
    )
  // The token itself is never repeated.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw usageFailure('error: the API token is more than one word, or has letters that no token has')
  return token
}

async function contentOf(file: string, io: Io): Promise<string> {
  if (file === '-') return io.readInput()
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw usageFailure(`error: --token-file: ${file} cannot be read (${codeOf(error)})`)
  }
}

type Call = { readonly method: string; readonly url: string; readonly path: string; readonly token: string }

async function call(io: Io, { method, url, path, token }: Call): Promise<{ status: number; text: string }> {
  try {
    const answer = await io.fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      // A token goes to the address it was given for, and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    })
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    throw new Failure(EXIT.failed, unreachable(url, error))
  }
}

function unreachable(url: string, error: unknown): string {
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  const why = isLate ? `no answer within ${PATIENCE / 1_000} s` : codeOf(error)
  return `${url} cannot be reached (${why}).\nStart the service there (consent-relay serve), or give its address by --url or CONSENT_RELAY_URL.`
}

/** The system's word for it, which names neither a path of ours nor a secret. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error) return String(error.code)
  return error.cause === undefined ? error.message : codeOf(error.cause)
}

function answerOf({ status, text }: { status: number; text: string }, url: string): unknown {
  const value = parsed(text)
  if (status >= 200 && status < 300 && value !== undefined) return value
  if (isProblem(value)) throw new Refusal(status, value)
  throw notOurs(url, status)
}

const notOurs = (url: string, status: number): Failure =>
  new Failure(
    EXIT.failed,
    `${url} answered ${status}, and not as Consent Relay does.\nCheck the address (--url, CONSENT_RELAY_URL), and what stands between, such as a proxy.`,
  )

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  'detail' in value &&
  (!('errors' in value) || Array.isArray(value.errors))

function exitFor(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.refused
  return status === 404 ? EXIT.notFound : EXIT.failed
}

const inWords = ({ code, detail, advice, errors = [] }: Problem): string =>
  [
    `Refused (${code}): ${detail}.`,
    ...errors.map(({ path, detail: what, remedy }) => `  ${path}: ${what} ${remedy}`),
    ...(advice === undefined ? [] : [advice]),
  ].join('\n')
