import { describe, expect, test } from 'vitest'
import { AUDIENCE, documentFor, event, KEY, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }

type Refused = { readonly code: string; readonly errors: { path: string; code: string }[] }
type Plan = Refused & {
  readonly do: string
  readonly request: { body: unknown } | null
  readonly because: string | null
}

const says = (who: string, purposes: Readonly<Record<string, boolean>>) =>
  event({ who, at: '2026-11-20T10:00:00Z', purposes })

function draft(changes: object = {}) {
  const { source_id: _beside, ...document } = documentFor('', changes as Record<string, unknown>)
  return document
}

const plan = (world: World, body: object) =>
  world.api<Plan>('POST', '/v1/plans', { source_id: world.source.id, person: ADA, ...body })

const countOf = async (world: World) =>
  (await world.api<{ data: unknown[] }>('GET', '/v1/integrations')).body.data.length

describe('a plan of a document that is not kept', () => {
  test('is that of the integration it would be', async () => {
    await using world = await startWorld({ feed: 'event' })
    await world.receives(says(ADA, { newsletter: true }))
    const { status, body } = await plan(world, { document: draft() })
    expect(status).toBe(200)
    expect(body).toMatchObject({ do: 'update', request: { body: { merge_fields: { NEWS: 'true' } } } })
    const upsert = await plan(world, { document: draft({ upsert_mode: true }) })
    expect(upsert.body).toMatchObject({ do: 'upsert', request: { body: { email_address: ADA } } })
    expect([await countOf(world), world.writes()]).toEqual([0, []])
    const id = await world.integrates()
    expect((await world.api('POST', `/v1/integrations/${id}/plan`, { person: ADA })).body).toEqual(body)
  })

  test('of nobody who is known, with and without an event supposed', async () => {
    await using world = await startWorld()
    expect((await plan(world, { document: draft() })).body).toMatchObject({ do: 'skip', because: 'nothing_mapped' })
    const events = [says(ADA, { newsletter: false })]
    const { body } = await plan(world, { document: draft(), events })
    expect(body).toMatchObject({ do: 'update', request: { body: { merge_fields: { NEWS: 'false' } } } })
    expect((await world.stats()).inbox.received).toBe(0)
  })

  test('that would replace an integration uses its key and knows what it delivered', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    world.mailchimp.addAudience({ id: 'b1b2c3d4e5', merge_fields: [{ tag: 'NEWS', type: 'text' }] })
    const id = await world.integrates()
    await world.receives(says(ADA, { newsletter: true, offers: true }))
    await world.settles()
    const document = draft({ mappings: [NEWS, OFFERS], authentication: { api_key: '********-us6', url: 'us6' } })
    const { body } = await plan(world, { document, integration_id: id })
    expect(body).toMatchObject({ do: 'update', request: { body: { merge_fields: { OFFERS: 'true' } } } })
    const elsewhere = { ...document, mappings: [NEWS], properties: { audience_id: 'b1b2c3d4e5' } }
    expect((await plan(world, { document: elsewhere, integration_id: id })).body).toMatchObject({ do: 'update' })
    const kept = await plan(world, { document })
    expect(kept.body.errors).toMatchObject([{ path: 'document.authentication.api_key' }])
  })

  test.each([
    ['its own faults', { document: draft({ mappings: [{ id: 'NEWS', value: 'x' }] }) }, 'document.mappings[0].value'],
    ['no document', {}, 'document'],
    ['no source', { document: draft(), source_id: 'src_none' }, 'source_id'],
    ['no person', { document: draft(), person: '' }, 'person'],
    [
      'no such audience',
      { document: draft({ properties: { audience_id: 'f00df00d' } }) },
      'document.properties.audience_id',
    ],
    [
      'a key that Mailchimp does not know',
      { document: draft({ authentication: { api_key: KEY.replace('0', 'f'), url: 'us6' } }) },
      'document.authentication.api_key',
    ],
    ['an event that cannot be read', { document: draft(), events: [{}] }, 'events[0].type'],
  ])('is refused for %s, with the field', async (_, body, path) => {
    await using world = await startWorld()
    const refused = await plan(world, body)
    expect([refused.status, refused.body.errors.map(each => each.path)]).toEqual([422, [path]])
  })
})

describe('what a changed document would do', () => {
  const NO_FIELDS = { denied: 0, granted: 0, cleared: 0, other: 0, left: 0 }
  type Impact = {
    readonly changed: number
    readonly fields: Readonly<Record<string, number>>
    readonly sample: { person: string }[]
  }
  type OfFeed = { readonly integrations: readonly { readonly integration_id: string; readonly impact: Impact }[] }

  test('R6c: and the other family of webhooks, for each enabled integration; nothing changes', async () => {
    await using world = await startWorld({ feed: 'event' })
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    const id = await world.integrates()
    await world.integrates({ mappings: [{ id: 'FNAME', value: OFFERS.value }], enabled: false })
    const held = {
      id: 'u1',
      organization_user_id: BOB,
      version: 1,
      updated_at: '2026-11-20T11:00:00Z',
      consents: { purposes: [{ id: 'newsletter', enabled: false }] },
    }
    await world.receives(says(ADA, { newsletter: true }), says(BOB, { newsletter: true }), {
      type: 'user.created',
      parameters: { entity: held },
    })
    await world.settles()
    const writes = world.writes().length
    const weighed = (feed: string, source = world.source.id) =>
      world.api<OfFeed>('POST', `/v1/sources/${source}/impact`, { feed })
    const { body } = await weighed('user')
    expect(body.integrations).toMatchObject([
      {
        integration_id: id,
        // Of Ada the other family says nothing, and nobody is denied by that.
        impact: { people: 2, examined: 2, changed: 2, fields: { ...NO_FIELDS, denied: 1, left: 1 } },
      },
    ])
    expect((await weighed('event')).body.integrations).toMatchObject([{ impact: { changed: 0, fields: NO_FIELDS } }])
    expect((await weighed('user', 'src_none')).status).toBe(404)
    expect((await weighed('both')).status).toBe(422)
    expect(world.writes()).toHaveLength(writes)
    const { body: sources } = await world.api<{ data: unknown[] }>('GET', '/v1/sources')
    expect(sources.data).toMatchObject([{ feed: 'event' }])
  })

  const weigh = (world: World, id: string, body: object) =>
    world.api<Impact & Refused>('POST', `/v1/integrations/${id}/impact`, body)

  test('to nobody', async () => {
    await using world = await startWorld()
    const id = await world.integrates()
    expect((await weigh(world, id, { mappings: [NEWS] })).body).toEqual({
      people: 0,
      examined: 0,
      changed: 0,
      fields: NO_FIELDS,
      sample: [],
    })
    expect((await weigh(world, 'int_none', { mappings: [NEWS] })).status).toBe(404)
  })

  test('to people: who is concerned, and how; nothing is written', async () => {
    await using world = await startWorld({ feed: 'event' })
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const id = await world.integrates()
    await world.receives(says(ADA, { newsletter: true, offers: false }), says(BOB, { newsletter: true }))
    await world.settles()
    const writes = world.writes().length
    const { body } = await weigh(world, id, { mappings: [NEWS, OFFERS] })
    expect(body).toEqual({
      people: 2,
      examined: 2,
      changed: 1,
      fields: { ...NO_FIELDS, denied: 1 },
      sample: [
        {
          person: ADA,
          do: 'update',
          because: null,
          says: null,
          fields_before: { NEWS: 'true' },
          fields_after: { NEWS: 'true', OFFERS: 'false' },
        },
      ],
    })
    expect((await weigh(world, id, { mappings: [NEWS] })).body.changed).toBe(0)
    const clears = await weigh(world, id, { mappings: [NEWS, OFFERS], options: { no_choice: 'clear' } })
    expect(clears.body.sample.map(({ person }) => person)).toEqual([ADA, BOB])
    expect(clears.body.fields).toEqual({ ...NO_FIELDS, denied: 1, cleared: 1 })
    expect(world.writes()).toHaveLength(writes)
  })

  test('is refused with the fields at fault', async () => {
    await using world = await startWorld()
    const id = await world.integrates()
    const { status, body } = await weigh(world, id, { mappings: [{ ...NEWS, id: 'EMAIL' }], options: { match: 'x' } })
    expect([status, body.errors.map(({ path }) => path)]).toEqual([422, ['mappings[0].id', 'options.match']])
    const twice = await weigh(world, id, { mappings: [NEWS, NEWS] })
    expect(twice.body.errors).toMatchObject([{ path: 'mappings[1].id', code: 'merge_tag_mapped_twice' }])
  })
})
