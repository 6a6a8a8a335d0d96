import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { colleagueOf, OWNER, ownerOf, visitorOf, type Visitor } from '../visitor.ts'
import { startWorld } from '../world.ts'

describe('accounts', () => {
  test.each([
    ['another role', { role: 'operator' }],
    ['another password', { password: 'six words make a long row' }],
    ['being disabled', { disabled: true }],
  ])('%s ends the sessions of the account', async (_, change) => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    expect((await owner.call('PATCH', `/v1/accounts/${viewer.id}`, change)).status).toBe(200)
    expect((await viewer.call('GET', '/v1/stats')).status).toBe(401)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(200)
  })

  test('another name ends nothing, and is shown at once', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    await owner.call('PATCH', `/v1/accounts/${viewer.id}`, { name: 'Vera', role: 'viewer', disabled: false })
    expect(await viewer.session()).toMatchObject({ account: { name: 'Vera' } })
  })

  test('the last owner can be neither demoted nor disabled, until there is another', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const { account } = (await owner.session()) as { account: { id: string } }
    const change = (body: unknown) => owner.call('PATCH', `/v1/accounts/${account.id}`, body)
    for (const body of [{ role: 'viewer' }, { disabled: true }])
      expect((await change(body)).body).toMatchObject({ code: 'wrong_state' })
    const second = await colleagueOf(owner, world.app.url, 'owner')
    expect((await change({ role: 'viewer' })).status).toBe(200)
    expect((await second.call('PATCH', `/v1/accounts/${second.id}`, { disabled: true })).status).toBe(409)
  })

  test('a session gives its own account no other password without the present one', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const { account } = (await owner.session()) as { account: { id: string } }
    const taken = await owner.call('PATCH', `/v1/accounts/${account.id}`, { password: 'somebody else chose this' })
    expect([taken.status, taken.body.code]).toEqual([409, 'wrong_state'])
    expect((await visitorOf(world.app.url).signIn(OWNER.email, OWNER.password)).status).toBe(200)
  })

  test('are listed for owners without a password; an address is taken once, and what will not do is refused', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    await colleagueOf(owner, world.app.url, 'viewer')
    const { body } = await owner.call<{ data: { email: string; disabled_at: null }[] }>('GET', '/v1/accounts')
    expect(body.data.map(({ email }) => email)).toEqual(['a-viewer@mail.test', OWNER.email])
    expect(Object.keys(body.data[0] ?? {})).toEqual(['id', 'email', 'name', 'role', 'created_at', 'disabled_at'])
    const make = (over: object) => owner.call('POST', '/v1/accounts', { ...OWNER, role: 'viewer', ...over })
    expect((await make({ email: 'OWNER@mail.test' })).status).toBe(409)
    for (const over of [
      { name: ' ' },
      { name: 'a\0b' },
      { email: 'a\0@mail.test' },
      { password: 'short' },
      { password: 'Mailchimp2026' },
    ])
      expect((await make({ email: 'new@mail.test', ...over })).status).toBe(422)
    expect((await owner.call('PATCH', '/v1/accounts/acc_x', { name: 'X' })).status).toBe(404)
  })

  test("one's own password: the present one is asked for, other sessions end, this one goes on", async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const elsewhere = visitorOf(world.app.url)
    await elsewhere.signIn(OWNER.email, OWNER.password)
    const next = 'six words make a long row'
    const change = (current: string, to = next) => owner.call('POST', '/v1/session/password', { current, next: to })
    expect((await change('wrong')).body.errors).toMatchObject([{ path: 'current', code: 'wrong_password' }])
    expect((await change(OWNER.password, 'short')).body.errors).toMatchObject([{ path: 'next' }])
    const common = await change(OWNER.password, 'Mailchimp2026')
    expect(common.body.errors).toMatchObject([{ path: 'next', code: 'password_too_common' }])
    expect((await change(OWNER.password)).body).toMatchObject({ signed_in: true })
    expect((await owner.call('GET', '/v1/stats')).status).toBe(200)
    expect((await elsewhere.call('GET', '/v1/stats')).status).toBe(401)
    expect((await elsewhere.signIn(OWNER.email, OWNER.password)).status).toBe(401)
    expect((await elsewhere.signIn(OWNER.email, next)).status).toBe(200)
  })

  test('guessing the present password waits like signing in after ten mistakes, and keeps nobody from signing in', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const guess = (current: string) =>
      owner.call('POST', '/v1/session/password', { current, next: 'six words make a long row' })
    const began = world.now()
    for (let n = 0; n < 13; n++) expect((await guess(`guess ${n}`)).status).toBe(422)
    expect(world.now()).toBe(began)
    expect((await world.waits(guess('guess 13'))).status).toBe(422)
    expect(world.now()).toBe(began + SECOND)
    expect((await owner.signIn(OWNER.email, OWNER.password)).status).toBe(200)
    expect(world.now()).toBe(began + SECOND)
  })

  test('another password makes strangers of the browsers that are known, but the one that sets it', async () => {
    let store: Database | undefined
    await using world = await startWorld({ around: db => (store = db) })
    const owner = await ownerOf(world.app)
    await visitorOf(world.app.url).signIn(OWNER.email, OWNER.password)
    const devices = async () => (await store?.query('select hash from device'))?.length
    expect(await devices()).toBe(2)
    await owner.call('POST', '/v1/session/password', { current: OWNER.password, next: 'six words make a long row' })
    expect(await devices()).toBe(1)
  })
})

describe('the list of sessions', () => {
  type Listed = { readonly data: readonly { id: string; email: string; current: boolean }[] }
  const list = async (who: Visitor, query = '') => (await who.call<Listed>('GET', `/v1/sessions${query}`)).body.data

  test("shows one's own, and everybody's to an owner", async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    expect(await list(owner)).toMatchObject([{ email: OWNER.email, current: true }])
    expect(await list(viewer)).toMatchObject([{ email: 'a-viewer@mail.test', current: true }])
    expect((await list(owner, '?all=true')).map(({ email, current }) => [email, current])).toEqual([
      ['a-viewer@mail.test', false],
      [OWNER.email, true],
    ])
    expect((await viewer.call('GET', '/v1/sessions?all=true')).status).toBe(403)
    expect((await world.api<Listed>('GET', '/v1/sessions')).body.data).toEqual([])
  })

  test("lets one end one's own, and an owner end any", async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    const [own] = await list(owner)
    const [theirs] = await list(viewer)
    expect((await viewer.call('DELETE', `/v1/sessions/${own?.id}`)).status).toBe(404)
    expect((await owner.call('DELETE', `/v1/sessions/${theirs?.id}`)).status).toBe(204)
    expect((await viewer.call('GET', '/v1/stats')).status).toBe(401)
    expect((await owner.call('DELETE', `/v1/sessions/${own?.id}`)).status).toBe(204)
    expect((await owner.call('GET', '/v1/stats')).status).toBe(401)
  })

  test('an API token is nobody who is signed in', async () => {
    await using world = await startWorld()
    await ownerOf(world.app)
    const change = { current: OWNER.password, next: 'six words make a long row' }
    expect((await world.api('DELETE', '/v1/session')).status).toBe(403)
    expect((await world.api('POST', '/v1/session/password', change)).status).toBe(403)
    expect((await world.api('GET', '/v1/session')).body).toEqual({ signed_in: false, setup_needed: false })
  })
})
