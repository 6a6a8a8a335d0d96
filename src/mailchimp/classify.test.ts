import { describe, expect, test } from 'vitest'
import { type BlockCause, type RejectCause, type RetryCause } from '../domain/outcome.ts'
import { classifyTrouble, classifyWrite } from './classify.ts'
import { type Reply } from './client.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')
const SENT = { NEWS: 'true' }

const TYPE = 'https://mailchimp.com/developer/marketing/docs/errors/'
const COMPLIANCE =
  'ada@acme.test is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.'

const answer = (status: number, json?: unknown, retryAfter?: string): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter,
  requestId: undefined,
})

type Invalid = readonly { readonly field: string; readonly message: string }[]
/** Mailchimp's problem document; `Member Exists` and its like come without `type`. */
const problem = (status: number, title: string, detail = '', errors?: Invalid): Reply =>
  answer(status, { type: TYPE, title, status, detail, instance: 'c0ffee', ...(errors ? { errors } : {}) })
const untyped = (status: number, title: string, detail: string): Reply => answer(status, { title, status, detail })
const html = (status: number): Reply => answer(status)

type Expected = Readonly<Record<string, unknown>>
const rejected = (cause: RejectCause, fields: readonly string[] = []): Expected => ({ kind: 'rejected', cause, fields })
const blocked = (cause: BlockCause): Expected => ({ kind: 'blocked', cause })
const retry = (cause: RetryCause, { ambiguous = false, throttled = false } = {}): Expected => ({
  kind: 'retry',
  cause,
  ambiguous,
  throttled,
})
const AMBIGUOUS = { ambiguous: true }
const THROTTLED = { throttled: true }
const absent: Expected = { kind: 'skipped', because: 'no_such_contact' }

const fields = (message: string, field = 'NEWS') =>
  problem(400, 'Invalid Resource', 'Your merge fields were invalid.', [{ field, message }])

/** Every row of Mailchimp's errors that we know of. */
const ROWS: readonly [what: string, reply: Reply, expected: Expected][] = [
  ['a 404 that is not from Mailchimp', html(404), retry('answer_unreadable')],
  ['a title without spaces', problem(503, 'ComplianceRelated'), blocked('account_disabled')],
  [
    'no address',
    problem(400, 'Invalid Resource', 'Please provide a valid email address.'),
    rejected('address_refused'),
  ],
  [
    'a fake address',
    problem(400, 'Invalid Resource', 'a@example.com looks fake or invalid, please enter a real email address.'),
    rejected('address_refused'),
  ],
  ['a missing value', fields('Please enter a value'), rejected('fields_invalid', ['NEWS'])],
  ['a text for a number', fields('Please enter a number', 'LTV'), rejected('fields_invalid', ['LTV'])],
  ['half an address', fields('Please enter a complete address', 'ADDR'), rejected('fields_invalid', ['ADDR'])],
  [
    'a shape of ours that is wrong',
    problem(
      400,
      'Invalid Resource',
      "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
      [{ field: 'merge_fields.NEWS', message: 'Data did not match any of the schemas described in anyOf.' }],
    ),
    rejected('fields_invalid', ['merge_fields.NEWS']),
  ],
  [
    'the throttle of sign-ups',
    problem(
      400,
      'Invalid Resource',
      "ada@acme.test has signed up to a lot of lists very recently; we're not allowing more signups for now",
    ),
    retry('signup_throttled'),
  ],
  [
    'an address that another contact has',
    problem(400, 'Invalid Resource', 'Your email address is invalid.', [
      { field: 'email address', message: '"a@acme.test" is already in this list with a status of "subscribed".' },
    ]),
    rejected('address_conflict', ['email address']),
  ],
  [
    'Member Exists',
    untyped(400, 'Member Exists', 'a@acme.test is already a list member. Use PUT to insert or update list members.'),
    rejected('address_conflict'),
  ],
  ['a compliance state', untyped(400, 'Member In Compliance State', COMPLIANCE), rejected('compliance_state')],
  ['the same with a type', problem(400, 'Member In Compliance State', COMPLIANCE), rejected('compliance_state')],
  [
    'a forgotten address',
    untyped(
      400,
      'Forgotten Email Not Subscribed',
      'a@acme.test was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.',
    ),
    rejected('forgotten'),
  ],
  ['too many merge fields', problem(400, 'Merge Max Limit Exceeded'), rejected('request_refused')],
  [
    'a merge field that is there',
    problem(400, 'Bad Request', 'A Merge Field with the tag "X" already exists for this list.'),
    rejected('request_refused'),
  ],
  ['JSON we spelled wrong', problem(400, 'JSON Parse Exception'), rejected('request_refused')],
  ['a bad request', problem(400, 'Bad Request'), rejected('request_refused')],
  ['an invalid action', problem(400, 'Invalid Action'), rejected('request_refused')],
  ['a bare <H1>Bad Request</H1>', html(400), retry('answer_unreadable')],
  ['no key', problem(401, 'API Key Missing', 'Your request did not include an API key.'), blocked('key_invalid')],
  [
    'a wrong key',
    problem(401, 'API Key Invalid', "Your API key may be invalid, or you've attempted to access the wrong datacenter."),
    blocked('key_invalid'),
  ],
  ['a disabled key', problem(401, 'API Key Invalid', 'API key has been disabled'), blocked('key_invalid')],
  ['an unpaid account', problem(402, 'Payment Required'), blocked('payment_required')],
  ['too low a role', problem(403, 'Forbidden', 'You do not have permission.'), blocked('not_permitted')],
  [
    'an account closed to the API',
    problem(403, 'Forbidden', 'API Access has been disabled for this account. Please contact customer support.'),
    blocked('not_permitted'),
  ],
  [
    'a deactivated account',
    problem(403, 'User Disabled', 'This account has been deactivated.'),
    blocked('account_disabled'),
  ],
  ['a plan without the feature', problem(403, 'Authorization Failure'), blocked('not_permitted')],
  [
    'another data centre',
    problem(403, 'Wrong Datacenter', 'The API key provided is linked to a different data center.'),
    blocked('wrong_data_centre'),
  ],
  ['a 403 of the edge', html(403), retry('throttled', THROTTLED)],
  ['no such contact', problem(404, 'Resource Not Found', 'The requested resource could not be found.'), absent],
  ['a wrong method', problem(405, 'Method Not Allowed'), rejected('request_refused')],
  ['a time-out that Mailchimp tells', problem(408, 'Request Timeout'), retry('timed_out', AMBIGUOUS)],
  ['a malformed path', problem(414, 'Resource Nesting Too Deep'), rejected('request_refused')],
  ['an override', problem(422, 'InvalidMethodOverride'), rejected('request_refused')],
  ['unknown fields asked for', problem(422, 'Requested Fields Invalid'), rejected('request_refused')],
  ['no TLS', problem(426, 'Upgrade required'), rejected('request_refused')],
  [
    'too many connections',
    problem(429, 'TooManyRequests', 'You have exceeded the limit of 10 simultaneous connections.'),
    retry('throttled', THROTTLED),
  ],
  ['a 429 of the edge', html(429), retry('throttled', THROTTLED)],
  [
    'a deep, internal error',
    problem(500, 'InternalServerError', 'A deep, internal error has occurred during the processing of your request.'),
    retry('server_error', AMBIGUOUS),
  ],
  ['a 502 of the CDN', html(502), retry('server_error', AMBIGUOUS)],
  ['a 504 of the CDN', html(504), retry('server_error', AMBIGUOUS)],
  // R22 counts every 5xx as an attempt that Mailchimp may yet apply, whoever answered it.
  [
    'a 503 of Akamai',
    answer(503, { type: 'akamai_error_message', title: 'akamai_503', status: 503, ref_no: 'Reference Number: 18' }),
    retry('throttled', { ...THROTTLED, ...AMBIGUOUS }),
  ],
  ['a 503 of the edge', html(503), retry('throttled', { ...THROTTLED, ...AMBIGUOUS })],
  [
    'a method closed for compliance',
    problem(503, 'Compliance Related', 'This method has been disabled.'),
    blocked('account_disabled'),
  ],
]

describe('R25: Mailchimp’s answers to a write', () => {
  test.each(ROWS)('%s', (_, reply, expected) => {
    expect(classifyWrite(reply, SENT, NOW)).toMatchObject(expected)
  })

  test('the same with no type, and with a detail that nobody wrote before', () => {
    const read = ROWS.filter(([, reply]) => reply.kind === 'answer' && reply.status !== 400 && reply.json !== undefined)
    for (const [what, reply, expected] of read) {
      if (reply.kind !== 'answer' || what.includes('Akamai')) continue
      const { type: _type, ...json } = reply.json as Record<string, unknown>
      expect(
        classifyWrite({ ...reply, json: { ...json, detail: 'Etwas ist schiefgegangen.' } }, SENT, NOW),
      ).toMatchObject(expected)
    }
  })

  test.each(['Teapot', '', 'user disabled', '__proto__', 'constructor'])(
    'a 400 with the title %j is refused',
    title => {
      expect(classifyWrite(problem(400, title), SENT, NOW)).toMatchObject(rejected('request_refused'))
    },
  )
  test.each([409, 410, 411, 412, 413, 415, 416, 417, 418, 421, 423, 424, 428, 431, 451, 499])(
    'an unknown %i is refused',
    status => {
      for (const reply of [problem(status, 'Something New'), html(status), answer(status, 'text'), answer(status, [])])
        expect(classifyWrite(reply, SENT, NOW)).toMatchObject(rejected('request_refused'))
    },
  )
  test.each([500, 501, 505, 507, 511, 520, 522, 524, 599])(
    'an unknown %i is tried again, and may have been applied',
    status => {
      for (const reply of [problem(status, 'Something New'), html(status), answer(status, null)])
        expect(classifyWrite(reply, SENT, NOW)).toMatchObject(retry('server_error', AMBIGUOUS))
    },
  )
  test.each([301, 302, 303, 307, 308])('a redirect %i is refused', status => {
    expect(classifyWrite(html(status), SENT, NOW)).toMatchObject(rejected('request_refused'))
  })

  test('a detail says what happened even where Mailchimp did not', () => {
    expect(classifyWrite(html(502), SENT, NOW)).toMatchObject({ detail: 'HTTP 502 without JSON' })
    expect(classifyWrite(answer(500, { detail: 5 }), SENT, NOW)).toMatchObject({ detail: 'HTTP 500' })
    expect(classifyWrite(fields('Please enter a value'), SENT, NOW)).toMatchObject({
      detail: 'NEWS: Please enter a value',
    })
  })
  test('the throttle of sign-ups does not repeat the address', () => {
    const outcome = classifyWrite(ROWS.find(([what]) => what === 'the throttle of sign-ups')?.[1] ?? html(0), SENT, NOW)
    expect(JSON.stringify(outcome)).not.toContain('@')
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
