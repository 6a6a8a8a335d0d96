import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { colleagueOf, OWNER, ownerOf, tokenIn, visitorOf } from '../visitor.ts'
import { startWorld } from '../world.ts'

const SOURCE = { name: 's', authentication: { type: 'bearer' } }
const DEVICE = /^consent_relay_device=crd_[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Strict$/
const COOKIE = /^consent_relay_session=crk_[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/

describe('the set-up link', () => {
  test('makes one owner, signs them in, and opens nothing from then on', async () => {
    await using world = await startWorld()
    const { setupLink, url } = world.app
    expect(setupLink).toMatch(new RegExp(`^${url}/setup#token=\\S{40,}$`))
    const [owner, late] = [visitorOf(url), visitorOf(url)]
    expect(await owner.session()).toEqual({ signed_in: false, setup_needed: true })
    const made = await owner.setUp(tokenIn(setupLink))
    expect([made.status, made.body]).toMatchObject([
      201,
      { signed_in: true, account: { email: OWNER.email, name: OWNER.name, role: 'owner' } },
    ])
    expect((await owner.call('POST', '/v1/sources', SOURCE)).status).toBe(201)
    expect((await late.setUp(tokenIn(setupLink))).body).toMatchObject({ code: 'setup_refused' })
    expect(await late.session()).toEqual({ signed_in: false, setup_needed: false })
  })

  test('of two who use it at once, one gets in', async () => {
    await using world = await startWorld()
    const token = tokenIn(world.app.setupLink)
    const enter = (email: string) => visitorOf(world.app.url).setUp(token, { ...OWNER, email })
    const answers = await Promise.all([enter('one@mail.test'), enter('two@mail.test')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403])
  })

  test('is refused with a wrong token, and kept when what was sent has problems', async () => {
    await using world = await startWorld()
    const visitor = visitorOf(world.app.url)
    expect((await visitor.setUp('wrong')).status).toBe(403)
    const bad = await visitor.setUp(tokenIn(world.app.setupLink), { email: 'nobody', name: 'N', password: 'short' })
    expect([bad.status, bad.body.errors?.map(({ path }) => path)]).toEqual([422, ['email', 'password']])
    expect((await visitor.setUp(tokenIn(world.app.setupLink))).status).toBe(201)
  })

  test('dies with the first account, whoever makes it', async () => {
    await using world = await startWorld()
    const made = await world.api('POST', '/v1/accounts', { ...OWNER, role: 'viewer' })
    expect(made.status).toBe(201)
    expect((await visitorOf(world.app.url).setUp(tokenIn(world.app.setupLink))).status).toBe(403)
  })
})

describe('signing in', () => {
  test('takes the address in any case, gives a cookie out of reach of scripts, and ends by signing out', async () => {
    await using world = await startWorld()
    await ownerOf(world.app)
    const visitor = visitorOf(world.app.url)
    const entered = await visitor.signIn('Owner@Mail.Test', OWNER.password)
    expect(entered.status).toBe(200)
    expect(entered.headers.getSetCookie()).toEqual([expect.stringMatching(COOKIE), expect.stringMatching(DEVICE)])
    expect(entered.headers.get('cache-control')).toBe('no-store')
    expect(await visitor.session()).toEqual(entered.body)
    const cookie = visitor.cookie() ?? ''
    const left = await visitor.call('DELETE', '/v1/session')
    expect([left.status, visitor.cookie()]).toEqual([204, undefined])
    expect((await visitor.call('GET', '/v1/stats', undefined, { cookie })).status).toBe(401)
  })

  test('the cookie is Secure when the world reaches us by https', async () => {
    await using world = await startWorld({ settings: { CONSENT_RELAY_PUBLIC_URL: 'https://relay.example.com/' } })
    expect(world.app.setupLink).toMatch(/^https:\/\/relay\.example\.com\/setup#token=/)
    const entered = await visitorOf(world.app.url).setUp(tokenIn(world.app.setupLink))
    const secure = expect.stringMatching(/; HttpOnly; Secure; SameSite=Strict$/) as unknown
    expect(entered.headers.getSetCookie()).toEqual([secure, secure])
  })

  test('a wrong password, an unknown address and a disabled account are refused alike', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const { id } = await colleagueOf(owner, world.app.url, 'viewer')
    await owner.call('PATCH', `/v1/accounts/${id}`, { disabled: true })
    const visitor = visitorOf(world.app.url)
    const answers = [
      await visitor.signIn(OWNER.email, 'not this password'),
      await visitor.signIn('nobody@mail.test', OWNER.password),
      await visitor.signIn('no address', OWNER.password),
      await visitor.signIn('a-viewer@mail.test', 'the password of a viewer'),
    ]
    for (const { status, body, headers } of answers) {
      const { code, detail } = body
      expect({ status, code, detail, cookies: headers.getSetCookie() }).toEqual({
        status: 401,
        code: 'sign_in_refused',
        detail: 'the e-mail address or the password is wrong',
        cookies: [],
      })
    }
  })

  test('after 50 wrong passwords the right one gets in: after a wait, and in a browser that is known at once', async () => {
    await using world = await startWorld()
    const browser = await ownerOf(world.app)
    const { url } = world.app
    for (let n = 0; n < 50; n++) {
      const { status, body } = await world.waits(visitorOf(url).signIn(OWNER.email, `guess ${n}`))
      expect([status, body.code]).toEqual([401, 'sign_in_refused'])
    }
    const before = world.now()
    await browser.call('DELETE', '/v1/session')
    expect((await browser.signIn(OWNER.email, OWNER.password)).status).toBe(200)
    expect(world.now()).toBe(before)
    expect((await world.waits(visitorOf(url).signIn(OWNER.email, OWNER.password))).status).toBe(200)
    expect(world.now()).toBe(before + 15 * SECOND)
  })

  test('guesses that are made at once give way to each other, and to the right one', async () => {
    await using world = await startWorld()
    await ownerOf(world.app)
    const { url } = world.app
    const guesses = guessesAtOnce(url)
    const limited = await guesses.limited
    expect(limited.headers.get('retry-after')).toBe('15')
    const right = visitorOf(url).signIn(OWNER.email, OWNER.password)
    const answers = await world.waits(Promise.all([right, ...guesses.all]))
    // Of 50, three are compared at once, and four wait; the right one takes the place of one of them.
    const counted = [200, 401, 429].map(wanted => answers.filter(({ status }) => status === wanted).length)
    expect(counted).toEqual([1, 6, 44])
  })

  test('a client is told by its address from a proxy that is trusted, and only from that', async () => {
    const guessesFrom = async (trustedProxies: string | undefined) => {
      await using world = await startWorld({ settings: { CONSENT_RELAY_TRUSTED_PROXIES: trustedProxies } })
      await ownerOf(world.app)
      const began = world.now()
      for (let n = 0; n < 8; n++) {
        const forwarded = { 'x-forwarded-for': `spoofed, 198.51.${n}.1, 10.1.2.3` }
        const guess = { email: OWNER.email, password: `guess ${n}` }
        await world.waits(visitorOf(world.app.url).call('POST', '/v1/session', guess, forwarded))
      }
      return (world.now() - began) / SECOND
    }
    expect(await guessesFrom('127.0.0.1, 10.0.0.0/8')).toBe(0)
    expect(await guessesFrom('10.0.0.0/8')).toBe(30)
    expect(await guessesFrom(undefined)).toBe(30)
  })

  test('a stop refuses who waits', async () => {
    const world = await startWorld()
    await ownerOf(world.app)
    const guesses = guessesAtOnce(world.app.url)
    await guesses.limited
    await world[Symbol.asyncDispose]()
    const statuses = (await Promise.all(guesses.all)).map(({ status }) => status)
    expect(statuses.filter(status => status === 503)).toHaveLength(4)
  })
})

/** 50 of them; `limited` when every one has come that gives way, with the last of these. */
function guessesAtOnce(url: string) {
  const all = Array.from({ length: 50 }, (_, n) => visitorOf(url).signIn(OWNER.email, `guess ${n}`))
  let count = 0
  const limited = new Promise<Awaited<(typeof all)[number]>>((resolve, reject) => {
    for (const guess of all)
      guess.then(answer => {
        if (answer.status === 429 && ++count === 43) resolve(answer)
      }, reject)
  })
  return { all, limited }
}

describe('a session', () => {
  test('ends after 12 hours without use', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    await world.passes(12 * HOUR - MINUTE)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(200)
    await world.passes(12 * HOUR - MINUTE)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(200)
    await world.passes(12 * HOUR)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(401)
    expect(await owner.session()).toMatchObject({ signed_in: false })
  })

  test('ends after 7 days in any case, and says so', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const end = new Date(world.now() + 7 * DAY).toISOString()
    for (let n = 0; n < 14; n++) {
      expect((await owner.call('GET', '/v1/stats')).status).toBe(200)
      await world.passes(12 * HOUR - SECOND)
    }
    expect(await owner.session()).toMatchObject({ signed_in: true, expires_at: end })
    await world.passes(14 * SECOND)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(401)
  })

  test('needs its own CSRF token for whatever is not a read', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const other = visitorOf(world.app.url)
    await other.signIn(OWNER.email, OWNER.password)
    const post = (headers: Record<string, string>) => owner.call('POST', '/v1/sources', SOURCE, headers)
    for (const wrong of ['', 'wrong', other.csrfToken() ?? '', `${owner.csrfToken()}x`]) {
      const refused = await post({ 'x-csrf-token': wrong })
      expect([refused.status, refused.body.code]).toEqual([403, 'csrf_token_missing'])
    }
    expect((await owner.call('GET', '/v1/stats', undefined, { 'x-csrf-token': '' })).status).toBe(200)
    expect((await post({})).status).toBe(201)
  })

  test.each(['', 'nonsense', '%E0%A4%A', `crk_${'x'.repeat(43)}`, 'a; consent_relay_session=b', '\\u0000'])(
    'is not opened by the cookie %j',
    async value => {
      await using world = await startWorld()
      await ownerOf(world.app)
      const headers = { cookie: `consent_relay_session=${value}` }
      const stranger = visitorOf(world.app.url)
      expect((await stranger.call('GET', '/v1/stats', undefined, headers)).status).toBe(401)
      expect((await stranger.call('GET', '/v1/session', undefined, headers)).body).toMatchObject({ signed_in: false })
    },
  )

  test('gives way to an API token, which needs no CSRF token', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const { body } = await owner.call<{ token: string }>('POST', '/v1/tokens', { name: 'reads', role: 'viewer' })
    const headers = { authorization: `Bearer ${body.token}`, 'x-csrf-token': '' }
    expect((await owner.call('GET', '/v1/stats', undefined, headers)).status).toBe(200)
    expect((await owner.call('POST', '/v1/sources', SOURCE, headers)).body.code).toBe('forbidden')
    const wrong = { authorization: 'Bearer wrong' }
    expect((await owner.call('GET', '/v1/stats', undefined, wrong)).status).toBe(401)
  })

  test('of a viewer may use no route that needs more', async () => {
    await using world = await startWorld()
    const viewer = await colleagueOf(await ownerOf(world.app), world.app.url, 'viewer')
    expect((await viewer.call('GET', '/v1/stats')).status).toBe(200)
    const above = await writesAboveViewer(world.app.url)
    expect(above.length).toBeGreaterThan(15)
    for (const { method, path } of above) {
      const { status, body } = await viewer.call(method, path)
      expect([method, path, status, body.code]).toEqual([method, path, 403, 'forbidden'])
    }
  })

  test('names its account in the audit', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    await owner.call('POST', '/v1/sources', SOURCE)
    const { body } = await owner.call<{ data: { actor: string; action: string }[] }>('GET', '/v1/audit?limit=3')
    expect(body.data.map(({ actor, action }) => [actor, action])).toEqual([
      [OWNER.email, 'source.created'],
      [OWNER.email, 'session.started'],
      [OWNER.email, 'account.created'],
    ])
  })
})

type Described = { readonly paths: Readonly<Record<string, Readonly<Record<string, { 'x-role'?: string }>>>> }

async function writesAboveViewer(url: string): Promise<{ method: string; path: string }[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Described
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, { 'x-role': role }]) => method !== 'get' && ['operator', 'owner'].includes(role ?? ''))
      .map(([method]) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'x') })),
  )
}

test('no password, cookie, CSRF token or set-up token is stored (I11)', async () => {
  let store: Database | undefined
  await using world = await startWorld({ around: db => (store = db) })
  const read = async () => {
    const rows = []
    for (const table of ['account', 'session', 'device', 'setup', 'audit'])
      rows.push(await store?.query(`select * from ${table}`))
    return JSON.stringify(rows)
  }
  const before = await read()
  const owner = await ownerOf(world.app)
  const stored = before + (await read())
  for (const hash of ['scrypt$4$8$1$', OWNER.email]) expect(stored).toContain(hash)
  const secrets = [tokenIn(world.app.setupLink), owner.cookie()?.split('=')[1], owner.csrfToken(), OWNER.password]
  for (const secret of secrets) {
    expect(secret).toMatch(/^\S.{18,}$/)
    expect(stored).not.toContain(secret)
  }
})
