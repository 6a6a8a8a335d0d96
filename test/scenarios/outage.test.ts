import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { shareOf } from '../share.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const people = (n: number): string[] => Array.from({ length: n }, (_, index) => `p${index}@mail.test`)
const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS
const sent = (world: World) =>
  world.mailchimp
    .requests()
    .filter(({ method, status }) => method === 'PATCH' && status === 200)
    .map(({ body }) => (body as { merge_fields: { NEWS: string } }).merge_fields.NEWS)

const WRITES = shareOf(2_400, 10_000)
const LATENCY = 900

type Shown = { readonly data: readonly { readonly status: string; readonly failed: number }[] }
type Holds = { readonly holds: readonly { readonly cause: string }[] }

async function worldWith(crowd: readonly string[]): Promise<World> {
  const world = await startWorld()
  for (const email_address of crowd) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  return world
}

describe('R26: Mailchimp is away', () => {
  test('I17: for 24 hours: everything is taken in, nothing is dead, and withdrawals go first when it is back', async () => {
    const crowd = people(60)
    await using world = await worldWith(crowd)
    const id = await world.integrates()
    await world.receives(crowd.slice(0, 20).map(who => says(who, true)))
    await world.settles()
    await world.passes(SECOND)
    world.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    await world.receives(crowd.slice(20).map(who => says(who, true)))
    await world.passes(HOUR)
    const during = await world.api<Holds>('GET', `/v1/integrations/${id}`)
    expect(during.body.holds.map(({ cause }) => cause)).toEqual(['mailchimp_unavailable'])
    await world.receives(crowd.slice(0, 20).map(who => says(who, false, '2026-11-23T10:00:00Z')))
    await world.passes(23 * HOUR)
    expect((await world.stats()).deliveries).toMatchObject({ dead: 0, held: 60 })
    const attempts = world.writes().length

    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 60, dead: 0, held: 0, waiting: 0 })
    expect(crowd.map(who => valueOf(world, who))).toEqual(crowd.map((_, n) => (n < 20 ? 'false' : 'true')))
    const back = sent(world).slice(20)
    expect(back.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'false'))
    expect(attempts).toBeLessThan(20 + 60)
    const { body } = await world.api<Holds>('GET', `/v1/integrations/${id}`)
    expect(body.holds).toEqual([])
  })

  test('R26: it starts again with one request, and a failure then pauses it for longer', async () => {
    const crowd = people(40)
    await using world = await worldWith(crowd)
    await world.integrates()
    // The account can be asked, its contacts cannot be written.
    world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
    await world.receives(crowd.map(who => says(who, true)))
    await world.passes(29 * SECOND)
    const before = world.writes().length
    expect(before).toBeLessThanOrEqual(24)
    await world.passes(20 * SECOND)
    expect(world.writes().length).toBe(before + 1)
    await world.passes(10 * MINUTE)
    expect(world.writes().length).toBeLessThan(before + 8)
    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 40 })
  })

  test('R26: one contact whose request always fails pauses nobody', async () => {
    const [ada, bob] = people(2) as [string, string]
    await using world = await worldWith([ada, bob])
    const id = await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: ada }, fault: { status: 500 } })
    await world.receives(says(ada, false))
    await world.passes(DAY)
    await world.receives(says(bob, true))
    await world.passes(SECOND)
    expect(valueOf(world, bob)).toBe('true')
    const { body } = await world.api<Holds>('GET', `/v1/integrations/${id}`)
    expect(body.holds).toEqual([])
  })
})

describe('R24: Mailchimp asks for less', () => {
  test('I13: writes through storms of 429 and of bare 403 pages: none of our making, no try is counted', async () => {
    const crowd = people(WRITES)
    await using world = await worldWith(crowd)
    await world.integrates({ options: { bulk: 'off' } })
    world.mailchimp.setLatency(LATENCY)
    for (let n = 0; n < crowd.length; n += 500)
      await world.receives(crowd.slice(n, n + 500).map(who => says(who, n % 1_000 === 0)))
    const match = { method: 'PATCH' }
    world.mailchimp.addFault({ match, rate: 0.5, seed: 7, count: 14, fault: { trigger: 'TooManyRequests' } })
    world.mailchimp.addFault({ match, rate: 0.5, seed: 8, count: 5, fault: { edge: 403 } })
    await world.passes(90 * MINUTE + (WRITES * LATENCY) / 8)
    await world.settles()

    expect((await world.stats()).deliveries).toMatchObject({ delivered: WRITES, dead: 0 })
    const requests = world.mailchimp.requests()
    expect(requests.filter(({ status, fault }) => status === 429 && fault === null)).toEqual([])
    const refused = requests.filter(({ fault }) => fault !== null).map(({ status }) => status)
    expect(refused).toContain(429)
    expect(refused).toContain(403)
    expect(world.mailchimp.stats().max_in_flight).toBeLessThanOrEqual(8)
    const { body } = await world.api<Shown>('GET', '/v1/deliveries?limit=200')
    expect(body.data.every(({ failed }) => failed === 0)).toBe(true)
    // Within minutes all connections are in use again.
    const last = requests.filter(({ method }) => method === 'PATCH').slice(-500)
    const busyAt = (at: number) =>
      last.filter(({ arrived_at, answered_at }) => arrived_at <= at && at < (answered_at ?? Infinity)).length
    expect(Math.max(...last.map(({ arrived_at }) => busyAt(arrived_at)))).toBe(8)
  })
})
