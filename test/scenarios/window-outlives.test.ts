import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { AUDIENCE, documentFor, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const OTHER_AUDIENCE = 'f6e5d4c3b2'
const OTHER_KEY = 'fedcba9876543210fedcba9876543210-us6'
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const LATE = { stall: true, apply_late_ms: 100 * SECOND }

const says = (granted: boolean, at: string) =>
  event({ who: ADA, at, purposes: { newsletter: granted, offers: granted } })
const GRANT = says(true, '2026-11-23T08:00:00Z')
const REFUSAL = says(false, '2026-11-23T08:10:00Z')

async function aWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(options)
  world.mailchimp.addAudience({ id: OTHER_AUDIENCE })
  world.mailchimp.addKey({ key: OTHER_KEY })
  for (const audience of [AUDIENCE, OTHER_AUDIENCE]) {
    for (const tag of audience === AUDIENCE ? ['OFFERS'] : ['NEWS', 'OFFERS'])
      world.mailchimp.addMergeField(audience, { tag, type: 'text' })
    world.mailchimp.addContact(audience, { email_address: ADA, status: 'subscribed' })
  }
  return world
}

const fieldOf = (world: World, tag = 'NEWS', audience = AUDIENCE): unknown =>
  (world.mailchimp.contact(audience, ADA)?.['merge_fields'] as Record<string, unknown>)[tag]

type Act = (world: World, id: string) => Promise<unknown>
const patch =
  (changes: Readonly<Record<string, unknown>>): Act =>
  (world, id) =>
    world.api('PATCH', `/v1/integrations/${id}`, changes)
const remove: Act = (world, id) => world.api('DELETE', `/v1/integrations/${id}`)
const inTurn =
  (...acts: readonly Act[]): Act =>
  async (world, id) => {
    for (const act of acts) await act(world, id)
  }
const another =
  (changes: Readonly<Record<string, unknown>> = {}): Act =>
  async world => {
    const made = await world.api('POST', '/v1/integrations', documentFor(world.source.id, changes))
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  }

const ACTS: Readonly<Record<string, Act>> = {
  nothing: () => Promise.resolve(),
  'a pause': (world, id) => world.api('POST', `/v1/integrations/${id}/pause`),
  'a pause that ends': inTurn(
    (world, id) => world.api('POST', `/v1/integrations/${id}/pause`),
    world => world.passes(20 * SECOND),
    (world, id) => world.api('POST', `/v1/integrations/${id}/resume`),
  ),
  'a removal': remove,
  'a removal while paused': inTurn((world, id) => world.api('POST', `/v1/integrations/${id}/pause`), remove),
  'being disabled': patch({ enabled: false }),
  'being disabled, then removed': inTurn(patch({ enabled: false }), remove),
  'being disabled and enabled again': inTurn(patch({ enabled: false }), patch({ enabled: true })),
  'being disabled, and another one that fills the tag': inTurn(patch({ enabled: false }), another()),
  'being removed, and another one that fills the tag': inTurn(remove, another({ name: 'the heir' })),
  'being removed, and one with another key that fills the tag': inTurn(
    remove,
    another({ authentication: { api_key: OTHER_KEY, url: 'us6' } }),
  ),
  'another tag': patch({ mappings: [OFFERS] }),
  'another tag, then none': inTurn(patch({ mappings: [OFFERS] }), patch({ enabled: false })),
  'a tag more': patch({ mappings: [NEWS, OFFERS] }),
  'another path': patch({ mappings: [{ ...NEWS, value: OFFERS.value }] }),
  'another audience': patch({ properties: { audience_id: OTHER_AUDIENCE } }),
  'another audience and back': inTurn(
    patch({ properties: { audience_id: OTHER_AUDIENCE } }),
    patch({ properties: { audience_id: AUDIENCE } }),
  ),
  'another key': patch({ authentication: { api_key: OTHER_KEY, url: 'us6' } }),
  'another key and audience': patch({
    authentication: { api_key: OTHER_KEY, url: 'us6' },
    properties: { audience_id: OTHER_AUDIENCE },
  }),
  'another way to find contacts': patch({ options: { match: 'metadata_email' } }),
  upserts: patch({ upsert_mode: true }),
}

/** When it is done, counted from the grant. The request is given up after 30 s, and applied after 100 s. */
const TIMES = { 'while the request is under way': 10 * SECOND, 'when it was given up': 60 * SECOND }

/** When the person refuses: just before the act or just after it, or later in the window. */
const REFUSALS = ['before', 'after', 'later'] as const

const CASES = Object.entries(ACTS).flatMap(([name, act]) =>
  Object.entries(TIMES).flatMap(([time, at]) => REFUSALS.map(refusal => [name, time, refusal, act, at] as const)),
)

async function unprovenIn(world: World): Promise<readonly unknown[]> {
  const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/unproven')
  return body.data
}

describe('R22: a late grant does not outlive its refusal', () => {
  test.each(CASES)('with %s %s, and a refusal %s', async (_, __, refusal, act, at) => {
    await using world = await aWorld()
    const id = await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: LATE })
    await world.receives(GRANT)
    await world.passes(at)
    if (refusal === 'before') await world.receives(REFUSAL)
    await act(world, id)
    if (refusal === 'after') await world.receives(REFUSAL)
    await world.passes(15 * SECOND)
    if (refusal === 'later') await world.receives(REFUSAL)
    await world.passes(10 * MINUTE)
    expect(fieldOf(world)).toBe('false')
    expect(await unprovenIn(world)).toEqual([])
    const requests = world.writes().length
    await world.passes(26 * HOUR)
    expect(world.writes()).toHaveLength(requests)
    expect(await unprovenIn(world)).toEqual([])
  })

  test('with the window switched off it does, so these tests can fail', async () => {
    await using world = await aWorld({ windowSeconds: 0 })
    const id = await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: LATE })
    await world.receives(GRANT)
    await world.passes(60 * SECOND)
    await world.receives(REFUSAL)
    await world.passes(10 * SECOND)
    await remove(world, id)
    await world.passes(10 * MINUTE)
    expect(fieldOf(world)).toBe('true')
  })
})
