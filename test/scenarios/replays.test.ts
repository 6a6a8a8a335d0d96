import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { shareOf } from '../share.ts'
import { AUDIENCE, event, startWorld, type World, type WorldOptions } from '../world.ts'

type Shown = {
  readonly id: string
  readonly state: string
  readonly progress: { total: number; withdrawals: number; made_due: number; settled: number }
}
type Answer = { readonly status: number; readonly body: Shown & { code: string; total: number; withdrawals: number } }
type Delivery = { readonly id: string; readonly person: string; readonly status: string; readonly reason: string }

const PEOPLE = ['ada@mail.test', 'bob@mail.test', 'eve@mail.test'] as const
const [ADA, BOB, EVE] = PEOPLE
const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })
const newsOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS?: unknown } | undefined)?.NEWS

async function worldWith(people: readonly string[], options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options)
  for (const email_address of people) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  return world
}

/** Mailchimp refuses what is said of these; then whatever was wrong with them is mended. */
async function letDie(world: World, ...records: readonly unknown[]): Promise<void> {
  const rule = world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { trigger: 'BadRequest' } })
  await world.receives(...records)
  await world.settles()
  world.mailchimp.removeFault(rule)
}

/** Everyone grants but those who deny, so that the first webhook is not needed to see who is who. */
async function threeDead(world: World): Promise<void> {
  await letDie(world, says(ADA, true), says(BOB, false), says(EVE, true))
  expect((await world.stats()).deliveries).toMatchObject({ dead: 3 })
}

async function carriedOut(world: World, { body: { id } }: Answer): Promise<Shown> {
  await world.app.replays.idle()
  await world.settles()
  return (await world.api<Shown>('GET', `/v1/replays/${id}`)).body
}

async function call(world: World, path: string, { body, key }: { body?: unknown; key?: string } = {}): Promise<Answer> {
  const made = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'an operator', role: 'operator' })
  const answer = await fetch(world.app.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${made.body.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}
const replay = (world: World, body: object, key?: string): Promise<Answer> =>
  call(world, '/v1/replays', { body, ...(key === undefined ? {} : { key }) })

const deliveries = async (world: World): Promise<readonly Delivery[]> =>
  (await world.api<{ data: Delivery[] }>('GET', '/v1/deliveries')).body.data

const ended = (n: number, withdrawals = 0) => ({
  state: 'done',
  progress: { total: n, withdrawals, made_due: n, settled: n },
})

describe('R26: a replay makes debts due, and what is sent is decided anew', () => {
  test('one', async () => {
    await using world = await worldWith(PEOPLE)
    await world.integrates()
    await threeDead(world)
    const debt = (await deliveries(world)).find(({ person }) => person === BOB)
    const counted = await replay(world, { delivery_id: debt?.id, dry_run: true })
    expect(counted).toEqual({ status: 200, body: { dry_run: true, total: 1, withdrawals: 1 } })
    expect((await world.stats()).deliveries).toMatchObject({ dead: 3 })
    const answer = await replay(world, { delivery_id: debt?.id })
    expect(answer.status).toBe(202)
    expect(await carriedOut(world, answer)).toMatchObject(ended(1, 1))
    expect(PEOPLE.map(who => newsOf(world, who))).toEqual(['', 'false', ''])
  })

  test('those of a failure, which is then resolved', async () => {
    await using world = await worldWith(PEOPLE)
    await world.integrates()
    await threeDead(world)
    const failures = async () =>
      (await world.api<{ data: { id: string; count: number }[] }>('GET', '/v1/failures')).body
    const [failure] = (await failures()).data
    const answer = await replay(world, { failure_id: failure?.id })
    expect(await carriedOut(world, answer)).toMatchObject(ended(3, 1))
    expect((await failures()).data).toEqual([])
    expect(PEOPLE.map(who => newsOf(world, who))).toEqual(['true', 'false', 'true'])
  })

  test.each([
    ['a person', { person: ' Ada@Mail.Test ' }, 1],
    ['a person and a reason that they do not have', { person: ADA, reason: 'expired' }, 0],
    ['a reason', { reason: 'request_refused' }, 3],
    ['a status', { status: 'dead' }, 3],
    ['another status', { status: 'held' }, 0],
    ['all', { all: true }, 3],
  ])('by %s', async (_, filter, count) => {
    await using world = await worldWith(PEOPLE)
    await world.integrates()
    await threeDead(world)
    expect((await replay(world, { ...filter, dry_run: true })).body.total).toBe(count)
    const answer = await replay(world, filter)
    expect((await carriedOut(world, answer)).progress).toMatchObject({ total: count, made_due: count, settled: count })
    expect((await world.stats()).deliveries).toMatchObject({ dead: 3 - count, delivered: count })
    expect(JSON.stringify((await world.api('GET', '/v1/replays')).body)).not.toContain(ADA)
  })

  test('by integration, and no other', async () => {
    await using world = await worldWith(PEOPLE)
    const one = await world.integrates()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    await world.integrates({ mappings: [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }] })
    await letDie(world, says(ADA, true))
    expect((await replay(world, { integration_id: one, dry_run: true })).body.total).toBe(1)
    await carriedOut(world, await replay(world, { integration_id: one }))
    expect((await world.stats()).deliveries).toMatchObject({ dead: 1, delivered: 1 })
  })

  test('I10: what was delivered is decided again, and costs no call', async () => {
    await using world = await worldWith(PEOPLE)
    await world.integrates()
    await world.receives(says(ADA, true))
    await world.settles()
    const answer = await replay(world, { person: ADA })
    expect(await carriedOut(world, answer)).toMatchObject(ended(1))
    expect(world.writes()).toHaveLength(1)
    expect(await deliveries(world)).toMatchObject([{ status: 'skipped', reason: 'unchanged' }])
  })

  test('what cannot be asked for is refused', async () => {
    await using world = await worldWith(PEOPLE)
    for (const body of [{}, { all: true, person: ADA }, { all: false }, { nonsense: 1 }])
      expect(await replay(world, body)).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
    for (const body of [{ failure_id: 'flr_none' }, { integration_id: 'int_none' }])
      expect(await replay(world, body)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await world.api('GET', '/v1/replays/rpl_none')).status).toBe(404)
    expect((await world.api<{ data: unknown[] }>('GET', '/v1/replays')).body.data).toEqual([])
  })

  test('a viewer may look, but not replay; the audit says who did', async () => {
    await using world = await worldWith(PEOPLE)
    const id = await world.integrates()
    const made = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'looks', role: 'viewer' })
    const asViewer = async (method: string, path: string) =>
      (await fetch(world.app.url + path, { method, headers: { authorization: `Bearer ${made.body.token}` } })).status
    expect(await asViewer('GET', '/v1/replays')).toBe(200)
    expect(await asViewer('POST', '/v1/replays')).toBe(403)
    expect(await asViewer('POST', `/v1/integrations/${id}/resync`)).toBe(403)
    await replay(world, { all: true })
    await call(world, `/v1/integrations/${id}/resync`)
    const { data } = (await world.api<{ data: { actor: string; action: string }[] }>('GET', '/v1/audit')).body
    const actions = data.filter(({ actor }) => actor === 'an operator').map(({ action }) => action)
    expect(actions).toEqual(['resync.started', 'replay.started'])
  })
})

describe('R26: with an Idempotency-Key', () => {
  test('the same request twice is one replay, another request is refused, and a day later the key is free', async () => {
    await using world = await worldWith(PEOPLE)
    await world.integrates()
    await threeDead(world)
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => replay(world, { all: true }, 'once')))
    if (!first) throw new Error('no answer')
    for (const other of others) expect(other).toMatchObject({ status: 202, body: { id: first.body.id } })
    expect(await carriedOut(world, first)).toMatchObject(ended(3, 1))
    const later = await replay(world, { all: true }, 'once')
    expect(later).toMatchObject({ status: 202, body: { id: first.body.id, state: 'done' } })
    expect(await replay(world, { person: ADA }, 'once')).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await replay(world, { person: ADA }, 'twice')).body.id).not.toBe(first.body.id)
    expect(world.writes().filter(({ status }) => status === 200)).toHaveLength(3)

    await world.passes(DAY)
    expect((await replay(world, { person: ADA }, 'once')).body.id).not.toBe(first.body.id)
  })
})

describe('R26: a resync of an integration', () => {
  test('asserts every mapped field, whatever Mailchimp was given before', async () => {
    await using world = await worldWith([...PEOPLE, 'new@mail.test'])
    const id = await world.integrates()
    await world.receives(says(ADA, true), says(BOB, false))
    await world.settles()
    world.mailchimp.addContact(AUDIENCE, {
      email_address: BOB,
      status: 'subscribed',
      merge_fields: { NEWS: 'true' },
    })
    expect(newsOf(world, BOB)).toBe('true')
    const counted = await call(world, `/v1/integrations/${id}/resync`, { body: { dry_run: true } })
    expect(counted).toEqual({ status: 200, body: { dry_run: true, total: 2, withdrawals: 0 } })
    const answer = await call(world, `/v1/integrations/${id}/resync`, { key: 'once' })
    expect(answer.status).toBe(202)
    expect(await carriedOut(world, answer)).toMatchObject(ended(2))
    expect(newsOf(world, BOB)).toBe('false')
    expect(world.writes()).toHaveLength(4)
    const again = await call(world, `/v1/integrations/${id}/resync`, { key: 'once' })
    expect(again.body.id).toBe(answer.body.id)
    await world.settles()
    expect(world.writes()).toHaveLength(4)
  })

  test('is refused while the integration is disabled, and for one that is not there', async () => {
    await using world = await worldWith(PEOPLE)
    const id = await world.integrates({ enabled: false })
    expect(await call(world, `/v1/integrations/${id}/resync`)).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    })
    expect((await call(world, '/v1/integrations/int_none/resync')).status).toBe(404)
  })
})

describe('R26 I5: very many dead letters, of whom a fifth have withdrawn since', () => {
  test('are replayed without one permissive write for those, and end as counted before', async () => {
    const all = shareOf(1_200, 5_000)
    const people = Array.from({ length: all }, (_, n) => `p${n}@mail.test`)
    const withdrawn = people.filter((_, n) => n % 5 === 0)
    let store: Database | undefined
    await using world = await worldWith(people, { around: db => (store = db) })
    const id = await world.integrates()
    await world.api('POST', `/v1/integrations/${id}/pause`)
    const tell = (who: readonly string[], granted: boolean, at: string) =>
      JSON.stringify(who.map(each => says(each, granted, at)))
    for (const half of halves(people)) await world.receives(tell(half, true, '2026-11-23T08:00:00Z'))
    await world.receives(tell(withdrawn, false, '2026-11-23T08:30:00Z'))
    // As after so many refusals, which would take the test as long again.
    await store?.query(`update delivery set status = 'dead', reason = 'request_refused', settled_at = ${world.now()}`)
    await world.api('POST', `/v1/integrations/${id}/resume`)
    expect((await world.stats()).deliveries).toMatchObject({ dead: all })

    const { body } = await replay(world, { all: true, dry_run: true })
    expect(body).toEqual({ dry_run: true, total: all, withdrawals: all / 5 })
    const answer = await replay(world, { all: true })
    expect(await carriedOut(world, answer)).toMatchObject(ended(all, all / 5))

    const sent = world.writes()
    expect(sent).toHaveLength(all)
    const contacts = world.mailchimp.contacts(AUDIENCE)
    const isDenied = new Set(withdrawn)
    for (const contact of contacts)
      expect((contact['merge_fields'] as { NEWS: string }).NEWS).toBe(
        isDenied.has(contact['email_address'] as string) ? 'false' : 'true',
      )
    const denials = sent.filter(({ body: asked }) => JSON.stringify(asked).includes('"false"'))
    expect(denials).toHaveLength(all / 5)
    expect((await world.stats()).deliveries).toMatchObject({ delivered: all, dead: 0 })
  })
})

/** A body that holds facts has 1 MiB at most. */
const halves = <T>(all: readonly T[]): readonly (readonly T[])[] => [
  all.slice(0, all.length / 2),
  all.slice(all.length / 2),
]
