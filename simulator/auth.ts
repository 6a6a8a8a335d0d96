import type { IncomingHttpHeaders } from 'node:http'
import type { Problem } from './problems.ts'
import type { Key, KeyState, State } from './state.ts'
import { TRIGGERS } from './triggers.ts'

type Credentials = Readonly<{ headers: IncomingHttpHeaders; query: URLSearchParams }>

/** The key behind a request, or why Mailchimp does not let it in. */
export function authenticate(state: State, { headers, query }: Credentials): Key | Problem {
  const fromHeader = secretIn(headers.authorization)
  const fromQuery = query.get('apikey') ?? undefined
  if (fromHeader !== undefined && fromQuery !== undefined && fromHeader !== fromQuery) return inconsistent()
  const secret = fromHeader ?? fromQuery
  if (secret === undefined || secret === '') return trigger('APIKeyMissing')
  const key = state.keys.get(secret)
  if (!key || !isRightHost(key, headers.host)) return trigger('APIKeyInvalid')
  return KEY_PROBLEMS[key.state] ?? key
}

const KEY_PROBLEMS: Readonly<Record<KeyState, Problem | undefined>> = {
  active: undefined,
  disabled: { status: 401, title: 'API Key Invalid', detail: 'API key has been disabled' },
  deactivated: trigger('UserDisabled'),
  api_disabled: {
    status: 403,
    title: 'Forbidden',
    detail: 'API Access has been disabled for this account. Please contact customer support.',
  },
  unpaid: trigger('PaymentRequired'),
}

/** Basic with any user name, or Bearer; both carry the same rights. */
function secretIn(authorization: string | undefined): string | undefined {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ')
  if (/^bearer$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  const pair = Buffer.from(value, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}

/** Mailchimp's host names the data centre. The simulator's own host name names none, and then nothing is checked. */
function isRightHost(key: Key, host: string | undefined): boolean {
  const named = /^([a-z]{2,4}\d{1,3})\.(?:api|admin)\./.exec(host ?? '')?.[1]
  return named === undefined || named === key.dataCentre
}

function inconsistent(): Problem {
  const detail =
    'The API key included in the query parameters is not consistent with the Authorization header. ' +
    'Please provide authorization using a single method.'
  return { status: 401, title: 'API Key Invalid', detail }
}

function trigger(name: string): Problem {
  return TRIGGERS[name] ?? { status: 500, title: 'InternalServerError', detail: name }
}
