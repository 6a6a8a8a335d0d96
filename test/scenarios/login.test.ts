import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { AUDIENCE, event, KEY, startWorld, type World } from '../world.ts'

const OTHER_KEY = 'fedcba9876543210fedcba9876543210-us6'
const OTHER_AUDIENCE = 'b2c3d4e5f6'
const withKey = (api_key: string) => ({ api_key, url: 'https://us6.admin.mailchimp.com/' })
const PEOPLE = Array.from({ length: 30 }, (_, n) => `p${n}@mail.test`)
const MAPPED = 'consents_purposes_newsletter_enabled'
const says = (newsletter: boolean, who: string, minute = 0) =>
  event({ who, at: `2026-11-23T08:0${minute}:00Z`, purposes: { newsletter } })

/** A world whose second key belongs to the user of the first one, or to another. */
async function worldOf(owner: 'the same user' | 'another user', people = PEOPLE): Promise<World> {
  const world = await startWorld()
  const { mailchimp } = world
  mailchimp.addKey({ key: OTHER_KEY, account: owner === 'the same user' ? KEY : OTHER_KEY })
  mailchimp.addAudience({ id: OTHER_AUDIENCE, merge_fields: [{ tag: 'NEWS', type: 'text' }] })
  mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
  for (const email_address of people)
    for (const audience of [AUDIENCE, OTHER_AUDIENCE])
      mailchimp.addContact(audience, { email_address, status: 'subscribed' })
  return world
}

const otherOf = (audience_id: string, tag: string) => ({
  authentication: withKey(OTHER_KEY),
  properties: { audience_id },
  mappings: [{ id: tag, value: MAPPED }],
})
const patchesOf = (world: World) => world.mailchimp.requests().filter(({ method }) => method === 'PATCH')
const valueOf = (world: World, who: string, audience = AUDIENCE, tag = 'NEWS'): unknown =>
  (world.mailchimp.contact(audience, who)?.['merge_fields'] as Record<string, unknown>)[tag]

describe('R24, I13: two keys of one Mailchimp user', () => {
  test('have 10 connections together, and neither starves', async () => {
    await using world = await worldOf('the same user')
    await world.integrates()
    await world.integrates(otherOf(OTHER_AUDIENCE, 'NEWS'))
    world.mailchimp.setLatency(300)
    await world.receives(...PEOPLE.map(who => says(false, who)))
    await world.settles()
    for (const audience of [AUDIENCE, OTHER_AUDIENCE])
      expect(PEOPLE.map(who => valueOf(world, who, audience))).toEqual(PEOPLE.map(() => 'false'))
    const { max_in_flight, answers_429 } = world.mailchimp.stats()
    expect([max_in_flight > 2, max_in_flight <= 10, answers_429]).toEqual([true, true, 0])
    const firstHalf = patchesOf(world).slice(0, PEOPLE.length)
    const own = firstHalf.filter(({ path }) => path.includes(OTHER_AUDIENCE)).length
    expect(Math.min(own, firstHalf.length - own)).toBeGreaterThanOrEqual(PEOPLE.length / 4)
  })

  test('share what still runs at Mailchimp, also over a restart', async () => {
    await using world = await worldOf('the same user')
    await world.integrates()
    await world.integrates(otherOf(OTHER_AUDIENCE, 'NEWS'))
    world.mailchimp.setLatency(300)
    const fault = { cut: 'after', apply_late_ms: 100 * SECOND } as const
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 6, fault })
    await world.receives(...PEOPLE.map(who => says(true, who)))
    await world.passes(SECOND)
    await world.restarts()
    await world.receives(...PEOPLE.slice(0, 12).map(who => says(false, who, 1)))
    await world.passes(10 * MINUTE)
    for (const audience of [AUDIENCE, OTHER_AUDIENCE])
      expect(PEOPLE.map(who => valueOf(world, who, audience))).toEqual(PEOPLE.map((_, n) => String(n >= 12)))
    expect(world.mailchimp.stats()).toMatchObject({ answers_429: 0 })
  })
})

describe.each(['the same user', 'another user'] as const)('I4: a second key, of %s, for one audience', owner => {
  test('never has a request at a contact while the first one has', async () => {
    await using world = await worldOf(owner, PEOPLE.slice(0, 6))
    await world.integrates()
    await world.integrates(otherOf(AUDIENCE, 'OFFERS'))
    world.mailchimp.setLatency(200)
    for (const minute of [0, 1, 2]) {
      await world.receives(...PEOPLE.slice(0, 6).map(who => says(minute % 2 === 1, who, minute)))
      await world.passes(250)
    }
    await world.settles()
    for (const who of PEOPLE.slice(0, 6))
      expect([valueOf(world, who), valueOf(world, who, AUDIENCE, 'OFFERS')]).toEqual(['false', 'false'])
    const patches = patchesOf(world)
    expect(patches.length).toBeGreaterThanOrEqual(12)
    for (const one of patches) {
      const during = patches.filter(
        ({ n, path, arrived_at }) => n > one.n && path === one.path && arrived_at < (one.answered_at ?? Infinity),
      )
      expect(during).toEqual([])
    }
  })
})

describe('R24, R27: a key whose user is not known', () => {
  test.each([
    ['fails', { status: 500 }, 'server_error: '],
    ['is answered by something else', { status: 200, body: [] }, 'an account'],
  ])('sends nothing while GET / %s, says why, and delivers when it is known', async (_, fault, detail) => {
    await using world = await worldOf('the same user', PEOPLE.slice(0, 1))
    const [ADA = ''] = PEOPLE
    world.mailchimp.addFault({ match: { method: 'GET', path_pattern: String.raw`^/3\.0/(\?|$)` }, fault })
    const id = await world.integrates()
    await world.receives(says(false, ADA))
    await world.passes(2 * MINUTE)
    expect(new Set(world.mailchimp.requests().map(({ kind }) => kind))).toEqual(new Set(['root.get']))
    const { body } = await world.api<{ holds: unknown[] }>('GET', `/v1/integrations/${id}`)
    expect(body.holds).toMatchObject([{ cause: 'audience_unread', detail: expect.stringContaining(detail) as string }])
    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect(valueOf(world, ADA)).toBe('false')
  })
})

test('R24: two keys of different users stay independent: one that is throttled does not slow the other', async () => {
  await using world = await worldOf('another user')
  await world.integrates()
  await world.integrates(otherOf(OTHER_AUDIENCE, 'NEWS'))
  world.mailchimp.setLatency(300)
  world.mailchimp.addFault({ match: { method: 'PATCH', path: OTHER_AUDIENCE }, fault: { status: 429 } })
  await world.receives(...PEOPLE.map(who => says(false, who)))
  await world.passes(7 * 300)
  expect(PEOPLE.map(who => valueOf(world, who))).toEqual(PEOPLE.map(() => 'false'))
  expect(PEOPLE.map(who => valueOf(world, who, OTHER_AUDIENCE))).toEqual(PEOPLE.map(() => ''))
})
