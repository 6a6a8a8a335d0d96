import { expect } from 'vitest'
import { SESSION_COOKIE } from '../src/http/cookie.ts'
import { undescribed } from './described.ts'

export const OWNER = { email: 'owner@mail.test', name: 'The Owner', password: 'four words in a row' }

type Account = { readonly id: string; readonly email: string; readonly name: string; readonly role: string }

type SessionAnswer =
  | { readonly signed_in: false; readonly setup_needed: boolean }
  | { readonly signed_in: true; readonly account: Account; readonly csrf_token: string; readonly expires_at: string }

type Answer<T> = { readonly status: number; readonly body: T; readonly headers: Headers }

type Problem = { readonly code?: string; readonly detail?: string; readonly errors?: readonly { path: string }[] }

/** A browser: it keeps the cookies that it is given, and sends the CSRF token that it was told, unless told otherwise. */
export type Visitor = {
  call<T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>
  signIn(email: string, password: string): Promise<Answer<SessionAnswer & Problem>>
  setUp(token: string, owner?: typeof OWNER): Promise<Answer<SessionAnswer & Problem>>
  /** What the browser would show. */
  session(): Promise<SessionAnswer>
  /** Of its session. */
  cookie(): string | undefined
  csrfToken(): string | undefined
}

export function visitorOf(url: string): Visitor {
  const cookies = new Map<string, string>()
  let csrf: string | undefined

  async function call<T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(cookies.size === 0 ? {} : { cookie: [...cookies.values()].join('; ') }),
        ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (value === '') cookies.delete(name)
      else cookies.set(name, pair)
    }
    const text = await answer.text()
    const { status, headers: answered } = answer
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    expect(undescribed({ method, path, status, body: parsed })).toBeUndefined()
    return { status, headers: answered, body: parsed as T }
  }

  async function enters(path: string, body: unknown) {
    const answer = await call<SessionAnswer & Problem>('POST', path, body)
    if (answer.body.signed_in) csrf = answer.body.csrf_token
    return answer
  }

  return {
    call,
    signIn: (email, password) => enters('/v1/session', { email, password }),
    setUp: (token, { email, name, password } = OWNER) => enters('/v1/setup', { token, email, name, password }),
    session: async () => (await call<SessionAnswer>('GET', '/v1/session')).body,
    cookie: () => cookies.get(SESSION_COOKIE),
    csrfToken: () => csrf,
  }
}

export const tokenIn = (setupLink: string | undefined): string => /#token=(\S+)$/.exec(setupLink ?? '')?.[1] ?? ''

type Entering = { readonly url: string; readonly setupLink: string | undefined }

/** The owner of a fresh service, signed in. */
export async function ownerOf({ url, setupLink }: Entering): Promise<Visitor> {
  const owner = visitorOf(url)
  expect((await owner.setUp(tokenIn(setupLink))).status).toBe(201)
  return owner
}

/** Somebody with this role, whose account the owner made, signed in. */
export async function colleagueOf(
  owner: Visitor,
  url: string,
  role: string,
): Promise<Visitor & { readonly id: string }> {
  const account = { email: `a-${role}@mail.test`, name: `a ${role}`, role, password: `the password of a ${role}` }
  const made = await owner.call<Account>('POST', '/v1/accounts', account)
  expect(made.status).toBe(201)
  const visitor = visitorOf(url)
  expect((await visitor.signIn(account.email, account.password)).status).toBe(200)
  return { ...visitor, id: made.body.id }
}
