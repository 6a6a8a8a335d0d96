import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const says = (newsletter: boolean, at: string) => event({ who: ADA, at, purposes: { newsletter } })

async function worldWithAda(): Promise<World> {
  const world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates()
  return world
}

const held = (world: World): unknown =>
  (world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields'] as { NEWS: string }).NEWS

/** What was asked for, and when it came in, was answered and was applied, in seconds of the world. */
function told(world: World, since: number) {
  const seconds = (at: number | null) => (at === null ? undefined : (at - since) / SECOND)
  return world.mailchimp
    .requests()
    .filter(({ method }) => method === 'PATCH')
    .map(({ body, arrived_at, answered_at, applied_at }) => ({
      sends: (body as { merge_fields: { NEWS: string } }).merge_fields.NEWS,
      came: seconds(arrived_at),
      answered: seconds(answered_at),
      applied: seconds(applied_at),
    }))
}

describe('Mailchimp works in the time of the world', () => {
  test('I15 R22: a grant that the client gave up on is applied after the withdrawal that followed it', async () => {
    await using world = await worldWithAda()
    const start = world.now()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { stall: true, apply_late_ms: MINUTE } })
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.passes(10 * SECOND)
    await world.receives(says(false, '2026-11-23T08:10:00Z'))
    await world.passes(20 * SECOND)
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/attempts')
    expect(body.data).toMatchObject([{ outcome: 'delivered' }, { outcome: 'retry', reason: 'timed_out' }])
    expect(held(world)).toBe('false')

    await world.passes(29 * SECOND)
    expect(held(world)).toBe('false')
    await world.passes(SECOND)
    expect(held(world)).toBe('true')
    expect(told(world, start)).toEqual([
      { sends: 'true', came: 0, answered: undefined, applied: 60 },
      { sends: 'false', came: 30, answered: 30, applied: 30 },
    ])
    await world.settles()
    expect(held(world)).toBe('false')
    expect(told(world, start).at(-1)).toMatchObject({ sends: 'false', came: 130, applied: 130 })
    await world.passes(10 * MINUTE)
    expect(told(world, start)).toHaveLength(3)
  })

  test('R24: a request that the client gave up on keeps its slot there for 120 s', async () => {
    await using world = await worldWithAda()
    world.mailchimp.addFault({
      match: { method: 'PATCH' },
      count: 1,
      fault: { stall: true, apply_late_ms: 10 * MINUTE },
    })
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.passes(30 * SECOND)
    expect(world.mailchimp.inFlight()).toBe(1)
    await world.passes(119 * SECOND)
    expect(world.mailchimp.inFlight()).toBe(1)
    await world.passes(SECOND)
    expect(world.mailchimp.inFlight()).toBe(0)
  })

  test('R27: latency passes between a request and its answer, and the attempt took that long', async () => {
    await using world = await worldWithAda()
    const start = world.now()
    world.mailchimp.setLatency(20 * SECOND)
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    // The merge fields are read first.
    expect(told(world, start)).toEqual([{ sends: 'true', came: 20, answered: 40, applied: 40 }])
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/attempts')
    expect(body.data).toMatchObject([{ outcome: 'delivered', duration_ms: 20 * SECOND }])
  })

  test('a call of the API that asks Mailchimp takes as long as Mailchimp does', async () => {
    await using world = await worldWithAda()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    world.mailchimp.setLatency(5 * SECOND)
    const before = world.now()
    await world.integrates({ name: 'another one', mappings: [{ id: 'OFFERS', value: 'country' }] })
    // It reads the account, the audience and the merge fields, one after the other.
    expect(world.now() - before).toBe(15 * SECOND)
  })
})
