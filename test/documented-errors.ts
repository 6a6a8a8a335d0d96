import { STATUS_CODES } from 'node:http'
import {
  blocked,
  retry,
  THROTTLED,
  AMBIGUOUS,
  LEGACY,
  recorded,
  reported,
  WRITES,
  OTHER,
  NOT_PERMITTED,
  html,
  type DocumentedError,
} from './documented-error.ts'
import { ADDRESSES, FIELDS, REQUESTS } from './documented-refusals.ts'

const NOT_MAILCHIMPS = 'not Mailchimp’s'

const ACCOUNTS: readonly DocumentedError[] = [
  {
    status: 401,
    title: 'API Key Missing',
    detail: 'Your request did not include an API key.',
    means: blocked('key_invalid'),
  },
  {
    status: 401,
    title: 'API Key Invalid',
    detail: "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
    source: reported('many'),
    means: blocked('key_invalid'),
  },
  {
    status: 401,
    title: 'API Key Invalid',
    detail: 'API key has been disabled',
    source: reported('many'),
    means: blocked('key_invalid'),
  },
  {
    status: 401,
    title: 'API Key Invalid',
    detail:
      'The API key included in the query parameters is not consistent with the Authorization header. Please provide authorization using a single method.',
    source: 'documented (changelog of 2021-02-17)',
    means: blocked('key_invalid'),
  },
  {
    status: 402,
    title: 'Payment Required',
    source: reported('unpaid accounts'),
    means: blocked('payment_required'),
  },
  {
    status: 403,
    title: 'Forbidden',
    detail: 'You are not permitted to access this resource.',
    means: NOT_PERMITTED,
  },
  {
    status: 403,
    title: 'Forbidden',
    detail: 'API Access has been disabled for this account. Please contact customer support.',
    source: reported('many'),
    means: NOT_PERMITTED,
  },
  { status: 403, title: 'Authorization Failure', means: NOT_PERMITTED },
  {
    status: 403,
    title: 'User Disabled',
    detail: 'This account has been deactivated.',
    means: blocked('account_disabled'),
  },
  {
    status: 503,
    title: 'Compliance Related',
    detail: 'This method has been disabled.',
    source: LEGACY,
    means: blocked('account_disabled'),
  },
  {
    status: 403,
    title: 'Wrong Datacenter',
    detail: 'The API key provided is linked to a different data center.',
    source: LEGACY,
    means: blocked('wrong_data_centre'),
  },
  {
    status: 404,
    title: 'Resource Not Found',
    detail: 'The requested resource could not be found.',
    to: OTHER,
    source: recorded(171),
    means: blocked('audience_missing'),
  },
  {
    status: 404,
    title: 'Resource Not Found',
    detail: 'The requested resource could not be found.',
    to: WRITES,
    source: recorded(179),
    means: { kind: 'skipped', because: 'no_such_contact' },
  },
]

const LOAD: readonly DocumentedError[] = [
  {
    status: 429,
    title: 'TooManyRequests',
    detail: 'You have exceeded the limit of 10 simultaneous connections.',
    means: retry('throttled', THROTTLED),
  },
  {
    status: 429,
    title: 'TooManyRequests',
    detail: 'You have more than 500 pending webhooks. Please wait for some to complete before adding any more batches.',
    to: OTHER,
    means: retry('throttled', THROTTLED),
  },
  {
    status: 429,
    title: 'TooManyRequests',
    detail: 'You have more than 500 pending batches.',
    to: OTHER,
    means: retry('throttled', THROTTLED),
  },
  { status: 429, page: '', means: retry('throttled', THROTTLED) },
  { status: 403, page: '', means: retry('throttled', THROTTLED) },
  {
    status: 403,
    page: html('Access Denied'),
    source: reported('pastebin.com/k5phUZhk'),
    means: retry('throttled', THROTTLED),
  },
  {
    status: 503,
    page: html('Request Blocked'),
    source: reported('pastebin.com/k5phUZhk'),
    means: retry('throttled', { ...THROTTLED, ...AMBIGUOUS }),
  },
  {
    status: 503,
    type: 'akamai_error_message',
    title: 'akamai_503',
    source: reported('ibericode/mailchimp-for-wordpress'),
    means: retry('throttled', { ...THROTTLED, ...AMBIGUOUS }),
  },
]

const FAILURES: readonly DocumentedError[] = [
  {
    status: 400,
    page: '<H1>Bad Request</H1>',
    source: reported('seen to pass by itself'),
    means: retry('answer_unreadable'),
  },
  { status: 404, page: html('Not Found'), source: NOT_MAILCHIMPS, means: retry('answer_unreadable') },
  ...[302, 307, 401, 402, 405, 407, 409, 410, 413, 421].map(status => ({
    status,
    page: html(STATUS_CODES[status] ?? ''),
    source: NOT_MAILCHIMPS,
    means: retry('answer_unreadable'),
  })),
  {
    status: 414,
    page: html('Request-URI Too Large'),
    source: reported('seen to pass by itself'),
    means: retry('answer_unreadable'),
  },
  { status: 408, page: '', means: retry('timed_out', AMBIGUOUS) },
  {
    status: 500,
    title: 'InternalServerError',
    detail: 'A deep, internal error has occurred during the processing of your request. Please contact support.',
    means: retry('server_error', AMBIGUOUS),
  },
  { status: 502, page: html('Bad Gateway'), means: retry('server_error', AMBIGUOUS) },
  { status: 504, page: html('Gateway Timeout'), means: retry('server_error', AMBIGUOUS) },
]

/** Every documented or reported error text that we know of (R25). */
export const DOCUMENTED_ERRORS: readonly DocumentedError[] = [
  ...ADDRESSES,
  ...FIELDS,
  ...REQUESTS,
  ...ACCOUNTS,
  ...LOAD,
  ...FAILURES,
]

/** Titles that nobody documented: close to known ones, in other words, or hostile. */
const UNKNOWN_TITLES = [
  'Teapot',
  '',
  'invalid resource',
  'INVALID RESOURCE',
  'Invalid Resources',
  'InvalidResource!',
  'member exists',
  'Member Exists Already',
  'Forgotten Email',
  'Member In Compliance',
  'user disabled',
  'User Disabled Again',
  'Wrong Data Center',
  'compliance related',
  'Akamai_503',
  'Unknown',
  'Something New',
  '__proto__',
  'constructor',
  'toString',
] as const

/** Each of them with a status whose meaning then decides alone. */
export const UNKNOWN_ERRORS: readonly DocumentedError[] = UNKNOWN_TITLES.flatMap(title =>
  (
    [
      [400, retry('answer_unknown')],
      [401, blocked('key_invalid')],
      [403, retry('answer_unknown')],
      [404, retry('answer_unknown')],
      [405, retry('answer_unknown')],
      [409, retry('answer_unknown')],
      [422, retry('answer_unknown')],
      [429, retry('throttled', THROTTLED)],
      [500, retry('server_error', AMBIGUOUS)],
      [503, retry('server_error', AMBIGUOUS)],
    ] as const
  ).map(([status, means]) => ({ status, title, source: 'made up', means })),
)
