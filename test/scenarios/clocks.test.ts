import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { createLog } from '../../src/log.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { freshPostgres } from '../databases.ts'
import { parseExposition } from '../exposition.ts'
import { AUDIENCE, event, KEY, startWorld, type World, type WorldOptions } from '../world.ts'

const people = Array.from({ length: 8 }, (_, n) => `p${n}@mail.test`)
const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

const valuesAt = (world: World): unknown[] =>
  people.map(who => (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS)
const ALL = (value: string): string[] => people.map(() => value)

async function aWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options)
  for (const email_address of people) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  await world.receives(...people.map(who => says(who, true)))
  await world.settles()
  // Each minute the service notes its time.
  await world.app.durability.check()
  return world
}

/** The clock is set while the service runs, or while it is down. */
async function isSet(world: World, ms: number, isDown: boolean): Promise<void> {
  if (!isDown) {
    world.setsClock(ms)
    return world.app.checkClock()
  }
  await world.app.durability.check()
  world.setsClock(ms)
  await world.restarts()
}

/** Mailchimp is asked now and then, and so says what time it is. */
async function hearsMailchimp(world: World, answers = 3): Promise<void> {
  for (let n = 0; n < answers; n++) {
    await world.receives(says(`passer-by-${n}@mail.test`, true))
    await world.passes(3 * SECOND)
  }
}

const STEPS = [HOUR, -HOUR, 3 * DAY, -3 * DAY]
const CASES = STEPS.flatMap(ms => [false, true].map(isDown => [ms / HOUR, isDown ? 'down' : 'up', ms, isDown] as const))

async function withdrawsInTime(options: WorldOptions, [ms, isDown]: readonly [number, boolean]): Promise<void> {
  await using world = await aWorld(options)
  world.mailchimp.addFault({ match: { method: 'PATCH', contact: people[0] ?? '' }, fault: { status: 500 } })
  await world.receives(...people.map(who => says(who, false, '2026-11-23T08:30:00Z')))
  await world.passes(10 * MINUTE)
  // Before it is set: a try that failed three days later would be followed by the next one in an hour.
  world.mailchimp.clearFaults()
  await isSet(world, ms, isDown)
  // R26: a withdrawal that has failed so often is tried every 15 minutes, give or take a fifth.
  await world.passes(18 * MINUTE + 10 * SECOND)
  expect(valuesAt(world)).toEqual(ALL('false'))
  await world.passes(3 * MINUTE)
  expect(await world.stats()).toMatchObject({ deliveries: { delivered: people.length, waiting: 0, sending: 0 } })
}

describe('R31 I22: a clock that is set makes no wait longer than its schedule', () => {
  test.each(CASES)('a retry, at %i h while the service is %s', (_h, _when, ms, isDown) =>
    withdrawsInTime({}, [ms, isDown]),
  )

  test('a retry, on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    await withdrawsInTime({ databaseUrl: url }, [-HOUR, true])
    await db.close()
  })

  test.each(CASES)('a probe of what is held, at %i h while the service is %s', async (_h, _when, ms, isDown) => {
    await using world = await aWorld()
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.receives(...people.map(who => says(who, false, '2026-11-23T08:30:00Z')))
    await world.passes(HOUR)
    await isSet(world, ms, isDown)
    world.mailchimp.setKeyState(KEY, 'active')
    await world.passes(15 * MINUTE + 10 * SECOND)
    expect(valuesAt(world)).toEqual(ALL('false'))
  })

  test.each(CASES)('the end of a window, at %i h while the service is %s', async (_h, _when, ms, isDown) => {
    await using world = await aWorld()
    const late = { stall: true, apply_late_ms: 100 * SECOND }
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: late })
    await world.receives(says('p0@mail.test', true, '2026-11-23T08:20:00Z'))
    await world.passes(SECOND)
    await world.receives(says('p0@mail.test', false, '2026-11-23T08:30:00Z'))
    await world.passes(40 * SECOND)
    await isSet(world, ms, isDown)
    await world.passes(130 * SECOND)
    expect(valuesAt(world)[0]).toBe('false')
  })

  test('whatever the clock does, in any order: everything settles by its schedule', async () => {
    const act = fc.record({ ms: fc.constantFrom(...STEPS, 30 * SECOND), isDown: fc.boolean(), minutes: fc.nat(40) })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 5 }), async acts => {
        await using world = await aWorld()
        world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
        await world.receives(...people.map(who => says(who, false, '2026-11-23T08:30:00Z')))
        for (const { ms, isDown, minutes } of acts) {
          await world.passes(minutes * MINUTE)
          await isSet(world, ms, isDown)
        }
        world.mailchimp.clearFaults()
        // The slowest of its waits: hourly, once it has failed for a day, give or take a fifth.
        await world.passes(72 * MINUTE + 3 * MINUTE)
        expect(valuesAt(world)).toEqual(ALL('false'))
        expect((await world.stats()).deliveries).toMatchObject({ delivered: people.length, waiting: 0, dead: 0 })
      }),
      { numRuns: Number(process.env['CLOCK_RUNS'] ?? 12) },
    )
  })
})

const metricsOf = async (world: World) => parseExposition(await (await fetch(`${world.app.url}/metrics`)).text())

/** By how many seconds the service shows that this clock is ahead of its own; undefined while it knows nothing of it. */
const aheadBy = async (world: World, clock: 'mailchimp' | 'database'): Promise<number | undefined> =>
  (await metricsOf(world)).value('consent_relay_clock_difference_seconds', { clock })

/** Which clocks differ, and agree again, in the order in which it was reported. */
function clockReports() {
  const told: string[] = []
  const telemetry = {
    ...createTelemetry(createLog('silent')),
    clockDiffers: ({ from }: { from: string }) => told.push(`${from} differs`),
    clockAgrees: (what: { with: string }) => told.push(`${what.with} agrees`),
  }
  return { told, telemetry }
}

describe('R31: a clock that was set back', () => {
  test('is told, by how much, and shown until the wall clock has caught up', async () => {
    const told: number[] = []
    const telemetry = {
      ...createTelemetry(createLog('silent')),
      clockSet: ({ ms }: { ms: number }) => told.push(ms),
    }
    await using world = await aWorld({ telemetry })
    const shown = async () => (await metricsOf(world)).value('consent_relay_clock_ahead_seconds')
    expect(await shown()).toBe(0)
    world.setsClock(-HOUR)
    await world.passes(MINUTE)
    expect(await shown()).toBe(3600)
    await isSet(world, 0, true)
    expect(await shown()).toBe(0)
    expect(told.map(ms => Math.round(ms / MINUTE))).toEqual([-60, -60])
  })
})

describe("R31: a clock that differs from PostgreSQL's", () => {
  test.each([2 * HOUR, -10 * MINUTE])('by %i ms is told and shown from the start on, until it does not', async ms => {
    const { db, url } = await freshPostgres()
    const { told, telemetry } = clockReports()
    await using world = await startWorld({ databaseUrl: url, telemetry, clockAhead: -ms })
    // It names whole milliseconds.
    expect(Math.abs(Number(await aheadBy(world, 'database')) * SECOND - ms)).toBeLessThanOrEqual(1)
    await world.passes(SECOND)
    expect(told).toEqual(['database differs'])
    world.setsDatabaseClock(-ms)
    await world.app.durability.check()
    await world.passes(SECOND)
    expect(await aheadBy(world, 'database')).toBe(0)
    expect(told).toEqual(['database differs', 'database agrees'])
    await db.close()
  })

  test('the embedded store has none', async () => {
    await using world = await startWorld()
    expect(await aheadBy(world, 'database')).toBeUndefined()
  })
})

describe("R31: a clock that differs from Mailchimp's", () => {
  test.each([2 * HOUR, 30 * SECOND, -10 * MINUTE])('by %i ms is told and shown, until it does not', async ms => {
    const { told, telemetry } = clockReports()
    await using world = await aWorld({ telemetry, clockAhead: -ms })
    expect(await aheadBy(world, 'mailchimp')).toBeUndefined()
    await hearsMailchimp(world)
    // The second of an answer is all that is known of it.
    expect(Math.abs(Number(await aheadBy(world, 'mailchimp')) - ms / SECOND)).toBeLessThanOrEqual(1)
    expect(told).toEqual(['mailchimp differs'])
    world.setsClock(ms)
    // A clock that is set back is followed by a start only.
    await world.restarts()
    await hearsMailchimp(world)
    await world.passes(SECOND)
    expect(await aheadBy(world, 'mailchimp')).toBe(0)
  })

  test('by less than 30 s is shown, and not told', async () => {
    const { told, telemetry } = clockReports()
    await using world = await aWorld({ telemetry, clockAhead: 29 * SECOND })
    await hearsMailchimp(world)
    expect(told).toEqual([])
  })
})

/** The person withdraws on one device; a grant that is older, of another one, comes in later. */
async function withdrawsBeforeAnOlderGrant(world: World): Promise<void> {
  const at = (ms: number): string => new Date(world.now() + ms).toISOString()
  const [who = ''] = people
  const granted = event({ who, user: 'their phone', at: at(-3 * MINUTE), purposes: { newsletter: true } })
  await world.receives(event({ who, user: 'their desk', at: at(-MINUTE), purposes: { newsletter: false } }))
  await world.passes(15 * MINUTE)
  await world.receives(granted)
  await world.settles()
}

describe('R10 R31: a clock that is off, and Mailchimp names the right time', () => {
  const OFF = [-2 * HOUR, -10 * MINUTE, 2 * HOUR]

  test.each(OFF)('a withdrawal outlives an older grant that comes in later, at %i ms', async clockAhead => {
    await using world = await aWorld({ clockAhead })
    await hearsMailchimp(world)
    await withdrawsBeforeAnOlderGrant(world)
    expect(valuesAt(world)[0]).toBe('false')
  })

  async function outlivesAStart(options: WorldOptions): Promise<void> {
    await using world = await aWorld({ ...options, clockAhead: -2 * HOUR })
    await hearsMailchimp(world)
    await world.app.durability.check()
    await world.restarts()
    await withdrawsBeforeAnOlderGrant(world)
    expect(valuesAt(world)[0]).toBe('false')
  }

  test('as well after a start, before Mailchimp has been heard again', () => outlivesAStart({}))

  test('as well after a start, on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    await outlivesAStart({ databaseUrl: url })
    await db.close()
  })

  test.each(OFF)(
    'as well at the first start on PostgreSQL, before Mailchimp was ever heard, at %i ms',
    async clockAhead => {
      const { db, url } = await freshPostgres()
      await using world = await startWorld({ databaseUrl: url, clockAhead })
      const [who = ''] = people
      world.mailchimp.addContact(AUDIENCE, { email_address: who, status: 'subscribed' })
      await world.integrates()
      await withdrawsBeforeAnOlderGrant(world)
      expect((world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS).toBe('false')
      await db.close()
    },
  )

  test('as well after a clock that was right was set back while the service was down', async () => {
    await using world = await aWorld()
    await isSet(world, -2 * HOUR, true)
    await withdrawsBeforeAnOlderGrant(world)
    expect(valuesAt(world)[0]).toBe('false')
  })

  test('the grant of a clock that is as fast as ours does not beat a later withdrawal', async () => {
    await using world = await aWorld({ clockAhead: 2 * HOUR })
    await hearsMailchimp(world)
    const [who = ''] = people
    const at = (ms: number): string => new Date(world.now() + ms).toISOString()
    await world.receives(event({ who, user: 'a fast phone', at: at(2 * HOUR), purposes: { newsletter: true } }))
    await world.passes(MINUTE)
    await world.receives(event({ who, user: 'their desk', at: at(0), purposes: { newsletter: false } }))
    await world.settles()
    expect(valuesAt(world)[0]).toBe('false')
  })

  test('what waits is as old as it is, and the correction is shown beside the right time', async () => {
    await using world = await aWorld({ clockAhead: -2 * HOUR })
    await hearsMailchimp(world)
    await world.receives(says(people[0] ?? '', false, '2026-11-23T08:30:00Z'))
    const receivedAt = world.now()
    await world.passes(10 * SECOND)
    type Facts = { readonly data: readonly { readonly received_at: string; readonly clock_off_ms: number }[] }
    const [shown] = (await world.api<Facts>('GET', '/v1/events?limit=1')).body.data
    expect(Math.abs(Date.parse(shown?.received_at ?? '') - receivedAt)).toBeLessThanOrEqual(SECOND)
    expect(Math.abs((shown?.clock_off_ms ?? 0) - 2 * HOUR)).toBeLessThanOrEqual(SECOND)
    type Tries = { readonly data: readonly { readonly carries: readonly { readonly waited_ms: number }[] }[] }
    const tries = (await world.api<Tries>('GET', '/v1/attempts?limit=1')).body.data
    expect(tries[0]?.carries.map(({ waited_ms: ms }) => ms)).toEqual([0])
  })
})
