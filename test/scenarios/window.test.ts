import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/domain/instant.ts'
import { shareOf } from '../share.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const GROUPS = Array.from({ length: shareOf(25, 125) }, (_, group) =>
  [0, 1, 2, 3].map(n => `p${4 * group + n}@mail.test`),
)
const says = (who: string, newsletter: boolean) =>
  event({ who, at: newsletter ? '2026-11-23T08:00:00Z' : '2026-11-23T08:10:00Z', purposes: { newsletter } })

/** Whose requests go well all the while, so that the others' time-outs are no outage (R26). */
const HEALTHY = 'healthy@mail.test'
const healthySays = (n: number) =>
  event({
    who: HEALTHY,
    at: `2026-11-23T07:${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}Z`,
    purposes: { newsletter: n % 2 === 0 },
  })

const held = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS

/** Somewhere between the client's 30 s and Mailchimp's 120 s, another moment for everybody. */
const lateness = (n: number): number => 31 * SECOND + ((n * 7_919_000) % (88 * SECOND))

/**
 * Everybody grants; Mailchimp does not answer in time, and applies the grant some time later. Meanwhile everybody
 * withdraws. Counts those whose grant Mailchimp holds at last, and the requests.
 */
async function lateGrants(windowSeconds: number): Promise<{ stale: number; writes: number }> {
  await using world = await startWorld({ windowSeconds })
  await world.integrates()
  world.mailchimp.addContact(AUDIENCE, { email_address: HEALTHY, status: 'subscribed' })
  for (const [g, group] of GROUPS.entries()) {
    for (const [n, email_address] of group.entries()) {
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
      const match = { method: 'PATCH', contact: email_address }
      world.mailchimp.addFault({ match, count: 1, fault: { stall: true, apply_late_ms: lateness(4 * g + n) } })
    }
    await world.receives(group.map(who => says(who, true)))
    await world.passes(10 * SECOND)
    await world.receives([...group.map(who => says(who, false)), healthySays(g)])
    await world.passes(150 * SECOND)
    world.mailchimp.clearFaults()
  }
  await world.settles()
  return {
    stale: GROUPS.flat().filter(who => held(world, who) !== 'false').length,
    writes: world.writes().length,
  }
}

describe('I15 R22: grants of unknown outcome, each followed by a withdrawal and then applied late', () => {
  test('none outlives its withdrawal; each costs three requests', async () => {
    const { stale, writes } = await lateGrants(130)
    expect(stale).toBe(0)
    expect(writes).toBe(3 * GROUPS.flat().length + GROUPS.length)
  })

  test('with the window switched off they do, so this test can fail', async () => {
    const { stale } = await lateGrants(0)
    expect(stale).toBe(GROUPS.flat().length)
  })
})
