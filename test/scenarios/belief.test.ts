import { describe, expect, test } from 'vitest'
import { EXPLANATIONS } from '../../src/domain/reason.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const NEW = 'ada.new@mail.test'

const says = (answer: boolean, minute: number) =>
  event({
    who: ADA,
    user: 'u1',
    at: `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`,
    purposes: { newsletter: answer },
  })

async function worldWithAda(changes: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const world = await startWorld({ feed: 'event' })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates(changes)
  return world
}

const news = (world: World, address = ADA): unknown => {
  const contact = world.mailchimp.contact(AUDIENCE, address)
  return (contact?.['merge_fields'] as Readonly<Record<string, unknown>> | undefined)?.['NEWS']
}

async function hears(world: World, ...records: readonly unknown[]): Promise<number> {
  const before = world.writes().length
  await world.receives(...records)
  await world.settles()
  return world.writes().length - before
}

describe('R21: what somebody changed at Mailchimp is put right by the person’s next choice', () => {
  test.each<[what: string, act: (world: World) => void]>([
    [
      'a marketer edits the field',
      world => world.mailchimp.act(AUDIENCE, ADA, { do: 'edit', merge_fields: { NEWS: 'true' } }),
    ],
    [
      'the contact is removed and added again',
      world => {
        world.mailchimp.act(AUDIENCE, ADA, { do: 'remove' })
        world.mailchimp.addContact(AUDIENCE, {
          email_address: ADA,
          status: 'subscribed',
          merge_fields: { NEWS: 'true' },
        })
      },
    ],
    [
      'the merge field is made anew',
      world => {
        world.mailchimp.removeMergeField(AUDIENCE, 'NEWS')
        world.mailchimp.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
      },
    ],
  ])('%s', async (_, act) => {
    await using world = await worldWithAda()
    await hears(world, says(true, 1), says(false, 2))
    expect(news(world)).toBe('false')
    act(world)
    expect(await hears(world, says(false, 9)), 'one call').toBe(1)
    expect(news(world)).toBe('false')
  })

  test('a repeated choice costs one call, a repeated webhook none, and evidence none', async () => {
    await using world = await worldWithAda()
    const first = says(true, 1)
    expect(await hears(world, first)).toBe(1)
    expect(await hears(world, first)).toBe(0)
    expect(await hears(world, says(true, 2))).toBe(1)
    const entity = { id: 'u1', organization_user_id: ADA, version: 2, updated_at: '2026-11-20T10:02:00Z' }
    const purposes = [{ id: 'newsletter', enabled: true }]
    const evidence = { type: 'user.created', parameters: { entity: { ...entity, consents: { purposes } } } }
    expect(await hears(world, evidence)).toBe(0)
  })

  test('a choice costs one call for the fields that it states, and none for the others', async () => {
    await using world = await worldWithAda({
      mappings: [
        { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
        { id: 'FNAME', value: 'consents_purposes_offers_enabled' },
      ],
    })
    const offers = (at: string) => event({ who: ADA, user: 'u1', at, purposes: { offers: true } })
    await hears(world, says(true, 1), offers('2026-11-20T10:01:00Z'))
    await hears(world, offers('2026-11-20T10:05:00Z'))
    expect(world.writes().at(-1)?.body).toEqual({ merge_fields: { FNAME: 'true' } })
  })
})

describe('R19, R16e: a contact that is gone', () => {
  test('is not made again by a refusal, and is by a grant that comes later', async () => {
    await using world = await worldWithAda({ upsert_mode: true })
    await hears(world, says(true, 1))
    world.mailchimp.act(AUDIENCE, ADA, { do: 'remove' })
    await hears(world, says(false, 2))
    expect(world.mailchimp.contact(AUDIENCE, ADA)).toBeUndefined()
    const { body } = await world.api<{ data: { reason: string }[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ reason: 'contact_gone' }])
    await hears(world, says(true, 3))
    expect(news(world)).toBe('true')
  })

  type Failed = { readonly id: string; readonly kind: string; readonly withdrawals: number; readonly next: string }
  const failures = async (world: World): Promise<readonly Failed[]> =>
    (await world.api<{ data: readonly Failed[] }>('GET', '/v1/failures')).body.data

  test.each([
    ['the contact is added again, and the failure replayed', 'false'],
    ['the person grants again', undefined],
  ] as const)('while a withdrawal is owed is a failure until %s', async (what, after) => {
    await using world = await worldWithAda()
    await hears(world, says(true, 1))
    world.mailchimp.act(AUDIENCE, ADA, { do: 'remove' })
    await hears(world, says(false, 2))
    const [failure] = await failures(world)
    expect(failure).toMatchObject({ kind: 'gone', cause: 'contact_gone', count: 1, withdrawals: 1 })
    expect(failure).toMatchObject({ example: { person: ADA }, next: EXPLANATIONS.contact_gone.next })
    if (after === undefined) await hears(world, says(true, 3))
    else {
      world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed', merge_fields: { NEWS: 'true' } })
      await world.api('POST', '/v1/replays', { failure_id: failure?.id ?? '' })
      await world.app.replays.idle()
      await world.settles()
    }
    expect(news(world)).toBe(after)
    expect(await failures(world), what).toEqual([])
  })

  test.each([
    ['a grant', says(true, 2)],
    [
      'a choice of something that is not mapped',
      event({ who: ADA, at: '2026-11-20T10:03:00Z', purposes: { offers: false } }),
    ],
  ])('and is told %s is no failure', async (_what, told) => {
    await using world = await worldWithAda()
    await hears(world, says(true, 1))
    world.mailchimp.act(AUDIENCE, ADA, { do: 'remove' })
    await hears(world, told)
    expect(await failures(world)).toEqual([])
  })

  test('and was never there before is a plain absence', async () => {
    await using world = await startWorld({ feed: 'event' })
    await world.integrates()
    await hears(world, says(false, 1))
    const { body } = await world.api<{ data: { reason: string }[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ reason: 'no_such_contact' }])
  })
})

describe('R16e: a contact that was renamed at Mailchimp', () => {
  test.each([true, false])(
    'is denied under its new address, and no second contact is made (upsert %s)',
    async upsert_mode => {
      await using world = await worldWithAda({ upsert_mode })
      await hears(world, says(true, 1))
      world.mailchimp.act(AUDIENCE, ADA, { do: 'rename', to: NEW })
      await hears(world, says(false, 2))
      expect(news(world, NEW)).toBe('false')
      expect(world.mailchimp.contacts(AUDIENCE)).toHaveLength(1)
    },
  )

  /** She denied, was renamed, and grants what waits for that. */
  async function renamedAndGranted(): Promise<World> {
    const world = await worldWithAda()
    await hears(world, says(false, 1))
    world.mailchimp.act(AUDIENCE, ADA, { do: 'rename', to: NEW })
    await hears(world, says(true, 2))
    return world
  }

  test('is granted nothing there, which is held with its reason', async () => {
    await using world = await renamedAndGranted()
    expect(news(world, NEW)).toBe('false')
    const { body } = await world.api<{ data: { status: string; reason: string }[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'held', reason: 'contact_renamed' }])
    await hears(world, says(false, 3))
    expect(news(world, NEW)).toBe('false')
  })

  type Renamed = { id: string; moved_to: string; accepted: boolean; waiting: number; person: string }
  const renamed = async (world: World) => (await world.api<{ data: Renamed[] }>('GET', '/v1/renamed')).body.data
  const accepts = async (world: World, { id, moved_to }: { id: string; moved_to: string }) => {
    const { status } = await world.api('POST', `/v1/renamed/${id}/accept`, { moved_to })
    await world.settles()
    return status
  }

  test('is listed, and granted under its new address once an operator accepts that', async () => {
    await using world = await renamedAndGranted()
    const [listed] = await renamed(world)
    expect(listed).toMatchObject({ person: ADA, accepted: false, waiting: 1 })
    for (let n = 0; n < 2; n++) expect(await accepts(world, listed as Renamed)).toBe(200)
    expect(news(world, NEW)).toBe('true')
    expect(await renamed(world)).toMatchObject([{ id: listed?.id, accepted: true, waiting: 0 }])
    expect(world.mailchimp.contacts(AUDIENCE)).toHaveLength(1)
    await hears(world, says(false, 3))
    expect(news(world, NEW)).toBe('false')
    await hears(world, says(true, 4))
    expect(news(world, NEW)).toBe('true')
    const { body } = await world.api<{ data: { action: string }[] }>('GET', '/v1/audit')
    expect(body.data.filter(({ action }) => action === 'renamed.accepted')).toHaveLength(1)
  })

  test.each([
    ['by the same path', 'consents_purposes_newsletter_enabled'],
    ['by another path', 'consents_purposes_offers_enabled'],
  ] as const)(
    'is granted there also by an integration that never sent it anything, once accepted: %s',
    async (_what, value) => {
      await using world = await worldWithAda()
      await hears(world, says(false, 1))
      world.mailchimp.act(AUDIENCE, ADA, { do: 'rename', to: NEW })
      await hears(world, says(true, 2))
      const second = await world.integrates({ mappings: [{ id: 'FNAME', value }] })
      await hears(world, event({ who: ADA, user: 'u1', at: '2026-11-20T10:03:00Z', purposes: { offers: true } }))
      const path = `/v1/deliveries?integration_id=${second}`
      const { body } = await world.api<{ data: unknown[] }>('GET', path)
      expect(body.data).toMatchObject([{ status: 'held', reason: 'contact_renamed' }])
      const [listed] = await renamed(world)
      expect(listed).toMatchObject({ waiting: 1 })
      await accepts(world, listed as Renamed)
      expect(world.mailchimp.contact(AUDIENCE, NEW)).toMatchObject({ merge_fields: { NEWS: 'true', FNAME: 'true' } })
    },
  )

  test('and once more is not granted under an address that nobody accepted', async () => {
    await using world = await renamedAndGranted()
    const [first] = await renamed(world)
    await accepts(world, first as Renamed)
    world.mailchimp.act(AUDIENCE, NEW, { do: 'rename', to: 'third@mail.test' })
    await hears(world, says(false, 3))
    await hears(world, says(true, 4))
    expect(news(world, 'third@mail.test')).toBe('false')
    const [second] = await renamed(world)
    expect(second).toMatchObject({ accepted: false, waiting: 1 })
    expect(await accepts(world, { id: second?.id ?? '', moved_to: first?.moved_to ?? '' })).toBe(409)
    expect(await accepts(world, second as Renamed)).toBe(200)
    expect(news(world, 'third@mail.test')).toBe('true')
  })

  test('and back again needs no acceptance, and none is left over', async () => {
    await using world = await renamedAndGranted()
    const [first] = await renamed(world)
    await accepts(world, first as Renamed)
    world.mailchimp.act(AUDIENCE, NEW, { do: 'rename', to: ADA })
    await hears(world, says(false, 3))
    expect(await renamed(world)).toEqual([])
    expect(await accepts(world, first as Renamed)).toBe(404)
    world.mailchimp.act(AUDIENCE, ADA, { do: 'rename', to: NEW })
    await hears(world, says(true, 4))
    expect(news(world, NEW)).toBe('false')
  })

  test('and back again is granted as before', async () => {
    await using world = await worldWithAda()
    await hears(world, says(true, 1))
    world.mailchimp.act(AUDIENCE, ADA, { do: 'rename', to: NEW })
    await hears(world, says(false, 2))
    world.mailchimp.act(AUDIENCE, NEW, { do: 'rename', to: ADA })
    await hears(world, says(false, 3), says(true, 4))
    expect(news(world)).toBe('true')
  })
})
