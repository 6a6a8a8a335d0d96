import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`

type Saying = { readonly who?: string; readonly user?: string; readonly id?: string }

const says = (answer: boolean, minute: number, over: Saying = {}) =>
  event({ user: 'u1', at: at(minute), purposes: { newsletter: answer }, ...over })

async function aWorld(): Promise<World> {
  const world = await startWorld({ feed: 'event' })
  for (const email_address of [ADA, BOB]) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  await world.api('PATCH', '/v1/retention', { anonymous: 1 })
  return world
}

async function hears(world: World, ...records: readonly unknown[]): Promise<void> {
  await world.receives(...records)
  await world.settles()
}

async function waits(world: World, days: number): Promise<void> {
  await world.passes(days * DAY)
  world.app.expiry.request()
  await world.app.expiry.idle()
}

/** What came in, after a look that its sum is exact (I16). */
async function inbox(world: World) {
  const { received, ...rest } = (await world.stats()).inbox
  expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(received)
  return rest
}

const news = (world: World, address = ADA): unknown =>
  (world.mailchimp.contact(AUDIENCE, address)?.['merge_fields'] as Readonly<Record<string, unknown>>)['NEWS']

describe('R5c, I16: a record of which nothing says whose it is', () => {
  test('expires after its days, and is counted as expired', async () => {
    await using world = await aWorld()
    await hears(world, says(false, 2), says(true, 3, { user: 'u2' }))
    await waits(world, 0.9)
    expect(await inbox(world)).toMatchObject({ anonymous: 2, expired: 0 })
    await waits(world, 0.2)
    expect(await inbox(world)).toMatchObject({ anonymous: 0, expired: 2 })
    expect((await world.api<{ data: unknown[] }>('GET', '/v1/events')).body.data).toEqual([])
    await hears(world, says(true, 5, { who: ADA }))
    expect(news(world)).toBe('true')
    expect(await inbox(world)).toMatchObject({ folded: 1, expired: 2 })
  })

  test('is kept once its person is known, however late', async () => {
    await using world = await aWorld()
    await hears(world, says(false, 9))
    await waits(world, 0.9)
    await hears(world, says(true, 1, { who: ADA }))
    await waits(world, 0.3)
    expect(news(world)).toBe('false')
    expect(await inbox(world)).toMatchObject({ folded: 2, anonymous: 0, expired: 0 })
  })

  test.each<[as: string, told: (world: World) => Promise<void>]>([
    ['the very body', world => hears(world, says(false, 9, { id: 'e-1' }))],
    ['a part of another body', world => hears(world, says(false, 9, { id: 'e-1' }), says(true, 2, { user: 'u9' }))],
  ])('counts when it is told again after it expired, as %s: a withdrawal is not lost', async (_, toldAgain) => {
    await using world = await aWorld()
    await hears(world, says(false, 9, { id: 'e-1' }))
    await waits(world, 1.1)
    await hears(world, says(true, 1, { who: ADA }))
    expect(news(world)).toBe('true')
    await toldAgain(world)
    expect(news(world)).toBe('false')
    expect(await inbox(world)).toMatchObject({ expired: 1, folded: 2, duplicate: 0 })
  })

  test('told again while nobody is known, has its days once more', async () => {
    await using world = await aWorld()
    await hears(world, says(false, 9, { id: 'e-1' }))
    await waits(world, 1.1)
    await hears(world, says(false, 9, { id: 'e-1' }))
    await hears(world, says(false, 9, { id: 'e-1' }))
    expect(await inbox(world)).toMatchObject({ anonymous: 1, expired: 1, duplicate: 1 })
    await waits(world, 1.1)
    expect(await inbox(world)).toMatchObject({ anonymous: 0, expired: 2, duplicate: 1 })
  })

  test('a deletion of what nobody was told of yet stays, and takes its ground', async () => {
    await using world = await aWorld()
    await hears(world, { type: 'event.deleted', parameters: { entity: { id: 'e-7', created_at: at(1) } } })
    await waits(world, 1.1)
    await hears(world, says(true, 1, { id: 'e-7', who: ADA }))
    expect(news(world)).not.toBe('true')
    expect(await inbox(world)).toMatchObject({ folded: 2, expired: 0 })
  })

  test('that comes back when a body set apart is read again is anonymous again', async () => {
    await using world = await aWorld()
    const long = says(false, 9)
    Object.assign(long.parameters.entity, { metadata: { note: 'x'.repeat(2_000) } })
    await hears(world, long)
    await waits(world, 1.1)
    expect(await inbox(world)).toMatchObject({ anonymous: 0, expired: 1 })
    const { body } = await world.api<{ data: { id: string }[] }>('GET', '/v1/quarantine')
    for (let n = 0; n < 2; n++) await world.api('POST', `/v1/quarantine/${body.data[0]?.id}/reread`)
    expect(await inbox(world)).toMatchObject({ anonymous: 1, expired: 0 })
  })

  test('of a device that many share expires, and what names somebody stays', async () => {
    await using world = await aWorld()
    for (let n = 0; n < 6; n++) await hears(world, says(true, n, { who: `p${n}@mail.test` }))
    await hears(world, says(false, 20))
    expect(await inbox(world)).toMatchObject({ anonymous: 1 })
    await waits(world, 1.1)
    expect(await inbox(world)).toMatchObject({ folded: 6, anonymous: 0, expired: 1 })
  })

  test('goes in many steps, of each source for itself, and is kept for ever where that is set', async () => {
    await using world = await aWorld()
    const crowd = Array.from({ length: 1_200 }, (_, n) => says(true, 1, { user: `u${n}`, id: `e-${n}` }))
    for (let n = 0; n < crowd.length; n += 400) await hears(world, ...crowd.slice(n, n + 400))
    await world.api('PATCH', '/v1/retention', { anonymous: null })
    await waits(world, 1.1)
    expect(await inbox(world)).toMatchObject({ anonymous: 1_200, expired: 0 })
    await world.api('PATCH', '/v1/retention', { anonymous: 1 })
    await world.app.expiry.idle()
    expect(await inbox(world)).toMatchObject({ anonymous: 0, expired: 1_200 })
  })
})
