import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const PEOPLE = Array.from({ length: 40 }, (_, index) => `person${index}@mail.test`)
const says = (who: string, newsletter: boolean, minute: number) =>
  event({ id: `${who}-${minute}`, who, at: `2026-11-23T08:0${minute}:00Z`, purposes: { newsletter } })
const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS

async function worldOf(people: readonly string[]): Promise<World> {
  const world = await startWorld()
  for (const email_address of people) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  world.mailchimp.setLatency(300)
  await world.integrates()
  return world
}

describe('R24: what was cut still runs at Mailchimp', () => {
  test.each([
    ['while others go', false],
    ['and the service starts anew', true],
  ])('and our own load makes no 429, %s', async (_, isRestarted) => {
    await using world = await worldOf(PEOPLE)
    const fault = { cut: 'after', apply_late_ms: 100 * SECOND } as const
    for (const contact of PEOPLE.slice(0, 8)) world.mailchimp.addFault({ match: { contact }, count: 1, fault })
    await world.receives(...PEOPLE.map(who => says(who, true, 0)))
    await world.passes(SECOND)
    if (isRestarted) await world.restarts()
    await world.receives(...PEOPLE.slice(0, 12).map(who => says(who, false, 1)))
    await world.passes(10 * MINUTE)
    expect(PEOPLE.map(who => valueOf(world, who))).toEqual(PEOPLE.map((_who, n) => String(n >= 12)))
    expect(world.mailchimp.stats()).toMatchObject({ answers_429: 0 })
    expect(world.mailchimp.stats().max_in_flight).toBeLessThanOrEqual(10)
  })

  const [ADA = ''] = PEOPLE
  const sentTo = (world: World, since: number) =>
    world.mailchimp
      .requests()
      .filter(({ method }) => method === 'PATCH')
      .map(({ body, arrived_at }) => [
        (body as { merge_fields: { NEWS: string } }).merge_fields.NEWS,
        Math.floor((arrived_at - since) / SECOND),
      ])

  test('and its contact rests for 60 s, but for a withdrawal that it did not carry', async () => {
    await using world = await worldOf([ADA])
    const start = world.now()
    const fault = { cut: 'after' } as const
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 2, fault })
    await world.receives(says(ADA, true, 0))
    await world.passes(10 * SECOND)
    await world.receives(says(ADA, true, 1))
    await world.passes(10 * SECOND)
    expect(sentTo(world, start), 'a grant waits').toEqual([['true', 0]])
    await world.receives(says(ADA, false, 2))
    await world.passes(10 * SECOND)
    expect(sentTo(world, start).slice(1), 'a withdrawal does not').toEqual([['false', 20]])
    await world.receives(says(ADA, false, 3))
    await world.passes(40 * SECOND)
    expect(sentTo(world, start).slice(2), 'unless it may be there already').toEqual([])
    await world.passes(MINUTE)
    expect(sentTo(world, start).slice(2)).toEqual([['false', 80]])
  })
})
