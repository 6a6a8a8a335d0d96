import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { documentFor, event, startWorld, type World } from '../world.ts'

type Json = Readonly<Record<string, unknown>>
const GRANT = event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })

type Sending = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array<ArrayBuffer> }

const webhook = (world: World, { headers = {}, body = JSON.stringify(GRANT) }: Sending, source = world.source.id) =>
  fetch(`${world.app.url}/webhooks/didomi/${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.source.token}`, ...headers },
    body,
  })

test('control characters in an id or a name are refused, and are no bug of ours', async () => {
  await using world = await startWorld()
  const name = 'a\0b'
  const asked = [
    world.api('GET', '/v1/people/a%01b'),
    world.api('GET', '/v1/sources/a%01b/paths'),
    world.api('GET', '/v1/deliveries?person=a%00b'),
    world.api('GET', '/v1/attempts?integration_id=%00'),
    world.api('POST', '/v1/tokens', { name, role: 'viewer' }),
    world.api('POST', '/v1/sources', { name, authentication: { type: 'bearer' } }),
  ]
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 422))
})

describe('the webhook', () => {
  test.each([
    ['no token', { authorization: '' }],
    ['a wrong token', { authorization: 'Bearer crw_wrong' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ["the API's token", { authorization: 'Bearer an-owner-token-for-tests,-of-32-characters-or-more' }],
  ])('R2: answers 401 to %s, and stores nothing', async (_name, headers) => {
    await using world = await startWorld()
    const answer = await webhook(world, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect((await world.stats()).inbox.received).toBe(0)
  })

  test("R2: a token opens its own source's webhook only", async () => {
    await using world = await startWorld()
    const other = await world.api<{ id: string }>('POST', '/v1/sources', {
      name: 'b',
      authentication: { type: 'bearer' },
    })
    expect((await webhook(world, {}, other.body.id)).status).toBe(401)
  })

  test('R2: answers 401 before the body has come', async () => {
    await using world = await startWorld()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const url = `${world.app.url}/webhooks/didomi/${world.source.id}`
      const headers = { 'content-type': 'application/json', 'content-length': '1000000' }
      const request = httpRequest(url, { method: 'POST', headers }, answer => {
        resolve(answer.statusCode)
        request.destroy()
      })
      request.on('error', reject)
      request.flushHeaders()
    })
    expect(status).toBe(401)
  })

  test('R2: takes 1 MiB, refuses more with 413', async () => {
    await using world = await startWorld()
    const padded = (size: number) => JSON.stringify(GRANT).padEnd(size, ' ')
    expect((await webhook(world, { body: padded(1024 * 1024) })).status).toBe(202)
    expect((await webhook(world, { body: padded(1024 * 1024 + 1) })).status).toBe(413)
  })

  test('R2: an empty body is kept and acknowledged', async () => {
    await using world = await startWorld()
    expect((await webhook(world, { body: '' })).status).toBe(202)
    expect((await world.stats()).inbox).toMatchObject({ received: 1, quarantined: 1 })
  })
})

describe('OAuth 2 client credentials', () => {
  async function oauthSource(world: World) {
    const { body } = await world.api<{ id: string; authentication: { client_id: string; client_secret: string } }>(
      'POST',
      '/v1/sources',
      { name: 'with oauth', authentication: { type: 'oauth2' } },
    )
    return { id: body.id, client: body.authentication.client_id, secret: body.authentication.client_secret }
  }

  const askToken = (
    world: World,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) => fetch(`${world.app.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form), headers })

  test('a client in the body or in Basic gets a token, which opens its webhook until it expires', async () => {
    await using world = await startWorld()
    const { id, client, secret } = await oauthSource(world)
    const form = { grant_type: 'client_credentials', client_id: client, client_secret: secret }
    const answer = await askToken(world, form)
    const token = (await answer.json()) as { access_token: string; token_type: string; expires_in: number }
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const headers = { authorization: `Bearer ${token.access_token}` }
    expect((await webhook(world, { headers }, id)).status).toBe(202)
    expect((await webhook(world, { headers })).status).toBe(401)

    const basic = { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` }
    expect((await askToken(world, { grant_type: 'client_credentials' }, basic)).status).toBe(200)
    await world.passes(3_600_001)
    expect((await webhook(world, { headers }, id)).status).toBe(401)
  })

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'cli_nobody' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no grant', { grant_type: '' }, 400, 'unsupported_grant_type'],
  ] as const)('%s is refused as RFC 6749 says', async (_name, changes, status, error) => {
    await using world = await startWorld()
    const { client, secret } = await oauthSource(world)
    const answer = await askToken(world, {
      grant_type: 'client_credentials',
      client_id: client,
      client_secret: secret,
      ...changes,
    })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error })
  })

  test.each([
    ['a number for a secret', { client_secret: 6 }],
    ['a number for an id', { client_id: 5 }],
    ['a list for both', { client_id: [], client_secret: [] }],
  ])('JSON: a client in it gets a token, and %s is no client', async (_name, changes) => {
    await using world = await startWorld()
    const { client, secret } = await oauthSource(world)
    const body = { grant_type: 'client_credentials', client_id: client, client_secret: secret }
    const ask = (sent: Json) =>
      fetch(`${world.app.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      })
    expect((await ask(body)).status).toBe(200)
    const refused = await ask({ ...body, ...changes })
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ error: 'invalid_client' })
  })
})

describe('the API', () => {
  const as = (world: World, token: string, method: string, path: string, body?: Json) =>
    fetch(world.app.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  test('roles: a viewer reads, an operator changes, only an owner makes tokens; a revoked token opens nothing', async () => {
    await using world = await startWorld()
    const make = async (role: string) =>
      (await world.api<{ id: string; token: string }>('POST', '/v1/tokens', { name: role, role })).body
    const [viewer, operator] = [await make('viewer'), await make('operator')]
    const source = { name: 's', authentication: { type: 'bearer' } }
    expect((await as(world, viewer.token, 'GET', '/v1/stats')).status).toBe(200)
    expect((await as(world, viewer.token, 'POST', '/v1/sources', source)).status).toBe(403)
    expect((await as(world, operator.token, 'POST', '/v1/sources', source)).status).toBe(201)
    expect((await as(world, operator.token, 'GET', '/v1/tokens')).status).toBe(403)
    await world.api('DELETE', `/v1/tokens/${viewer.id}`)
    expect((await as(world, viewer.token, 'GET', '/v1/stats')).status).toBe(401)
  })

  test('every path under /v1 of its description asks for a token, but the doors to sign in', async () => {
    await using world = await startWorld()
    const { paths } = (await (await fetch(`${world.app.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Json>>
    }
    const calls = Object.entries(paths)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { 'x-role': role }]) => ({ method: method.toUpperCase(), path, role })),
      )
    expect(calls.length).toBeGreaterThan(20)
    expect(calls.filter(({ role }) => role === 'public').map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/session',
      'POST /v1/session',
      'POST /v1/setup',
    ])
    for (const { method, path } of calls.filter(({ role }) => role !== 'public'))
      expect([method, path, (await as(world, 'nonsense', method, path.replace('{id}', 'x'))).status]).toEqual([
        method,
        path,
        401,
      ])
  })

  test('refuses every wrong field at once, with path and remedy, as RFC 9457 says', async () => {
    await using world = await startWorld()
    const { status, headers, body } = await world.api<{ errors: Json[]; type: string; advice: string }>(
      'POST',
      '/v1/sources',
      { nome: 's', authentication: { type: 'none' } },
    )
    expect(status).toBe(422)
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(body.type).toBe('urn:consent-relay:problem:invalid_request')
    expect(body.errors.map(({ path }) => path).sort()).toEqual(['authentication.type', 'name', 'nome'])
  })

  test('events by API: refused as a whole with every bad field, accepted as a webhook would be', async () => {
    await using world = await startWorld()
    const bad = { type: 'event.created', parameters: { entity: { id: 'x', consents: { purposes: 'all' } } } }
    const send = (events: unknown[]) =>
      world.api<{ errors: Json[] }>('POST', '/v1/events', { source_id: world.source.id, events })
    const refused = await send([GRANT, bad, 7])
    expect(refused.status).toBe(422)
    expect(refused.body.errors.map(({ path }) => path)).toEqual([
      'events[1].parameters.entity.consents.purposes',
      'events[2]',
    ])
    expect((await world.stats()).inbox.received).toBe(0)
    expect((await send([GRANT])).status).toBe(202)
    expect((await world.stats()).inbox).toMatchObject({ received: 1, folded: 1 })
  })

  test('pages by cursor without gaps or repeats', async () => {
    await using world = await startWorld()
    for (let n = 0; n < 7; n++)
      await world.api('POST', '/v1/sources', { name: `s${n}`, authentication: { type: 'bearer' } })
    const names: string[] = []
    let cursor = ''
    do {
      const { body } = await world.api<{ data: { name: string }[]; next_cursor: string | null }>(
        'GET',
        `/v1/sources?limit=3&cursor=${cursor}`,
      )
      names.push(...body.data.map(({ name }) => name))
      cursor = body.next_cursor ?? ''
    } while (cursor !== '')
    expect(names).toEqual(['s6', 's5', 's4', 's3', 's2', 's1', 's0', 'the test source'])
    expect((await world.api('GET', '/v1/sources?cursor=nonsense')).status).toBe(400)
  })

  test('the key of an integration is never shown, and survives being sent back hidden, with all that is shown beside it', async () => {
    await using world = await startWorld()
    const id = await world.integrates()
    const { body } = await world.api('GET', `/v1/integrations/${id}`)
    expect(JSON.stringify(body)).not.toContain('0123456789abcdef')
    expect((await world.api('PUT', `/v1/integrations/${id}`, { ...body, upsert_mode: true })).status).toBe(200)
    expect((await world.api('POST', `/v1/integrations/${id}/check`)).body).toMatchObject({ ok: true })
  })

  test("what else Didomi's own documents carry is taken and dropped, and the answer says so", async () => {
    await using world = await startWorld()
    const carried = { organization_id: 'acme', description: 'Newsletter' }
    const notes = [{ path: 'organization_id' }, { path: 'description' }]
    const made = await world.api<{ id: string }>('POST', '/v1/integrations', documentFor(world.source.id, carried))
    expect(made).toMatchObject({ status: 201, body: { notes } })
    const path = `/v1/integrations/${made.body.id}`
    const { body: shown } = await world.api('GET', path)
    for (const key of ['notes', ...Object.keys(carried)]) expect(shown).not.toHaveProperty(key)
    expect(await world.api('PUT', path, { ...made.body, ...carried })).toMatchObject({ status: 200, body: { notes } })
    expect(await world.api('PUT', path, shown)).toMatchObject({ status: 200, body: { notes: [] } })
    const { description } = carried
    expect(await world.api('PATCH', path, { description })).toMatchObject({ status: 200, body: { notes: [notes[1]] } })
    expect(await world.api('PATCH', path, { description: null })).toMatchObject({ status: 200, body: { notes: [] } })
  })

  test('what is shown beside a document is not changed with it, and nobody is told that it was', async () => {
    await using world = await startWorld()
    const id = await world.integrates()
    const { body: shown } = await world.api('GET', `/v1/integrations/${id}`)
    const put = await world.api('PUT', `/v1/integrations/${id}`, { ...shown, paused: true })
    expect(put).toMatchObject({ status: 422, body: { errors: [{ path: 'paused' }] } })
    for (const change of [{ paused: true }, { held_by: 'paused' }, { id: 'int_other' }]) {
      const { status, body } = await world.api('PATCH', `/v1/integrations/${id}`, change)
      expect([status, body]).toMatchObject([422, { errors: [{ path: Object.keys(change)[0], code: 'unknown_key' }] }])
    }
    expect((await world.api('GET', `/v1/integrations/${id}`)).body).toEqual(shown)
  })

  test('health, readiness, description and its page answer without a token', async () => {
    await using world = await startWorld()
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs/'])
      expect([path, (await fetch(world.app.url + path)).status]).toEqual([path, 200])
    expect((await fetch(`${world.app.url}/nothing`)).status).toBe(404)
  })
})
