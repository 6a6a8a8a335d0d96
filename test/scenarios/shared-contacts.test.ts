import { describe, expect, test } from 'vitest'
import { AUDIENCE, startWorld, type World } from '../world.ts'

const HOME = 'home@mail.test'
const WORK = 'work@mail.test'
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString()

type Saying = {
  readonly email: string | undefined
  readonly newsletter: boolean
  readonly version?: number
  readonly name?: string
}

const entityOf = (who: string, { email, newsletter, version = 1, name }: Saying, minute: number) => ({
  id: `user of ${who}`,
  organization_user_id: who,
  version,
  created_at: at(0),
  updated_at: at(minute),
  metadata: { ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) },
  consents: { purposes: [{ id: 'newsletter', enabled: newsletter }] },
})

/** The record of a person as it was made at that minute. */
const says = (who: string, saying: Saying, minute: number) => ({
  type: 'user.created',
  parameters: { entity: entityOf(who, saying, minute) },
})

/** Their record as it was changed at that minute. */
const changes = (who: string, [before, after]: readonly [Saying, Saying], [from, to]: readonly [number, number]) => ({
  type: 'user.updated',
  parameters: {
    old_entity: entityOf(who, before, from),
    new_entity: entityOf(who, { version: 2, ...after }, to),
  },
})

const BY_EMAIL = { options: { match: 'metadata_email' } }

async function aWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld({ feed: 'user', ...options })
  for (const email of [HOME, WORK]) world.mailchimp.addContact(AUDIENCE, { email_address: email, status: 'subscribed' })
  return world
}

const news = (world: World, email: string): unknown => {
  const fields = world.mailchimp.contact(AUDIENCE, email)?.['merge_fields']
  return typeof fields === 'object' && fields !== null && 'NEWS' in fields ? fields.NEWS : undefined
}

async function settlesAfterEach(world: World, records: readonly unknown[]): Promise<void> {
  for (const record of records) {
    await world.receives(record)
    await world.settles()
  }
}

/** As they happened, the other way round, and begun in the middle. */
const ordersOf = <T>(items: readonly T[]): T[][] => {
  const half = Math.ceil(items.length / 2)
  const orders = [[...items], items.toReversed(), [...items.slice(half), ...items.slice(0, half)]]
  return items.length > 2 ? orders : orders.slice(0, 2)
}

describe('R16b: several persons name one contact', () => {
  const ADA_YES = says('ada', { email: HOME, newsletter: true }, 1)
  const ADA_NO = says('ada', { email: HOME, newsletter: false }, 1)
  const BEN_YES = says('ben', { email: HOME, newsletter: true }, 2)
  const BEN_NO = says('ben', { email: ' Home@MAIL.test', newsletter: false }, 2)

  test.each([
    ['a grant, then a denial', ADA_YES, BEN_NO, 'false'],
    ['a denial, then a grant', ADA_NO, BEN_YES, 'true'],
    ['two grants', ADA_YES, BEN_YES, 'true'],
    ['two denials', ADA_NO, BEN_NO, 'false'],
  ])('the latest choice of them all counts, in whatever order it comes in: %s', async (_, ada, ben, expected) => {
    for (const records of ordersOf([ada, ben])) {
      await using world = await aWorld()
      await world.integrates(BY_EMAIL)
      await settlesAfterEach(world, records)
      expect(news(world, HOME)).toBe(expected)
    }
  })

  test('a hash in capitals and in small letters is one contact', async () => {
    const hash = 'd8d9b3c2f9b7a1c1e0f4b3a29788f1aa'
    for (const records of ordersOf([
      says(hash, { email: undefined, newsletter: false }, 2),
      says(hash.toUpperCase(), { email: undefined, newsletter: true }, 1),
    ])) {
      await using world = await aWorld()
      await world.integrates({ options: { match: 'subscriber_hash' } })
      await settlesAfterEach(world, records)
      const sent = world.writes().map(({ path, body }) => `${path.split('?')[0]} ${JSON.stringify(body)}`)
      expect(sent.at(-1)).toContain(`/members/${hash} `)
      expect(sent.at(-1)).toContain('"false"')
    }
  })

  test('their attributes are written only while one of them names it', async () => {
    await using world = await aWorld()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'NAME', type: 'text' })
    const mappings = [
      { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
      { id: 'NAME', value: 'metadata_name' },
    ]
    await world.integrates({ ...BY_EMAIL, mappings })
    await settlesAfterEach(world, [
      says('ada', { email: HOME, newsletter: true, name: 'Ada' }, 1),
      says('ben', { email: HOME, newsletter: true, name: 'Ben' }, 2),
    ])
    expect(world.mailchimp.contact(AUDIENCE, HOME)?.['merge_fields']).toMatchObject({ NAME: 'Ada', NEWS: 'true' })
    await world.receives(
      changes(
        'ben',
        [
          { email: HOME, newsletter: true, name: 'Ben' },
          { email: WORK, newsletter: true, name: 'Ben' },
        ],
        [2, 3],
      ),
    )
    await world.settles()
    expect(world.mailchimp.contact(AUDIENCE, WORK)?.['merge_fields']).toMatchObject({ NAME: 'Ben' })
  })

  test('R21: what one of them wrote needs not be written again for another', async () => {
    await using world = await aWorld()
    await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [ADA_YES, BEN_YES])
    const before = world.writes().length
    await settlesAfterEach(world, [ADA_YES, BEN_YES])
    expect(world.writes()).toHaveLength(before)
  })
})

describe('R16f: persons begin and cease to name a contact', () => {
  const MADE = says('ada', { email: HOME, newsletter: true }, 1)
  const MOVED = changes(
    'ada',
    [
      { email: HOME, newsletter: true },
      { email: WORK, newsletter: true },
    ],
    [1, 5],
  )

  test('a contact that nobody names any more is taken back once, and the new one is filled', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [MADE])
    expect(news(world, HOME)).toBe('true')
    const before = world.writes().length
    await settlesAfterEach(world, [MOVED])
    expect([news(world, HOME), news(world, WORK)]).toEqual(['false', 'true'])
    expect(world.writes().length - before).toBe(2)
    await world.receives(
      changes(
        'ada',
        [
          { version: 2, email: WORK, newsletter: true },
          { version: 3, email: WORK, newsletter: false },
        ],
        [5, 6],
      ),
    )
    await world.settles()
    expect(world.writes().length - before).toBe(3)
    expect(news(world, WORK)).toBe('false')
    const { body } = await world.api<{ data: unknown[] }>('GET', `/v1/deliveries?integration_id=${id}`)
    expect(body.data).toMatchObject([{ status: 'delivered' }])
  })

  test('in whatever order its facts come in, the end is the same', async () => {
    const steps = [
      MADE,
      MOVED,
      says('ben', { email: HOME, newsletter: true }, 3),
      says('cyd', { email: HOME, newsletter: false }, 2),
    ]
    for (const records of ordersOf(steps)) {
      await using world = await aWorld()
      await world.integrates(BY_EMAIL)
      await settlesAfterEach(world, records)
      expect([news(world, HOME), news(world, WORK)]).toEqual(['true', 'true'])
    }
  })

  test('R8: a stale record that repeats the old address does not bring it back', async () => {
    await using world = await aWorld()
    await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [MADE, MOVED, MADE])
    const stale = { ...entityOf('ada', { email: HOME, newsletter: true, version: 1 }, 1), updated_at: at(2) }
    await settlesAfterEach(world, [{ type: 'user.updated', parameters: { new_entity: stale } }])
    expect([news(world, HOME), news(world, WORK)]).toEqual(['false', 'true'])
  })

  test('metadata that is gone names nobody, and what was written is taken back', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [
      MADE,
      changes(
        'ada',
        [
          { email: HOME, newsletter: true },
          { email: undefined, newsletter: true },
        ],
        [1, 5],
      ),
    ])
    expect(news(world, HOME)).toBe('false')
    const { body } = await world.api<{ data: unknown[] }>('GET', `/v1/deliveries?integration_id=${id}`)
    expect(body.data).toMatchObject([{ status: 'skipped', reason: 'unresolvable' }])
  })

  test('of three persons one leaves with a denial, which counts until a newer grant', async () => {
    const denied = says('cyd', { email: HOME, newsletter: false }, 4)
    const left = changes(
      'cyd',
      [
        { email: HOME, newsletter: false },
        { email: WORK, newsletter: false },
      ],
      [4, 6],
    )
    const steps = [
      says('ada', { email: HOME, newsletter: true }, 1),
      says('ben', { email: HOME, newsletter: true }, 2),
      denied,
      left,
    ]
    for (const records of ordersOf(steps)) {
      await using world = await aWorld()
      await world.integrates(BY_EMAIL)
      await settlesAfterEach(world, records)
      expect([news(world, HOME), news(world, WORK)]).toEqual(['false', 'false'])
      await world.receives(
        changes(
          'ben',
          [
            { email: HOME, newsletter: false },
            { email: HOME, newsletter: true },
          ],
          [6, 7],
        ),
      )
      await world.settles()
      expect(news(world, HOME)).toBe('true')
    }
  })

  test('what a person grants after they left, or had granted before, is not said of the contact', async () => {
    await using world = await aWorld()
    await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [
      says('ada', { email: HOME, newsletter: false }, 1),
      says('ben', { email: HOME, newsletter: true }, 2),
    ])
    expect(news(world, HOME)).toBe('true')
    await settlesAfterEach(world, [
      changes(
        'ben',
        [
          { email: HOME, newsletter: true },
          { email: WORK, newsletter: true },
        ],
        [2, 3],
      ),
    ])
    expect([news(world, HOME), news(world, WORK)]).toEqual(['false', 'true'])
  })

  test('what a dry run and a comparison show is what a delivery does', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [MADE, says('ben', { email: HOME, newsletter: false }, 2)])
    const supposed = says('cyd', { email: HOME, newsletter: true }, 3)
    const dry = await world.api('POST', `/v1/integrations/${id}/plan`, { person: 'cyd', events: [supposed] })
    expect(JSON.stringify(dry.body)).toContain('"NEWS":"true"')
    const { body: now } = await world.api('GET', `/v1/people/ada/mailchimp?integration_id=${id}`)
    expect(now).toMatchObject({ should_hold: { NEWS: 'false' }, drift: [] })
  })

  test('because of a document nothing is written, and the answer says how many contacts stay behind', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [
      MADE,
      says('ben', { email: HOME, newsletter: true }, 2),
      says('cyd', { email: WORK, newsletter: true }, 2),
    ])
    const before = world.writes().length
    const change = async (changes: Readonly<Record<string, unknown>>) => {
      const { body } = await world.api<{ contacts_left: number }>('PATCH', `/v1/integrations/${id}`, changes)
      await world.settles()
      return body.contacts_left
    }
    expect(await change({ name: 'the shop' })).toBe(0)
    expect(await change({ enabled: false })).toBe(2)
    expect(await change({ enabled: true })).toBe(0)
    expect(await change({ options: { match: 'email' } })).toBe(2)
    expect(await change({ options: { match: 'metadata_email' } })).toBe(2)
    expect(world.writes()).toHaveLength(before)
    await world.api('DELETE', `/v1/integrations/${id}`)
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/audit')
    expect(body.data[0]).toMatchObject({ action: 'integration.removed', detail: { contacts_left: 2 } })
    expect([news(world, HOME), news(world, WORK)]).toEqual(['true', 'true'])
  })

  test('two persons who exchange their addresses come to rest', async () => {
    await using world = await aWorld()
    await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [
      says('ada', { email: HOME, newsletter: true }, 1),
      says('ben', { email: WORK, newsletter: false }, 2),
      changes(
        'ada',
        [
          { email: HOME, newsletter: true },
          { email: WORK, newsletter: true },
        ],
        [1, 3],
      ),
      changes(
        'ben',
        [
          { email: WORK, newsletter: false },
          { email: HOME, newsletter: false },
        ],
        [2, 4],
      ),
    ])
    expect(news(world, HOME)).toBe('false')
    const before = world.writes().length
    await world.passes(60_000)
    expect(world.writes()).toHaveLength(before)
  })
})
