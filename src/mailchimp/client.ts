import { Pool } from 'undici'
import { SECOND } from '../domain/instant.ts'
import { messageOf } from '../domain/thrown.ts'

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/3.0`, with its query. */
  readonly path: string
  readonly body?: unknown
}

/** What came back: an answer, or why there is none and whether Mailchimp may have seen the request. */
export type Reply =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** Parsed JSON, or undefined when the body is none (edge and CDN pages are HTML). */
      readonly json: unknown
      readonly retryAfter: string | undefined
      readonly requestId: string | undefined
      /** The whole second at which it was made, unless a cache kept it. */
      readonly madeAt?: number | undefined
    }
  | {
      readonly kind: 'failure'
      readonly cause: 'timed_out' | 'connection_failed' | 'answer_unreadable' | 'certificate_untrusted'
      readonly detail: string
      readonly maybeSeen: boolean
    }

export type Client = {
  /** Never throws for anything that the network or Mailchimp does; never follows a redirect. */
  send(request: ApiRequest): Promise<Reply>
  /** Sets how many requests may be under way at once; those under way now end as they were sent. */
  resize(connections: number): void
  close(): Promise<void>
}

/** Runs `task` once, `ms` from now; what it returns calls that off. */
export type After = (ms: number, task: () => void) => () => void

export const realAfter: After = (ms, task) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

export type ClientOptions = {
  readonly apiKey: string
  /** Origin of the API, such as `https://us6.api.mailchimp.com`. */
  readonly origin: string
  readonly connections: number
  readonly timeoutMs?: number
  /** Times the answers. */
  readonly after?: After
}

const CONNECT_TIMEOUT = 5 * SECOND
/** Below Mailchimp's own limit of 120 s, above what it was seen to take on a bad day (20 s). */
const ANSWER_TIMEOUT = 30 * SECOND
/** A thousand merge fields are less than this; a longer answer is not Mailchimp's. */
const MOST_ANSWER_BYTES = 2 * 1024 * 1024

export const mailchimpOrigin = (dataCentre: string): string => `https://${dataCentre}.api.mailchimp.com`

/** A thin client of the Marketing API for one key: keep-alive connections, one request on each at a time. */
export function createClient(options: ClientOptions): Client {
  const { apiKey, origin, connections, timeoutMs = ANSWER_TIMEOUT, after = realAfter } = options
  const open = (most: number): Pool =>
    new Pool(origin, { connections: most, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT } })
  let pool = open(connections)
  const headers = {
    authorization: `Basic ${Buffer.from(`consent-relay:${apiKey}`).toString('base64')}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'consent-relay',
  }
  return {
    send: async request => {
      const patience = new AbortController()
      const { signal } = patience
      const callOff = after(timeoutMs, () => patience.abort())
      try {
        const answer = await pool.request({
          method: request.method,
          path: `/3.0${request.path}`,
          headers,
          signal,
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        })
        const text = await readText(answer.body)
        return {
          kind: 'answer',
          status: answer.statusCode,
          json: parseJson(text),
          retryAfter: first(answer.headers['retry-after']),
          requestId: first(answer.headers['x-request-id']),
          madeAt: answer.headers['age'] === undefined ? httpDate(first(answer.headers['date'])) : undefined,
        }
      } catch (error) {
        return failureOf(error, signal.aborted)
      } finally {
        callOff()
      }
    },
    resize(most) {
      const old = pool
      pool = open(most)
      // Closing waits for the answers under way, and cannot fail in a way that matters to them.
      old.close().catch(() => undefined)
    },
    close: () => pool.close(),
  }
}

const first = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header

/** RFC 9110 has one form of it that is still made. */
function httpDate(text = ''): number | undefined {
  const at = Date.parse(text)
  return Number.isFinite(at) && new Date(at).toUTCString() === text ? at : undefined
}

class TooLarge extends Error {}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > MOST_ANSWER_BYTES) throw new TooLarge(`the answer is larger than ${MOST_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Faults that happen before the first byte of a request can have left. */
const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What Node.js and OpenSSL call a certificate that proves nothing; the request has not left by then. */
const UNTRUSTED = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function failureOf(error: unknown, timedOut: boolean): Reply {
  const code = codeOf(error)
  const detail = messageOf(error)
  if (error instanceof TooLarge) return { kind: 'failure', cause: 'answer_unreadable', detail, maybeSeen: true }
  if (UNSENT.has(code))
    return { kind: 'failure', cause: 'connection_failed', detail: `${code}: ${detail}`, maybeSeen: false }
  if (UNTRUSTED.has(code))
    return { kind: 'failure', cause: 'certificate_untrusted', detail: `${code}: ${detail}`, maybeSeen: false }
  if (timedOut) return { kind: 'failure', cause: 'timed_out', detail: 'no answer in time', maybeSeen: true }
  return {
    kind: 'failure',
    cause: 'connection_failed',
    detail: code === '' ? detail : `${code}: ${detail}`,
    maybeSeen: true,
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
