import { expect } from 'vitest'
import { MINUTE, SECOND } from '../src/domain/instant.ts'
import { shareOf } from './share.ts'
import { AUDIENCE, event, startWorld, type World } from './world.ts'

const PEOPLE = Array.from({ length: 50 }, (_, n) => `p${n}@mail.test`)
const CHANGES = shareOf(20, 40)

/** What Mailchimp does to the requests, each to a share of them. */
const FAULTS = [
  { rate: 0.06, fault: { status: 500 } },
  { rate: 0.04, fault: { status: 500, apply: true } },
  { rate: 0.04, fault: { trigger: 'TooManyRequests' } },
  { rate: 0.02, fault: { status: 400, title: 'Something New', detail: 'This was not expected.' } },
  { rate: 0.02, fault: { cut: 'before' } },
  { rate: 0.03, fault: { cut: 'after' } },
  { rate: 0.02, fault: { cut: 'mid-answer' } },
  { rate: 0.02, fault: { apply_late_ms: 40 * SECOND } },
  { rate: 0.01, fault: { apply_late_ms: 115 * SECOND } },
  { rate: 0.01, fault: { stall: true, apply_late_ms: 100 * SECOND } },
] as const

/** Numbers in [0, 1) that look drawn and are the same in every run. */
function* drawn(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    yield state / 2 ** 32
  }
}

type Change = { readonly at: number; readonly value: string }

/** Everybody changes their mind again and again, at odd moments. Gives who said what, and when we were told. */
async function changesOf(world: World, seed: number): Promise<ReadonlyMap<string, readonly Change[]>> {
  const dice = drawn(seed)
  const said = new Map<string, Change[]>(PEOPLE.map(who => [who, []]))
  for (let n = 0; n < CHANGES; n++) {
    const records = PEOPLE.map(who => {
      const newsletter = dice.next().value < 0.5
      said.get(who)?.push({ at: world.now(), value: String(newsletter) })
      return event({ who, at: new Date(world.now()).toISOString(), purposes: { newsletter } })
    })
    await world.receives(records)
    await world.passes(Math.round(dice.next().value * 45) * SECOND + SECOND)
  }
  return said
}

const writesOf = (world: World, who: string) =>
  world.mailchimp
    .requests()
    .filter(({ method, path }) => method === 'PATCH' && path.includes(hashOf(world, who)))
    .map(({ body, arrived_at, answered_at, fault }) => ({
      sends: (body as { merge_fields: { NEWS: string } }).merge_fields.NEWS,
      arrivedAt: arrived_at,
      answeredAt: answered_at,
      faulty: fault !== null,
    }))

const hashOf = (world: World, who: string): string => (world.mailchimp.contact(AUDIENCE, who) as { id: string }).id

type Script = { readonly seed: number; readonly databaseUrl?: string | undefined }

/**
 * 50 contacts change their mind again and again while Mailchimp does everything it can do wrong: every final state is right,
 * every request says the newest, one at a time, and few are extra. The same seed tells the same story.
 */
export async function everyoneEndsRight({ seed, databaseUrl }: Script): Promise<{ requests: number; faulty: number }> {
  await using world = await startWorld(databaseUrl === undefined ? {} : { databaseUrl })
  for (const email_address of PEOPLE) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  for (const [n, { rate, fault }] of FAULTS.entries())
    world.mailchimp.addFault({ match: { method: 'PATCH' }, rate, seed: FAULTS.length * seed + n, fault })
  const said = await changesOf(world, seed)
  world.mailchimp.clearFaults()
  await world.passes(20 * MINUTE)
  // What was refused for good is a dead letter: somebody asks for it again.
  await world.api('POST', '/v1/replays', { all: true })
  await world.app.replays.idle()
  await world.passes(MINUTE)
  await world.settles()

  expect((await world.stats()).deliveries).toMatchObject({ waiting: 0, sending: 0, held: 0, dead: 0 })
  const faulty = world.mailchimp.requests().filter(({ fault }) => fault !== null)
  for (const who of PEOPLE) {
    const changes = said.get(who) ?? []
    const fields = world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }
    expect([who, fields.NEWS]).toEqual([who, changes.at(-1)?.value])
    const writes = writesOf(world, who)
    for (const [n, { arrivedAt, sends }] of writes.entries()) {
      // The newest at that moment, whatever was tried before; what was said in the same millisecond may be newer.
      const newest = changes.findLast(({ at }) => at < arrivedAt)
      const justNow = changes.filter(({ at }) => at === arrivedAt)
      expect([newest, ...justNow].map(change => change?.value)).toContain(sends)
      const before = writes[n - 1]?.answeredAt ?? 0
      expect(arrivedAt).toBeGreaterThanOrEqual(before)
    }
    // One for each change at most, and for each unclear one a retry and an assertion.
    const unclear = writes.filter(({ faulty: isFaulty }) => isFaulty).length
    expect(writes.length).toBeLessThanOrEqual(CHANGES + 2 * unclear)
  }
  return { requests: world.mailchimp.requests().length, faulty: faulty.length }
}
