import { describe, expect, test } from 'vitest'
import { judge } from '../oracle/quiescence.ts'
import { expectQuiescent, undisturbed } from '../oracle/witness.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'

const says = (who: string, newsletter: boolean, at: string) => event({ who, at, purposes: { newsletter } })

async function worldOfTwo(): Promise<World> {
  const world = await startWorld()
  for (const email_address of [ADA, BOB]) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  await world.receives(says(ADA, true, '2026-11-23T08:00:00Z'), says(BOB, false, '2026-11-23T08:01:00Z'))
  await world.settles()
  return world
}

/** As it is at the end, but for what the oracle is told beside. */
const judged = async (world: World, more: readonly unknown[]) => {
  const source = world.source.id
  const extra = more.map(record => ({ at: world.now(), source, body: JSON.stringify(record) }))
  const witness = await undisturbed(world, [...world.received(), ...extra])
  return judge(witness).wrongs.map(({ breaks, persons, tag }) => [breaks, ...persons, tag])
}

describe('the oracle of quiescence', () => {
  test('I18 I19 I20: finds nothing where what was last written is what the facts give', async () => {
    await using world = await worldOfTwo()
    await world.receives(says(ADA, false, '2026-11-23T08:30:00Z'))
    await world.settles()
    await expectQuiescent(world)
  })

  test('I18: finds the contact of a denial that never came to us', async () => {
    await using world = await worldOfTwo()
    expect(await judged(world, [says(ADA, false, '2026-11-23T08:30:00Z')])).toEqual([['I18', ADA, 'NEWS']])
  })

  test('I19: finds the denial that repeats what was written, and that no later request carried', async () => {
    await using world = await worldOfTwo()
    await world.passes(1_000)
    expect(await judged(world, [says(BOB, false, '2026-11-23T08:30:00Z')])).toEqual([['I19', BOB, 'NEWS']])
  })

  test('I20: finds a yes that nobody gave', async () => {
    await using world = await worldOfTwo()
    const lied = world.received().filter(({ body }) => !body.includes(ADA))
    const other = event({ who: ADA, at: '2026-11-23T08:00:00Z', purposes: { cookies: true } })
    const received = [...lied, { at: world.now(), source: world.source.id, body: JSON.stringify(other) }]
    const { wrongs } = judge(await undisturbed(world, received))
    expect(wrongs).toMatchObject([{ breaks: 'I20', persons: [ADA], tag: 'NEWS' }])
  })
})
