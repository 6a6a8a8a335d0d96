import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DOCUMENTED_ERRORS, UNKNOWN_ERRORS } from '../../test/documented-errors.ts'
import { replyOf, type Asked, type DocumentedError } from '../../test/documented-error.ts'
import { type BlockCause, type RejectCause, type RetryCause } from '../domain/outcome.ts'
import { classifyTrouble, classifyWrite } from './classify.ts'
import { type Reply } from './client.ts'
import { merging } from '../../test/builders.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')
const SENT = { do: 'upsert', fields: merging({ NEWS: 'true', LTV: 'low' }) } as const

const TYPE = 'https://mailchimp.com/developer/marketing/docs/errors/'
const answer = (status: number, json?: unknown, retryAfter?: string): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter,
  requestId: undefined,
})

type Invalid = readonly { readonly field: string; readonly message: string }[]
/** Mailchimp's problem document. */
const problem = (status: number, title: string, detail = '', errors?: Invalid): Reply =>
  answer(status, { type: TYPE, title, status, detail, instance: 'c0ffee', ...(errors ? { errors } : {}) })
const html = (status: number): Reply => answer(status)

type Expected = Readonly<Record<string, unknown>>
const blocked = (cause: BlockCause): Expected => ({ kind: 'blocked', cause })
const retry = (cause: RetryCause, { ambiguous = false, throttled = false } = {}): Expected => ({
  kind: 'retry',
  cause,
  ambiguous,
  throttled,
})
const AMBIGUOUS = { ambiguous: true }
const fields = (message: string, field = 'NEWS') =>
  problem(400, 'Invalid Resource', 'Your merge fields were invalid.', [{ field, message }])

type Words = Pick<DocumentedError, 'status' | 'title' | 'detail' | 'errors'>
type Exchange = { readonly response: { readonly status: number; readonly body: Words } }

/** Every row once for each kind of request that it can be the answer to. */
const ROWS = [...DOCUMENTED_ERRORS, ...UNKNOWN_ERRORS].flatMap(row =>
  (row.to ?? (['PUT', 'PATCH', 'other'] as const)).map(asked => ({ ...row, asked })),
)
const nameOf = ({ status, title, page, detail, errors, asked }: (typeof ROWS)[number]): string =>
  [status, title ?? page, detail, ...(errors ?? []).map(({ field, message }) => `${field}: ${message}`), `to ${asked}`]
    .filter(part => part !== undefined)
    .join(', ')

const outcomeOf = (reply: Reply, asked: Asked) =>
  asked === 'other'
    ? classifyTrouble(reply, NOW)
    : classifyWrite(reply, { do: asked === 'PUT' ? 'upsert' : 'update', fields: SENT.fields }, NOW)

describe('R25: what Mailchimp is documented or reported to say', () => {
  test.each(ROWS.map(row => [nameOf(row), row] as const))('%s', (_, row) => {
    expect(outcomeOf(replyOf(row), row.asked)).toMatchObject(row.means)
  })

  test('status, title and form decide, and neither a type nor other words', () => {
    for (const row of ROWS) {
      if (row.page !== undefined || row.type === 'akamai_error_message' || isThrottle(row)) continue
      const other = replyOf({ ...row, type: 'none', detail: 'Etwas ist schiefgegangen.' })
      expect(outcomeOf(other, row.asked), nameOf(row)).toMatchObject(row.means)
    }
  })

  test('every error of the recorded exchanges is among it', () => {
    const file = new URL('../../simulator/fixtures/mailchimp-recorded-exchanges.json', import.meta.url)
    const exchanges = JSON.parse(readFileSync(file, 'utf8')) as readonly Exchange[]
    const wordsOf = ({ status, title, detail = '', errors = [] }: Words): string =>
      JSON.stringify([status, title, detail, errors.map(({ message }) => message)]).replaceAll(
        /[\w.]+@[\w.]+\w/g,
        '{e}',
      )
    const errors = exchanges.flatMap(({ response: { status, body } }) => (status < 400 ? [] : { ...body, status }))
    const known = new Set(DOCUMENTED_ERRORS.map(wordsOf))
    expect(errors.length).toBeGreaterThan(30)
    expect([...new Set(errors.map(wordsOf))].filter(words => !known.has(words))).toEqual([])
  })

  test('twenty titles are unknown, and every class of the table is met', () => {
    expect(new Set(UNKNOWN_ERRORS.map(({ title }) => title)).size).toBe(20)
    const met = new Set(DOCUMENTED_ERRORS.map(({ means }) => ('cause' in means ? means.cause : means.because)))
    // These come without any answer, or with one that is in no document.
    const silent = ['connection_failed', 'interrupted', 'certificate_untrusted', 'answer_unknown']
    const never = Object.keys(CAUSES).filter(cause => !silent.includes(cause) && !met.has(cause as keyof typeof CAUSES))
    expect(never).toEqual([])
  })
})

/** Does not compile until it is complete. */
const CAUSES: Readonly<Record<RejectCause | RetryCause | BlockCause, true>> = {
  ...{ compliance_state: true, forgotten: true, address_refused: true, fields_invalid: true },
  ...{ address_conflict: true, request_refused: true },
  ...{ throttled: true, server_error: true, timed_out: true, connection_failed: true, answer_unreadable: true },
  ...{ signup_throttled: true, interrupted: true, answer_unknown: true, certificate_untrusted: true },
  ...{ key_invalid: true, account_disabled: true, wrong_data_centre: true, payment_required: true },
  ...{ not_permitted: true, audience_missing: true },
}

const isThrottle = ({ means }: DocumentedError): boolean => 'cause' in means && means.cause === 'signup_throttled'

describe('R25: Mailchimp’s answers to a write', () => {
  test.each([500, 501, 505, 507, 511, 520, 522, 524, 599])(
    'an unknown %i is tried again, and may have been applied',
    status => {
      for (const reply of [problem(status, 'Something New'), html(status), answer(status, null)])
        expect(classifyWrite(reply, SENT, NOW)).toMatchObject(retry('server_error', AMBIGUOUS))
    },
  )

  test('a detail says what happened even where Mailchimp did not', () => {
    expect(classifyWrite(html(502), SENT, NOW)).toMatchObject({ detail: 'HTTP 502 without Mailchimp’s JSON' })
    expect(classifyWrite(problem(500, 'Oops'), SENT, NOW)).toMatchObject({ detail: 'HTTP 500' })
    expect(classifyWrite(problem(409, 'Conflict', 'Later.'), SENT, NOW)).toMatchObject({
      detail: 'HTTP 409 Conflict: Later.',
    })
    expect(classifyWrite(fields('Please enter a value'), SENT, NOW)).toMatchObject({
      detail: 'NEWS: Please enter a value',
    })
  })
  test('the throttle of sign-ups does not repeat the address', () => {
    const rows = DOCUMENTED_ERRORS.filter(isThrottle)
    expect(rows).not.toEqual([])
    for (const row of rows) expect(JSON.stringify(classifyWrite(replyOf(row), SENT, NOW))).not.toContain('@')
  })
})

describe('R25: Mailchimp’s answers to a read', () => {
  test('a 404 is about the audience', () => {
    expect(classifyTrouble(problem(404, 'Resource Not Found'), NOW)).toMatchObject(blocked('audience_missing'))
  })
  test('a success that cannot be read is tried again', () => {
    expect(classifyTrouble(html(200), NOW)).toMatchObject(retry('answer_unreadable', AMBIGUOUS))
  })
})

describe('R25: a certificate that is not trusted', () => {
  test('holds the key: nothing was sent, and no contact pays for it', () => {
    const detail = 'CERT_HAS_EXPIRED: certificate has expired'
    const reply: Reply = { kind: 'failure', cause: 'certificate_untrusted', detail, maybeSeen: false }
    for (const outcome of [classifyWrite(reply, SENT, NOW), classifyTrouble(reply, NOW)])
      expect(outcome).toEqual({ kind: 'blocked', cause: 'certificate_untrusted', detail })
  })
})

describe('R22: no answer at all', () => {
  test.each(['timed_out', 'connection_failed', 'answer_unreadable'] as const)('%s is tried again', cause => {
    for (const maybeSeen of [true, false]) {
      const reply: Reply = { kind: 'failure', cause, detail: 'ECONNRESET', maybeSeen }
      expect(classifyWrite(reply, SENT, NOW)).toMatchObject({
        ...retry(cause, { ambiguous: maybeSeen }),
        detail: 'ECONNRESET',
      })
    }
  })
})

describe('R26: Retry-After', () => {
  const waitMs = (header: string | undefined, status = 429) => {
    const outcome = classifyWrite(answer(status, {}, header), SENT, NOW)
    return outcome.kind === 'retry' ? outcome.waitMs : 'no retry'
  }
  test.each([
    ['30', 30_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['Thu, 02 May 2024 10:01:30 GMT', 90_000],
    ['Thu, 02 May 2024 09:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is a wait of %j ms', (header, expected) => {
    expect(waitMs(header)).toBe(expected)
    expect(waitMs(header, 500)).toBe(expected)
    expect(waitMs(header, 408)).toBe(expected)
  })
  test('of the edge counts too', () => {
    expect(classifyWrite(answer(503, undefined, '7'), SENT, NOW)).toMatchObject({ waitMs: 7_000 })
  })
})
