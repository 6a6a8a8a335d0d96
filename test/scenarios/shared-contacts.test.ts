import { describe, expect, test } from 'vitest'
import {
  BY_EMAIL,
  changes,
  entityOf,
  at,
  HOME,
  news,
  says,
  settlesAfterEach,
  WORK,
  aSharedWorld as aWorld,
} from '../shared-records.ts'
import { AUDIENCE } from '../world.ts'

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

  test('a value that the new contact cannot take is taken back from the one that was left', async () => {
    await using world = await aWorld()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'NAME', type: 'text' })
    const mappings = [
      { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
      { id: 'NAME', value: 'metadata_name' },
    ]
    await world.integrates({ ...BY_EMAIL, mappings })
    await settlesAfterEach(world, [says('ada', { email: HOME, newsletter: true, name: 'Ada' }, 1)])
    expect(news(world, HOME)).toBe('true')
    const fault = { status: 400, title: 'Invalid Resource', detail: 'Please provide a valid email address.' }
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: WORK }, fault })
    // After a failure at the contact that was left, the own one has its turn first.
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: HOME }, count: 1, fault: { status: 500 } })
    const before = { email: HOME, newsletter: true, name: 'Ada' }
    await world.receives(changes('ada', [before, { email: WORK, newsletter: false, name: 'Ada' }], [1, 5]))
    await world.settles()
    expect(news(world, HOME)).toBe('false')
    expect((await world.stats()).deliveries).toMatchObject({ waiting: 0 })
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
