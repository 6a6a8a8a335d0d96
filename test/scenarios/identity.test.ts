import { describe, expect, test } from 'vitest'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`

const says = (answer: boolean | null, minute: number, over: { who?: string; user?: string; id?: string } = {}) =>
  event({ who: ADA, user: 'u1', at: at(minute), purposes: { newsletter: answer }, ...over })

const anonymous = (answer: boolean, minute: number, user = 'u1') =>
  event({ user, at: at(minute), purposes: { newsletter: answer } })

type Record_ = { readonly who?: string | undefined; readonly version: number; readonly answer?: boolean | null }

const consents = (answer: boolean | null) => ({ purposes: [{ id: 'newsletter', enabled: answer }] })

const user = ({ who = ADA, version, answer = true }: Record_, old?: Record_) => {
  const entity = (one: Record_) => ({
    id: 'u1',
    organization_user_id: one.who ?? ADA,
    version: one.version,
    created_at: at(0),
    updated_at: at(one.version),
    consents: consents(one.answer === undefined ? true : one.answer),
  })
  const now = entity({ who, version, answer })
  return old
    ? { type: 'user.updated', parameters: { old_entity: entity(old), new_entity: now } }
    : { type: 'user.created', parameters: { entity: now } }
}

const deleted = (id: string) => ({ type: 'event.deleted', parameters: { entity: { id, created_at: at(1) } } })

async function worldOf(feed: 'user' | 'event'): Promise<World> {
  const world = await startWorld({ feed })
  for (const email_address of [ADA, BOB]) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  await world.integrates()
  return world
}

const news = (world: World, address = ADA): unknown =>
  (world.mailchimp.contact(AUDIENCE, address)?.['merge_fields'] as Readonly<Record<string, unknown>>)['NEWS']

async function hears(world: World, ...records: readonly unknown[]): Promise<void> {
  await world.receives(...records)
  await world.settles()
}

async function accounted(world: World): Promise<void> {
  const { received, ...rest } = (await world.stats()).inbox
  expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(received)
}

describe('R5: a record that names only its Didomi user', () => {
  test.each<[order: string, records: readonly unknown[]]>([
    ['after the user is known', [says(true, 1), anonymous(false, 2)]],
    ['before the user is known', [anonymous(false, 2), says(true, 1)]],
    ['known by a user record alone', [anonymous(false, 2), user({ version: 1 })]],
  ])('counts for its person: %s', async (_, records) => {
    await using world = await worldOf('event')
    for (const record of records) await hears(world, record)
    expect(news(world)).toBe('false')
    expect((await world.stats()).inbox.anonymous).toBe(0)
    await accounted(world)
  })

  test('is anonymous while nobody is known', async () => {
    await using world = await worldOf('event')
    await hears(world, anonymous(false, 2))
    expect((await world.stats()).inbox).toMatchObject({ anonymous: 1, folded: 0 })
    await hears(world, says(true, 1))
    expect((await world.stats()).inbox).toMatchObject({ anonymous: 0, folded: 2 })
    await accounted(world)
  })

  test('an update whose old state alone names the person is theirs', async () => {
    await using world = await worldOf('user')
    await hears(world, user({ version: 1 }))
    const updated = user({ version: 2, answer: false }, { version: 1 })
    Reflect.deleteProperty((updated.parameters as { new_entity: object }).new_entity, 'organization_user_id')
    await hears(world, updated)
    expect(news(world)).toBe('false')
  })
})

describe('R5: a Didomi user that wrote two people', () => {
  test('denies both by an event, and grants only the one whom it writes', async () => {
    await using world = await worldOf('event')
    await hears(world, says(true, 1), says(true, 1, { who: BOB, user: 'u2' }), says(false, 2, { who: BOB }))
    expect([news(world), news(world, BOB)]).toEqual(['false', 'false'])
    await hears(world, says(true, 3, { who: BOB }))
    expect([news(world), news(world, BOB)]).toEqual(['false', 'true'])
  })

  test('and moved leaves the first without ground', async () => {
    await using world = await worldOf('user')
    await hears(world, user({ version: 1 }))
    expect(news(world)).toBe('true')
    await hears(world, user({ who: BOB, version: 2 }, { version: 1 }))
    expect([news(world), news(world, BOB)]).toEqual(['false', 'true'])
  })

  test('shows nobody the id of the other', async () => {
    await using world = await worldOf('event')
    await hears(world, says(true, 1), says(false, 2, { who: BOB }))
    const { body } = await world.api('GET', `/v1/people/${encodeURIComponent(ADA)}`)
    expect(JSON.stringify(body)).not.toContain(BOB)
  })
})

describe('R5d: a Didomi user that more than five people share', () => {
  type Shared = { id: string; problems: { code: string; users: number }[] }
  const problems = async (world: World) => {
    const { body } = await world.api<{ data: Shared[] }>('GET', '/v1/sources')
    return body.data.find(({ id }) => id === world.source.id)?.problems
  }
  const writes = (world: World, users: readonly string[], people: number) =>
    hears(
      world,
      ...users.flatMap(user =>
        Array.from({ length: people }, (_, n) => says(true, n + 1, { who: `p${n}@mail.test`, user })),
      ),
    )

  test('is a problem of its source, counted, without a word of whom it wrote', async () => {
    await using world = await worldOf('event')
    await writes(world, ['u-t1'], 6)
    const found = await problems(world)
    expect(found).toMatchObject([{ code: 'users_shared', users: 1 }])
    expect(JSON.stringify(found)).not.toMatch(/mail\.test|u-t1/)
    await writes(world, ['phone', 'kiosk'], 7)
    expect(await problems(world)).toMatchObject([{ users: 3 }])
  })

  test.each([
    ['five people, however often', (world: World) => hears(world, ...[1, 2].flatMap(n => five(n)))],
    ['six people, each with a user of their own', (world: World) => hears(world, ...six())],
    ['nobody at all', (world: World) => hears(world, anonymous(true, 1, 'tablet'))],
  ])('and one that wrote %s is none', async (_, told) => {
    await using world = await worldOf('event')
    await told(world)
    expect(await problems(world)).toEqual([])
  })

  const five = (minute: number) => [0, 1, 2, 3, 4].map(n => says(true, minute, { who: `p${n}@mail.test` }))
  const six = () => [0, 1, 2, 3, 4, 5].map(n => says(true, 1, { who: `p${n}@mail.test`, user: `u${n}` }))
})

describe('R6: nothing outlives its ground', () => {
  test.each<[what: string, feed: 'user' | 'event', records: readonly unknown[]]>([
    ['the event behind a grant is deleted', 'event', [says(true, 1, { id: 'gone' }), deleted('gone')]],
    [
      'the newest record holds it as null',
      'user',
      [user({ version: 1 }), user({ version: 2, answer: null }, { version: 1 })],
    ],
    ['evidence says that the event behind it is gone', 'user', [evidence(), deleted('e-cause')]],
  ])('%s: denied, whether or not it had been delivered', async (_, feed, records) => {
    await using delivered = await worldOf(feed)
    for (const record of records) await hears(delivered, record)
    expect(news(delivered)).toBe('false')
    await using atOnce = await worldOf(feed)
    await hears(atOnce, ...records)
    expect(news(atOnce)).toBe('false')
  })

  test('R3: an update of an event without consents wipes nothing', async () => {
    await using world = await worldOf('event')
    const entity = { id: 'e-1', created_at: at(1), updated_at: at(5), user: { id: 'u1', organization_user_id: ADA } }
    await hears(world, says(true, 1, { id: 'e-1' }), {
      type: 'event.updated',
      parameters: { old_entity: entity, new_entity: { ...entity, metadata: { seen: 'yes' } } },
    })
    expect(news(world)).toBe('true')
  })

  test('R6: a Didomi user that was deleted and created again counts', async () => {
    await using world = await worldOf('user')
    const born = (created_at: string, version: number, answer: boolean) => {
      const record = user({ version, answer })
      return { ...record, parameters: { entity: { ...record.parameters.entity, created_at, updated_at: created_at } } }
    }
    await hears(world, born(at(1), 7, true), { type: 'user.deleted', parameters: { entity: { id: 'u1' } } })
    await hears(world, born(at(30), 1, false))
    expect(news(world)).toBe('false')
  })
})

/** A user whose grant came by an event, which is deleted without a recomputed record. */
function evidence() {
  const record = user({ version: 1 })
  return {
    type: 'user.updated',
    parameters: {
      source: { id: 'e-cause', created_at: at(1) },
      old_entity: { id: 'u1', organization_user_id: ADA, version: 0, consents: { purposes: [] } },
      new_entity: record.parameters.entity,
    },
  }
}
