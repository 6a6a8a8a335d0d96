import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ran, type Setting } from '../../test/command.ts'

const SECRET = 'a-token-that-nobody-may-see-printed'
const json = (status: number, body: unknown) => Promise.resolve(new Response(JSON.stringify(body), { status }))
const signedIn = { CONSENT_RELAY_TOKEN: SECRET }

/** `status` against a service that answers everything like this. */
const status = (args: readonly string[] = [], setting: Setting = {}) =>
  ran(['status', ...args], { env: signedIn, fetch: () => json(200, {}), ...setting })

type Asked = { readonly url: string; readonly token: string | null }

/** What a service that knows nobody was asked. */
async function askedBy(args: readonly string[], setting: Setting = {}): Promise<Asked[]> {
  const asked: Asked[] = []
  const fetch: Setting['fetch'] = (url, init) => {
    asked.push({ url, token: new Headers(init.headers).get('authorization') })
    return json(401, { code: 'unauthorized', detail: 'no' })
  }
  expect((await ran(['status', ...args], { fetch, ...setting })).code).toBe(3)
  return asked
}

describe('where the service is', () => {
  test.each([
    [[], {}, 'http://127.0.0.1:8080/v1/stats'],
    [[], { CONSENT_RELAY_URL: 'https://relay.example/' }, 'https://relay.example/v1/stats'],
    [[], { CONSENT_RELAY_URL: '' }, 'http://127.0.0.1:8080/v1/stats'],
    [['--url', 'http://[::1]:9/below/'], { CONSENT_RELAY_URL: 'x' }, 'http://[::1]:9/below/v1/stats'],
  ])('%j with %j', async (args, env, url) => {
    const asked = await askedBy(args, { env: { ...signedIn, ...env } })
    expect(asked.map(each => each.url)).toContain(url)
  })

  test.each(['relay.example', 'ftp://relay.example', 'http://ada:pw@relay.example', 'http://relay.example/?a'])(
    '%j is refused as no address',
    async url => {
      const { code, err } = await status(['--url', url])
      expect([code, err]).toEqual([2, expect.stringContaining('--url')])
      expect(err).not.toContain('pw@')
    },
  )
})

describe('the token', () => {
  test('comes from the environment, a file, or standard input', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consent-relay-token-'))
    const file = join(folder, 'token')
    await writeFile(file, `${SECRET}-of-file\n`)
    const tokens = async (args: readonly string[], setting: Setting) =>
      (await askedBy(args, setting)).map(({ token }) => token)
    expect(await tokens([], { env: signedIn })).toContain(`Bearer ${SECRET}`)
    expect(await tokens(['--token-file', file], { env: signedIn })).toContain(`Bearer ${SECRET}-of-file`)
    expect(await tokens(['--token-file', '-'], { input: `${SECRET}-of-input\r\n` })).toContain(
      `Bearer ${SECRET}-of-input`,
    )
    await rm(folder, { recursive: true })
  })

  test('must be there: without one nothing is asked', async () => {
    const { code, out, err } = await status([], { env: {}, fetch: () => Promise.reject(new Error('asked')) })
    expect([code, out]).toEqual([3, ''])
    expect(err).toMatch(/CONSENT_RELAY_TOKEN.*--token-file/)
  })

  test.each([
    ['two words', { CONSENT_RELAY_TOKEN: `${SECRET} ${SECRET}` }, []],
    ['a letter that no header takes', { CONSENT_RELAY_TOKEN: `${SECRET}é` }, []],
    ['a file that is not there', {}, ['--token-file', '/nowhere/token']],
    ['an empty standard input', {}, ['--token-file', '-']],
  ])('%s is a usage error that does not repeat it', async (_, env, args) => {
    const { code, err } = await status(args, { env })
    expect(code).toBe(2)
    expect(err).not.toContain(SECRET)
  })
})

describe('an answer that is none of what was asked for', () => {
  const refused = (code: string) => ({
    code,
    detail: 'it is so',
    advice: 'Do this.',
    errors: [{ path: 'a.b', code: 'x', detail: 'It is wrong.', remedy: 'Make it right.' }],
  })

  test.each([
    [401, 'unauthorized', 3],
    [403, 'forbidden', 3],
    [404, 'not_found', 4],
    [409, 'wrong_state', 1],
    [422, 'invalid_request', 1],
    [503, 'store_unavailable', 1],
  ])('%i %s is told with code, detail, fields and advice, and exits %i', async (http, code, exit) => {
    const ended = await status([], { fetch: () => json(http, refused(code)) })
    expect(ended).toEqual({
      code: exit,
      out: '',
      err: `Refused (${code}): it is so.\n  a.b: It is wrong. Make it right.\nDo this.\n`,
    })
  })

  test.each([200, 302, 401, 403, 404, 500, 502])('%i with something else is not of the service', async http => {
    const { code, err } = await status([], { fetch: () => Promise.resolve(new Response('<html>', { status: http })) })
    expect([code, err]).toEqual([1, expect.stringContaining(`http://127.0.0.1:8080 answered ${http}`)])
    expect(err).toContain('--url')
  })

  test('a refusal whose errors are no list is not of the service', async () => {
    const { code, err } = await status([], { fetch: () => json(422, { ...refused('x'), errors: 'many' }) })
    expect([code, err]).toEqual([1, expect.stringContaining('answered 422, and not as Consent Relay does')])
  })

  test('an address with a password in it is refused, and the password is not repeated', async () => {
    for (const url of ['ftp://ada:SECRET@relay.test', 'ada:SECRET@relay.test:1', 'http://ada:SECRET@relay.test']) {
      const { code, err } = await status(['--url', url], {})
      expect([url, code]).toEqual([url, 2])
      expect(err).not.toContain('SECRET')
    }
  })

  test('none at all says so, and what to do', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const { code, err } = await status([], { fetch: () => Promise.reject(new TypeError('fetch failed', { cause })) })
    expect(code).toBe(1)
    expect(err).toBe(
      'http://127.0.0.1:8080 cannot be reached (ECONNREFUSED).\nStart the service there (consent-relay serve), or give its address by --url or CONSENT_RELAY_URL.\n',
    )
  })

  test('one that does not come in time says so', async () => {
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    const { code, err } = await status([], { fetch: () => Promise.reject(late) })
    expect([code, err]).toEqual([1, expect.stringContaining('no answer within 60 s')])
  })

  test('what it says cannot act on the terminal', async () => {
    const { err } = await status([], { fetch: () => json(409, { code: 'x', detail: 'a\u001b[31mb' }) })
    expect(err).toContain('a\\u001b[31mb')
  })
})
