import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const LATENCY = 300
const HEALTHY = Array.from({ length: 50 }, (_, index) => `healthy${index}@mail.test`)
const POISON = Array.from({ length: 5 }, (_, index) => `poison${index}@mail.test`)

const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })
const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS

type Fault = Parameters<World['mailchimp']['addFault']>[0]['fault']

/** A world in which every request to these contacts has this fault. */
async function worldPoisoning(poison: readonly string[], fault: Fault): Promise<World> {
  const world = await startWorld()
  for (const email_address of [...HEALTHY, ...poison])
    world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  world.mailchimp.setLatency(LATENCY)
  await world.integrates()
  for (const contact of poison) world.mailchimp.addFault({ match: { method: 'PATCH', contact }, fault })
  await world.passes(SECOND)
  return world
}

/** How long it takes until the last healthy contact is in step, when all of them choose at once. */
async function timeFor(world: World, choices: readonly unknown[]): Promise<number> {
  const from = world.now()
  await world.receives(...choices)
  while (HEALTHY.some(who => valueOf(world, who) !== 'true')) {
    if (world.now() > from + DAY) throw new Error('healthy contacts still wait after a day')
    await world.passes(LATENCY / 10)
  }
  return world.now() - from
}

const holdsOf = async (world: World) => {
  const { body } = await world.api<{ data: readonly { holds: readonly { cause: string }[] }[] }>(
    'GET',
    '/v1/integrations',
  )
  return body.data.flatMap(({ holds }) => holds.map(({ cause }) => cause))
}

const ALONE = HEALTHY.map(who => says(who, true))
const withdrawals = (count: number) => POISON.slice(0, count).map(who => says(who, false))

describe('I21 R26: contacts that always fail delay no other contact', () => {
  /** What was cut may still run at Mailchimp, and two of five such requests fit beside the 8 connections (R24). */
  const FEWER_CONNECTIONS = 8 / (8 - 3)

  test.each([
    ['a 500', { status: 500 }, 1],
    ['a 502 page', { edge: 502 as const }, 1],
    ['an answer that is in no document', { status: 418, title: 'Teapot' }, 1],
    ['a page of a proxy', { status: 410, html: '<html></html>' }, 1],
    ['a connection that is cut', { cut: 'after' as const }, FEWER_CONNECTIONS],
  ])('50 healthy and 5 poisoned by %s', async (_, fault, share) => {
    await using quiet = await worldPoisoning([], {})
    await using world = await worldPoisoning(POISON, fault)
    const alone = await timeFor(quiet, ALONE)
    const beside = await timeFor(world, [...withdrawals(5), ...ALONE])
    expect(beside / alone / share).toBeLessThanOrEqual(1.2)
    expect(await holdsOf(world)).toEqual([])
  })

  test.each([2, 3, 5])('R26: %i of them alone pause the key for a moment at most, and nobody later', async count => {
    await using world = await worldPoisoning(POISON, { status: 500 })
    await world.receives(...withdrawals(count))
    await world.passes(5 * MINUTE)
    expect(await holdsOf(world)).toEqual([])
    for (const [index, who] of HEALTHY.slice(0, 12).entries()) {
      await world.receives(says(who, true))
      await world.passes(SECOND)
      expect(valueOf(world, who), who).toBe('true')
      await world.passes(index * MINUTE)
    }
    await world.passes(HOUR)
    expect(await holdsOf(world)).toEqual([])
    world.mailchimp.clearFaults()
    await world.passes(20 * MINUTE)
    expect(POISON.slice(0, count).map(who => valueOf(world, who))).toEqual(POISON.slice(0, count).map(() => 'false'))
  })

  test('they are a failure of their own', async () => {
    await using world = await worldPoisoning(POISON, { status: 500 })
    await world.receives(...withdrawals(5), ...ALONE)
    await world.passes(HOUR)
    const { body } = await world.api<{ data: readonly object[] }>('GET', '/v1/failures')
    expect(body.data).toMatchObject([{ kind: 'retrying', cause: 'server_error', count: 5, withdrawals: 5 }])
  })

  test('when Mailchimp is away beside them, the trial passes them by and reaches the others at once', async () => {
    await using world = await worldPoisoning(POISON, { status: 500 })
    await world.receives(...withdrawals(5), ...ALONE.slice(0, 10))
    await world.passes(MINUTE)
    const away = world.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    await world.receives(...ALONE.slice(10))
    await world.passes(20 * MINUTE)
    expect(await holdsOf(world)).toEqual(['mailchimp_unavailable'])
    world.mailchimp.removeFault(away)
    await world.passes(6 * MINUTE)
    expect(HEALTHY.filter(who => valueOf(world, who) !== 'true')).toEqual([])
    expect(await holdsOf(world)).toEqual([])
  })

  test('one contact and a /ping that fails twice are enough to pause, so that no try is used up', async () => {
    await using world = await worldPoisoning([], {})
    await world.receives(says('healthy1@mail.test', true))
    await world.passes(5 * SECOND)
    world.mailchimp.addFault({ match: {}, fault: { status: 502 } })
    await world.receives(says('healthy0@mail.test', true))
    await world.passes(8 * DAY)
    expect(await holdsOf(world)).toEqual(['mailchimp_unavailable'])
    expect(world.writes().length).toBeLessThan(6)
    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect(valueOf(world, 'healthy0@mail.test')).toBe('true')
  })
})

describe('R26 I22: Retry-After', () => {
  const ADA = 'healthy0@mail.test'
  const asks = (after: string) => ({
    match: { method: 'PATCH' },
    count: 1,
    fault: { status: 429, headers: { 'retry-after': after } },
  })

  test.each([
    ['a year in seconds', '31536000'],
    ['a date in a hundred years', 'Fri, 01 Jan 2126 00:00:00 GMT'],
    ['two hours', '7200'],
  ])('of %s: a withdrawal waits 15 minutes, a grant an hour', async (_, after) => {
    for (const [newsletter, wait] of [
      [false, 15 * MINUTE],
      [true, HOUR],
    ] as const) {
      await using world = await worldPoisoning([], {})
      world.mailchimp.addFault(asks(after))
      await world.receives(says(ADA, newsletter))
      await world.passes(wait - SECOND)
      expect(valueOf(world, ADA)).toBe('')
      await world.passes(3 * SECOND)
      expect(valueOf(world, ADA)).toBe(String(newsletter))
    }
  })

  test.each([
    ['resume', (id: string) => ['POST', `/v1/integrations/${id}/resume`] as const],
    ['a check', (id: string) => ['POST', `/v1/integrations/${id}/check`] as const],
    ['a replay', (id: string) => ['POST', '/v1/replays', { integration_id: id, status: 'waiting' }] as const],
  ])('%s pulls what waits for it forward', async (_, call) => {
    await using world = await worldPoisoning([], {})
    world.mailchimp.addFault(asks('3600'))
    await world.receives(says(ADA, true))
    await world.passes(MINUTE)
    const { body } = await world.api<{ data: readonly { id: string }[] }>('GET', '/v1/integrations')
    const [method, path, json] = call(body.data[0]?.id ?? '')
    expect((await world.api(method, path, json)).status).toBeLessThan(300)
    await world.app.replays.idle()
    await world.passes(MINUTE)
    expect(valueOf(world, ADA)).toBe('true')
  })
})
