import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const LATER = '2026-11-23T08:30:00Z'

const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

const valueOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string } | undefined)?.NEWS

/** What is stored of her cannot be read, as a bug of ours would leave it. */
const breakFacts = (db: Database | undefined) =>
  db?.query(`update fact set content = '{}' where person = $1`, [ADA]) ?? Promise.reject(new Error('no store'))

async function worldAndStore() {
  let db: Database | undefined
  const world = await startWorld({ around: own => (db = own) })
  for (const email_address of [ADA, BOB]) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  return { world, store: () => db }
}

describe('I21: a person who cannot be decided stops nobody, and no start', () => {
  test('their withdrawal ends with a reason that is shown and counted, and goes when it can be decided', async () => {
    const { world, store } = await worldAndStore()
    await using own = world
    await own.receives(says(ADA, true))
    await own.settles()
    await breakFacts(store())

    await own.receives(says(ADA, false, LATER), says(BOB, true))
    await own.settles()
    expect([valueOf(own, ADA), valueOf(own, BOB)]).toEqual(['true', 'true'])
    const failures = await own.api<{ data: readonly object[] }>('GET', '/v1/failures')
    expect(failures.body.data).toMatchObject([{ kind: 'dead', cause: 'decision_failed', count: 1, withdrawals: 1 }])

    await store()?.query(
      `update fact set content = (select content from fact where person = $1 and content <> '{}') where content = '{}'`,
      [ADA],
    )
    await own.receives(says(ADA, false, '2026-11-23T08:31:00Z'))
    await own.settles()
    await own.passes(MINUTE)
    expect(valueOf(own, ADA)).toBe('false')
    expect((await own.api<{ data: readonly object[] }>('GET', '/v1/failures')).body.data).toEqual([])
  })

  test('a restart with such a debt due delivers all others', async () => {
    const { world, store } = await worldAndStore()
    await using own = world
    own.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    await own.receives(says(ADA, false), says(BOB, true))
    await own.passes(SECOND)
    await breakFacts(store())
    own.mailchimp.clearFaults()
    await own.restarts()
    await own.passes(10 * MINUTE)
    expect(valueOf(own, BOB)).toBe('true')
  })
})
