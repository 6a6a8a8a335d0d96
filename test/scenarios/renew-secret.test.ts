import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { freshPostgres } from '../databases.ts'
import { colleagueOf, ownerOf } from '../visitor.ts'
import { event, startWorld, type World, type WorldOptions } from '../world.ts'

type Shown = {
  readonly secret: {
    readonly created_at: string
    readonly used_at: string | null
    readonly previous: { readonly expires_at: string; readonly used_at: string | null } | null
  }
}
type Client = { readonly client_id: string; readonly client_secret: string; readonly token_url: string }
type Renewed<Authentication> = Shown & { readonly id: string; readonly authentication: Authentication }
type Bearer = { readonly type: string; readonly token: string; readonly header: string }
type Problem = { readonly code: string; readonly errors: readonly { path: string; detail: string; remedy: string }[] }

const GRANT = JSON.stringify(
  event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
)

async function webhook(world: World, token: string, source = world.source.id): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const url = `${world.app.url}/webhooks/didomi/${source}`
  return (await fetch(url, { method: 'POST', headers, body: GRANT })).status
}

/** The new token of the world's source. */
async function renews(world: World, graceSeconds?: number): Promise<string> {
  const body = graceSeconds === undefined ? undefined : { grace_seconds: graceSeconds }
  const answer = await world.api<Renewed<Bearer>>('POST', `/v1/sources/${world.source.id}/renew-secret`, body)
  expect(answer.status).toBe(200)
  return answer.body.authentication.token
}

const stateOf = async (world: World) => (await world.api<Shown>('GET', `/v1/sources/${world.source.id}`)).body.secret
const time = (at: number): string => new Date(at).toISOString()

describe('a new secret of a source', () => {
  test('is shown once and works at once; the one before works for a day more', async () => {
    await using world = await startWorld()
    const first = world.source.token
    expect(await webhook(world, first)).toBe(202)
    const answer = await world.api<Renewed<Bearer>>('POST', `/v1/sources/${world.source.id}/renew-secret`)
    const { token, header, type } = answer.body.authentication
    expect({ type, header }).toEqual({ type: 'bearer', header: `Authorization: Bearer ${token}` })
    expect(token).toMatch(/^crw_/)
    expect(await webhook(world, token)).toBe(202)
    await world.passes(24 * HOUR - 1)
    expect(await webhook(world, first)).toBe(202)
    await world.passes(1)
    expect(await webhook(world, first)).toBe(401)
    expect(await webhook(world, token)).toBe(202)
    const read = JSON.stringify([
      (await world.api('GET', '/v1/sources')).body,
      (await world.api('GET', `/v1/sources/${world.source.id}`)).body,
    ])
    expect(read).not.toContain('crw_')
  })

  test('without a grace period, the one before is refused at once', async () => {
    await using world = await startWorld()
    expect(await webhook(world, world.source.token)).toBe(202)
    const token = await renews(world, 0)
    expect(await webhook(world, world.source.token)).toBe(401)
    expect(await webhook(world, token)).toBe(202)
    expect((await stateOf(world)).previous).toBeNull()
  })

  test('the one before can be ended at once, and again without harm', async () => {
    await using world = await startWorld()
    const token = await renews(world, 3_600)
    expect(await webhook(world, world.source.token)).toBe(202)
    const end = () => world.api<Shown>('POST', `/v1/sources/${world.source.id}/end-previous-secret`)
    expect((await end()).body.secret.previous).toBeNull()
    expect(await webhook(world, world.source.token)).toBe(401)
    expect((await end()).status).toBe(200)
    expect(await webhook(world, token)).toBe(202)
  })

  test('the source says which one was used when, and until when the one before works', async () => {
    await using world = await startWorld()
    const start = world.now()
    expect(await stateOf(world)).toEqual({ created_at: time(start), used_at: null, previous: null })
    await webhook(world, world.source.token)
    await world.passes(HOUR)
    const token = await renews(world, 7_200)
    const previous = { expires_at: time(start + 3 * HOUR), used_at: time(start) }
    expect(await stateOf(world)).toEqual({ created_at: time(start + HOUR), used_at: null, previous })
    await webhook(world, world.source.token)
    expect((await stateOf(world)).previous?.used_at).toBe(time(start + HOUR))
    await world.passes(59 * SECOND)
    await webhook(world, world.source.token)
    await webhook(world, token)
    const { used_at, previous: other } = await stateOf(world)
    expect([used_at, other?.used_at]).toEqual([time(start + HOUR + 59 * SECOND), time(start + HOUR)])
    await world.passes(MINUTE)
    await webhook(world, 'crw_wrong')
    await webhook(world, token)
    expect((await stateOf(world)).used_at).toBe(time(start + HOUR + 119 * SECOND))
  })
})

describe('a second renewal in the grace period', () => {
  test('replaces a secret that was never used, and keeps the one that Didomi has', async () => {
    await using world = await startWorld()
    const lost = await renews(world)
    const token = await renews(world, 7_200)
    expect(await webhook(world, lost)).toBe(401)
    expect(await webhook(world, world.source.token)).toBe(202)
    expect(await webhook(world, token)).toBe(202)
    // The newest answer counts: the grace period that was asked for last.
    await world.passes(2 * HOUR)
    expect(await webhook(world, world.source.token)).toBe(401)
  })

  test('keeps the new one once it was used, and ends the oldest', async () => {
    await using world = await startWorld()
    const second = await renews(world)
    expect(await webhook(world, second)).toBe(202)
    const third = await renews(world)
    expect(await webhook(world, world.source.token)).toBe(401)
    expect(await webhook(world, second)).toBe(202)
    expect(await webhook(world, third)).toBe(202)
  })

  test('without a grace period ends them all', async () => {
    await using world = await startWorld()
    const second = await renews(world)
    const third = await renews(world, 0)
    const answers = [world.source.token, second, third].map(token => webhook(world, token))
    expect(await Promise.all(answers)).toEqual([401, 401, 202])
  })

  test('does not bring back one that has expired', async () => {
    await using world = await startWorld()
    const unused = await renews(world, 60)
    await world.passes(MINUTE)
    await renews(world)
    expect(await webhook(world, world.source.token)).toBe(401)
    expect(await webhook(world, unused)).toBe(202)
  })
})

async function severalAtOnce(options: WorldOptions): Promise<void> {
  await using world = await startWorld(options)
  const tokens = await Promise.all([renews(world), renews(world), renews(world)])
  const answers = await Promise.all([world.source.token, ...tokens].map(token => webhook(world, token)))
  // The one in use before, and whichever came last.
  expect(answers.filter(status => status === 202)).toHaveLength(2)
  expect(answers[0]).toBe(202)
}

describe('renewals at the same moment leave one new secret and the one in use', () => {
  test('on SQLite', () => severalAtOnce({}))

  test('on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    try {
      await severalAtOnce({ databaseUrl: url })
    } finally {
      await db.close()
    }
  })
})

describe('a new secret of a client', () => {
  async function clientSource(world: World) {
    const source = { name: 'with oauth', authentication: { type: 'oauth2' } }
    const { body } = await world.api<Renewed<Client>>('POST', '/v1/sources', source)
    return { id: body.id, client: body.authentication }
  }

  async function renewsClient(world: World, id: string, graceSeconds: number): Promise<Client> {
    const body = { grace_seconds: graceSeconds }
    return (await world.api<Renewed<Client>>('POST', `/v1/sources/${id}/renew-secret`, body)).body.authentication
  }

  async function asksToken({ client_id, client_secret, token_url }: Client) {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
    const answer = await fetch(token_url, { method: 'POST', body: form })
    const body = (await answer.json()) as { access_token?: string; expires_in?: number }
    return { status: answer.status, token: body.access_token ?? '', seconds: body.expires_in }
  }

  test('keeps the id of the client; both secrets get tokens, the old one none that outlives it', async () => {
    await using world = await startWorld()
    const { id, client } = await clientSource(world)
    const before = await asksToken(client)
    const renewed = await renewsClient(world, id, 600)
    expect(renewed.client_id).toBe(client.client_id)
    expect(renewed.client_secret).not.toBe(client.client_secret)
    const [old, next] = [await asksToken(client), await asksToken(renewed)]
    expect([old.seconds, next.seconds]).toEqual([600, 3_600])
    const tokens = [before.token, old.token, next.token]
    const answers = () => Promise.all(tokens.map(token => webhook(world, token, id)))
    await world.passes(10 * MINUTE - 1)
    expect(await answers()).toEqual([202, 202, 202])
    await world.passes(1)
    expect(await answers()).toEqual([401, 401, 202])
    expect((await asksToken(client)).status).toBe(401)
    expect((await asksToken(renewed)).status).toBe(200)
  })

  test('without a grace period, the tokens of the one before are refused at once', async () => {
    await using world = await startWorld()
    const { id, client } = await clientSource(world)
    const { token } = await asksToken(client)
    expect(await webhook(world, token, id)).toBe(202)
    const renewed = await renewsClient(world, id, 0)
    expect(await webhook(world, token, id)).toBe(401)
    expect((await asksToken(client)).status).toBe(401)
    expect(await webhook(world, (await asksToken(renewed)).token, id)).toBe(202)
  })

  test('a client secret is no bearer token', async () => {
    await using world = await startWorld()
    const { id, client } = await clientSource(world)
    const renewed = await renewsClient(world, id, 600)
    expect(await webhook(world, client.client_secret, id)).toBe(401)
    expect(await webhook(world, renewed.client_secret, id)).toBe(401)
  })
})

describe('who renews a secret', () => {
  test('is an operator or an owner, and stands in the audit', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const operator = await colleagueOf(owner, world.app.url, 'operator')
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    const renewal = `/v1/sources/${world.source.id}/renew-secret`
    const end = `/v1/sources/${world.source.id}/end-previous-secret`
    expect((await viewer.call('POST', renewal, {})).status).toBe(403)
    expect((await viewer.call('POST', end)).status).toBe(403)
    expect(await stateOf(world)).toMatchObject({ previous: null })
    expect((await operator.call('POST', renewal, {})).status).toBe(200)
    expect((await owner.call('POST', end)).status).toBe(200)
    // There is none any more, so nothing is done and nothing is noted.
    expect((await owner.call('POST', end)).status).toBe(200)
    const { body } = await world.api<{ data: object[] }>('GET', '/v1/audit')
    const subject = world.source.id
    expect(body.data.slice(0, 2)).toMatchObject([
      { actor: 'owner@mail.test', action: 'source.previous_secret_ended', subject },
      { actor: 'a-operator@mail.test', action: 'source.secret_renewed', subject },
    ])
    expect(JSON.stringify(body.data)).not.toContain('crw_')
  })

  test('is told what is wrong with the grace period, and that there is no such source', async () => {
    await using world = await startWorld()
    const ask = (id: string, body: object) => world.api<Problem>('POST', `/v1/sources/${id}/renew-secret`, body)
    for (const grace_seconds of [-1, 604_801, 1.5, 'a day', null]) {
      const { status, body } = await ask(world.source.id, { grace_seconds })
      expect([status, body.errors.map(({ path }) => path)]).toEqual([422, ['grace_seconds']])
    }
    expect((await ask(world.source.id, { grace_hours: 1 })).status).toBe(422)
    expect(await stateOf(world)).toMatchObject({ previous: null })
    expect((await ask('src_unknown', {})).body.code).toBe('not_found')
    const ended = await world.api<Problem>('POST', '/v1/sources/src_unknown/end-previous-secret')
    expect(ended.body.code).toBe('not_found')
  })
})
