import { describe, expect, test } from 'vitest'
import { noteOn } from '../../src/domain/choice-note.ts'
import { event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const EVE = 'eve@mail.test'
const AT = '2026-11-20T10:00:00Z'
const LATER = '2026-11-21T10:00:00Z'
const NEWSLETTER = 'purpose "newsletter"'

type Shown = {
  readonly choices: readonly {
    readonly place: string
    readonly answer: unknown
    readonly retracted: string | null
    readonly denied_under: string | null
    readonly says: string | null
  }[]
}

/** The choices of a person as the person's page and a dry run show them; both must agree. */
async function choicesOf(world: World, person: string, integrationId: string) {
  const { body: page } = await world.api<{ sources: readonly Shown[] }>(
    'GET',
    `/v1/people/${encodeURIComponent(person)}`,
  )
  const { body: plan } = await world.api<Shown>('POST', `/v1/integrations/${integrationId}/plan`, { person })
  expect(plan.choices).toEqual(page.sources[0]?.choices)
  return page.sources[0]?.choices
}

const userOf = (person: string | undefined, version: number, newsletter: boolean | null) => ({
  id: 'device-1',
  ...(person === undefined ? {} : { organization_user_id: person }),
  version,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: version === 1 ? AT : LATER,
  consents: { purposes: [{ id: 'newsletter', enabled: newsletter }] },
})

const updates = (older: object, newer: object) => ({
  type: 'user.updated',
  parameters: { old_entity: older, new_entity: newer },
})

describe('a choice that was taken away is shown as denied, and says why', () => {
  test('R6a: the event behind it was deleted', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    const grant = event({ who: ADA, at: AT, purposes: { newsletter: true } })
    await world.receives(grant, { ...grant, type: 'event.deleted' })
    await world.settles()
    const says = noteOn({ retracted: 'event_deleted' })
    expect(await choicesOf(world, ADA, id)).toMatchObject([
      { place: NEWSLETTER, answer: false, retracted: 'event_deleted', denied_under: null, says },
    ])
  })

  test('R6a: Didomi shows no choice there any more', async () => {
    await using world = await startWorld({ feed: 'user' })
    const id = await world.integrates()
    await world.receives({ type: 'user.created', parameters: { entity: userOf(ADA, 1, true) } })
    await world.receives(updates(userOf(ADA, 1, true), userOf(ADA, 2, null)))
    await world.settles()
    const says = noteOn({ retracted: 'no_choice' })
    expect(await choicesOf(world, ADA, id)).toMatchObject([{ answer: false, retracted: 'no_choice', says }])
  })

  test('R5e: the device moved to another person, who is not named', async () => {
    await using world = await startWorld({ feed: 'user' })
    const id = await world.integrates()
    await world.receives({ type: 'user.created', parameters: { entity: userOf(ADA, 1, true) } })
    await world.receives(updates(userOf(ADA, 1, true), userOf(EVE, 2, true)))
    await world.settles()
    const says = noteOn({ retracted: 'moved' })
    expect(await choicesOf(world, ADA, id)).toMatchObject([{ answer: false, retracted: 'moved', says }])
    expect(await choicesOf(world, EVE, id)).toMatchObject([{ answer: true, retracted: null, says: null }])
    for (const [own, other] of [
      [ADA, EVE],
      [EVE, ADA],
    ] as const)
      expect(JSON.stringify((await world.api('GET', `/v1/people/${encodeURIComponent(own)}`)).body)).not.toContain(
        other,
      )
  })

  test('R7: of two regulations the one that denies is named, and only where the other one grants', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates({ options: { regulations: ['gdpr', 'cpra'] } })
    const under = (regulation: string, purposes: Readonly<Record<string, boolean>>, at: string) => {
      const { type, parameters } = event({ who: ADA, at, purposes })
      return { type, parameters: { entity: { ...parameters.entity, regulation } } }
    }
    await world.receives(
      under('cpra', { newsletter: false, offers: false }, AT),
      under('gdpr', { newsletter: true, offers: false, news: true }, LATER),
    )
    await world.settles()
    expect(await choicesOf(world, ADA, id)).toMatchObject([
      { place: 'purpose "news"', answer: true, denied_under: null, says: null },
      { place: NEWSLETTER, answer: false, denied_under: 'cpra', says: noteOn({ deniedUnder: 'cpra' }) },
      { place: 'purpose "offers"', answer: false, denied_under: null, says: null },
    ])
  })
})

test('R5: a fact that its Didomi user names is marked, and one that names its person itself is not', async () => {
  await using world = await startWorld({ feed: 'event' })
  await world.integrates()
  await world.receives(
    event({ who: undefined, user: 'device-1', at: AT, purposes: { newsletter: true } }),
    event({ who: undefined, user: 'device-2', at: AT, purposes: { newsletter: true } }),
    event({ who: ADA, user: 'device-1', at: LATER, purposes: { newsletter: false } }),
  )
  await world.settles()
  type Facts = { readonly sources: readonly { readonly facts: readonly { at: string; adopted: boolean }[] }[] }
  const { body } = await world.api<Facts>('GET', `/v1/people/${encodeURIComponent(ADA)}`)
  expect(body.sources[0]?.facts).toMatchObject([{ adopted: true }, { adopted: false }])
  const { body: events } = await world.api('GET', '/v1/events')
  expect(events).toMatchObject({
    data: [
      { person: ADA, adopted: false },
      { person: null, adopted: false, deliveries: [] },
      { person: ADA, adopted: true },
    ],
  })
})
