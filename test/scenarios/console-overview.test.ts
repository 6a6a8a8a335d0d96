import { describe, expect, test } from 'vitest'
import { HOUR, SECOND } from '../../src/domain/instant.ts'
import { freshPostgres } from '../databases.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'

type Point = {
  readonly at: string
  readonly received: number
  readonly delivered: number
  readonly skipped: number
  readonly skipped_as: Readonly<Record<string, number>>
}
type Overview = {
  readonly received: number
  readonly delivered: number
  readonly skipped: { reason: string; end: string; says: string; count: number }[]
  readonly failed: { reason: string; count: number }[]
  readonly time_to_deliver: { count: number; p50_ms: number; p95_ms: number }
  readonly time_to_withdraw: { count: number }
  readonly backlog: { waiting: number; held: number; dead: number }
  readonly oldest_waiting_at: string | null
  readonly oldest_withdrawal_at: string | null
  readonly holds: unknown[]
  readonly series: Point[]
}

const NONE = { in_step: 0, not_in_audience: 0, unmatched: 0, contact_gone: 0 }

const ask = async (world: World, query = ''): Promise<Overview> =>
  (await world.api<Overview>('GET', `/v1/overview${query}`)).body

const says = (who: string, newsletter: boolean) =>
  event({ who, at: new Date(Date.UTC(2026, 10, 20)).toISOString(), purposes: { newsletter } })

async function seenOn(databaseUrl?: string): Promise<void> {
  await using world = await startWorld({ feed: 'event', ...(databaseUrl === undefined ? {} : { databaseUrl }) })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  const id = await world.integrates()
  await world.receives(says(ADA, true))
  await world.settles()
  await world.passes(2 * HOUR)
  await world.receives(says(ADA, false), says('nobody@mail.test', true))
  await world.settles()
  const seen = await ask(world)
  expect(seen).toMatchObject({
    complete: true,
    received: 3,
    delivered: 2,
    skipped: [{ reason: 'no_such_contact', end: 'not_in_audience', count: 1 }],
    failed: [],
    time_to_deliver: { count: 2 },
    time_to_withdraw: { count: 1 },
    backlog: { waiting: 0, sending: 0, held: 0, dead: 0 },
    oldest_waiting_at: null,
    oldest_withdrawal_at: null,
    holds: [],
  })
  expect(seen.series).toHaveLength(24)
  expect(seen.series.filter(({ received }) => received > 0)).toMatchObject([
    { received: 1, delivered: 1, skipped: 0, skipped_as: NONE },
    { received: 2, delivered: 1, skipped: 1, skipped_as: { ...NONE, not_in_audience: 1 } },
  ])
  expect(await ask(world, `?integration_id=${id}`)).toEqual(seen)
  expect((await ask(world, '?hours=1')).received).toBe(2)
  expect((await ask(world, '?hours=720')).series).toHaveLength(30)
}

describe('the overview', () => {
  test('of an empty store is all zeros', async () => {
    await using world = await startWorld()
    expect(await ask(world)).toMatchObject({
      received: 0,
      delivered: 0,
      skipped: [],
      failed: [],
      time_to_deliver: { count: 0, p50_ms: null, p95_ms: null },
      backlog: { waiting: 0, sending: 0, held: 0, dead: 0 },
      holds: [],
    })
  })

  test('counts what came in and what became of it, on SQLite', () => seenOn())

  test('and on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    try {
      await seenOn(url)
    } finally {
      await db.close()
    }
  })

  test('is remembered for some seconds, and shows what waits behind a hold', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    world.mailchimp.setKeyState('0123456789abcdef0123456789abcdef-us6', 'disabled')
    expect((await ask(world)).received).toBe(0)
    await world.receives(says(ADA, false))
    await world.passes(SECOND)
    expect((await ask(world)).received).toBe(0)
    await world.passes(5 * SECOND)
    const seen = await ask(world)
    expect(seen).toMatchObject({
      received: 1,
      backlog: { held: 1, waiting: 0 },
      holds: [{ integration_id: null, cause: 'key_invalid' }],
    })
    expect(seen.oldest_withdrawal_at).not.toBeNull()
    expect(await ask(world, `?integration_id=${id}`)).toMatchObject({ holds: seen.holds })
  })

  test('is refused for a time that it does not know, and for no integration', async () => {
    await using world = await startWorld()
    const { status, body } = await world.api('GET', '/v1/overview?hours=5')
    expect([status, body['errors']]).toMatchObject([422, [{ path: 'hours' }]])
    expect((await world.api('GET', '/v1/overview?integration_id=int_none')).status).toBe(404)
  })
})
