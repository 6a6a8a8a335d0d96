import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { freshPostgres } from '../databases.ts'
import { AUDIENCE, documentFor, event, KEY, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const says = (purposes: Readonly<Record<string, boolean>>, minute: number) =>
  event({ who: ADA, at: `2026-11-23T08:${String(minute).padStart(2, '0')}:00Z`, purposes })

type Shown = { readonly leaves_at: string | null; readonly held_by: string | null }
type Unproven = { readonly integration_id: string; readonly contact: string | null; readonly tags: readonly string[] }

/** Ada's grant was given up by the client after 30 s, and Mailchimp applies it 100 s after it came in. */
async function afterUnclearGrant(
  changes: Readonly<Record<string, unknown>> = {},
  options: Parameters<typeof startWorld>[0] = {},
): Promise<{ world: World; id: string }> {
  const world = await startWorld(options)
  world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  const id = await world.integrates(changes)
  const fault = { stall: true, apply_late_ms: 100 * SECOND }
  world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault })
  await world.receives(says({ newsletter: true }, 0))
  await world.passes(60 * SECOND)
  return { world, id }
}

const fields = (world: World) => world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields'] as Record<string, unknown>
const sent = (world: World) => world.writes().map(({ body }) => (body as { merge_fields: unknown }).merge_fields)
const unproven = async (world: World) => (await world.api<{ data: Unproven[] }>('GET', '/v1/unproven')).body.data
const actions = async (world: World) =>
  (await world.api<{ data: { action: string; subject: string }[] }>('GET', '/v1/audit')).body.data

describe('R22: an integration that is removed in a window', () => {
  test('is not listed any more, takes no orders, and is gone when it has asserted the newest state', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    const { status, body } = await world.api<Shown>('DELETE', `/v1/integrations/${id}`)
    expect(status).toBe(202)
    expect(body).toEqual({ leaves_at: new Date(world.now() + DAY).toISOString() })
    expect((await world.api<{ data: unknown[] }>('GET', '/v1/integrations')).body.data).toEqual([])
    const shown = await world.api<Shown>('GET', `/v1/integrations/${id}`)
    expect(shown.body).toMatchObject({ ...body, held_by: 'leaving' })
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/check'],
    ] as const)
      expect((await world.api(method, `/v1/integrations/${id}${path}`)).status).toBe(404)
    expect((await world.api('PATCH', `/v1/integrations/${id}`, { enabled: false })).status).toBe(404)
    await world.receives(says({ newsletter: false }, 10))
    await world.passes(5 * MINUTE)
    expect(fields(world)['NEWS']).toBe('false')
    expect((await world.api('GET', `/v1/integrations/${id}`)).status).toBe(404)
    expect(await unproven(world)).toEqual([])
    expect(world.app.worker.gauges()).toEqual([])
  })

  test('owes nothing new, not even to people of whom nothing may come late', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    await world.api('DELETE', `/v1/integrations/${id}`)
    const before = world.writes().length
    await world.receives(event({ who: 'bob@mail.test', at: '2026-11-23T08:20:00Z', purposes: { newsletter: true } }))
    await world.passes(30 * SECOND)
    expect(world.writes()).toHaveLength(before)
  })

  test('is gone at once when nothing of it may come late', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    await world.passes(5 * MINUTE)
    expect(await world.api('DELETE', `/v1/integrations/${id}`)).toMatchObject({ status: 204 })
    expect((await world.api('GET', `/v1/integrations/${id}`)).status).toBe(404)
  })

  test('lists what it could not assert within a day, with contact and tag, and forgets its key', async () => {
    const { world, id } = await afterUnclearGrant({ name: 'the shop' })
    await using _ = world
    world.mailchimp.addKey({ key: KEY, state: 'disabled' })
    await world.receives(says({ newsletter: false }, 10))
    await world.passes(10 * SECOND)
    await world.api('DELETE', `/v1/integrations/${id}`)
    await world.passes(23 * HOUR)
    expect(await unproven(world)).toEqual([])
    await world.passes(2 * HOUR)
    const contact = world.mailchimp.contact(AUDIENCE, ADA)?.['id']
    expect(await unproven(world)).toMatchObject([
      { integration_id: id, integration_name: 'the shop', audience_id: AUDIENCE, person: ADA, contact, tags: ['NEWS'] },
    ])
    expect(await actions(world)).toContainEqual(
      expect.objectContaining({ action: 'integration.unproven', subject: id, actor: 'the service' }),
    )
    expect((await world.api('GET', `/v1/integrations/${id}`)).status).toBe(404)
    expect(world.app.worker.gauges()).toEqual([])
  })

  test('asserts as soon as what held it is mended', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    world.mailchimp.addKey({ key: KEY, state: 'disabled' })
    await world.receives(says({ newsletter: false }, 10))
    await world.passes(10 * SECOND)
    await world.api('DELETE', `/v1/integrations/${id}`)
    await world.passes(2 * HOUR)
    expect(fields(world)['NEWS']).toBe('true')
    world.mailchimp.addKey({ key: KEY, state: 'active' })
    await world.passes(20 * MINUTE)
    expect(fields(world)['NEWS']).toBe('false')
    expect(await unproven(world)).toEqual([])
  })

  test('leaves the tag to the integration that fills it then, by whose document it is asserted', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    await world.api('DELETE', `/v1/integrations/${id}`)
    await world.receives(says({ newsletter: true, offers: false }, 10))
    await world.api(
      'POST',
      '/v1/integrations',
      documentFor(world.source.id, { mappings: [{ ...NEWS, value: OFFERS.value }] }),
    )
    await world.passes(5 * MINUTE)
    expect(fields(world)['NEWS']).toBe('false')
    expect((await world.api('GET', `/v1/integrations/${id}`)).status).toBe(404)
  })
})

describe('R22: a document that is replaced in a window', () => {
  test('lists what it could not assert, under the name that it had', async () => {
    const { world, id } = await afterUnclearGrant({ name: 'the shop' })
    await using _ = world
    const other = 'fedcba9876543210fedcba9876543210-us6'
    world.mailchimp.addKey({ key: other })
    world.mailchimp.addAudience({ id: 'f6e5d4c3b2', merge_fields: [{ tag: 'NEWS', type: 'text' }] })
    await world.api('PATCH', `/v1/integrations/${id}`, {
      authentication: { api_key: other, url: 'us6' },
      properties: { audience_id: 'f6e5d4c3b2' },
    })
    world.mailchimp.addKey({ key: KEY, state: 'disabled' })
    await world.passes(25 * HOUR)
    expect(await unproven(world)).toMatchObject([
      { integration_name: 'the shop', audience_id: AUDIENCE, tags: ['NEWS'] },
    ])
    expect((await world.api('GET', `/v1/integrations/${id}`)).body).toMatchObject({ leaves_at: null, held_by: null })
  })

  test('asserts only the tags that the new one does not fill, and touches no other', async () => {
    const { world, id } = await afterUnclearGrant({ mappings: [NEWS, OFFERS] })
    await using _ = world
    await world.receives(says({ newsletter: false, offers: true }, 10))
    await world.passes(5 * SECOND)
    const before = world.writes().length
    await world.api('PATCH', `/v1/integrations/${id}`, { mappings: [OFFERS] })
    await world.passes(5 * MINUTE)
    expect(fields(world)).toMatchObject({ NEWS: 'false', OFFERS: 'true' })
    expect(sent(world).slice(before)).toContainEqual({ NEWS: 'false' })
  })
})

describe('R22: an integration that is paused in a window', () => {
  test('asserts only what may come late; the rest waits for the end of the pause', async () => {
    const { world, id } = await afterUnclearGrant({ mappings: [NEWS, OFFERS] })
    await using _ = world
    await world.api('POST', `/v1/integrations/${id}/pause`)
    const before = world.writes().length
    await world.receives(says({ newsletter: false, offers: true }, 10))
    await world.passes(10 * MINUTE)
    expect(sent(world).slice(before)).toEqual([{ NEWS: 'false' }])
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'held', reason: 'paused' }])
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(fields(world)).toMatchObject({ NEWS: 'false', OFFERS: 'true' })
  })

  test('has nothing left to do when that was all it owed', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    await world.receives(says({ newsletter: false }, 10))
    await world.passes(5 * SECOND)
    await world.api('POST', `/v1/integrations/${id}/pause`)
    await world.passes(10 * MINUTE)
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'delivered' }])
  })

  test('waits while its audience is missing, and asserts once that is back', async () => {
    const { world, id } = await afterUnclearGrant()
    await using _ = world
    await world.receives(says({ newsletter: false }, 10))
    await world.passes(5 * SECOND)
    await world.api('POST', `/v1/integrations/${id}/pause`)
    world.mailchimp.addFault({ match: {}, fault: { status: 503 } })
    await world.passes(HOUR)
    expect(fields(world)['NEWS']).toBe('true')
    world.mailchimp.clearFaults()
    await world.passes(HOUR)
    expect(fields(world)['NEWS']).toBe('false')
  })
})

test('R21 R22: a resync asked for during a request asserts everything once more after it', async () => {
  await using world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  const id = await world.integrates()
  await world.settles()
  world.mailchimp.setLatency(20 * SECOND)
  await world.receives(says({ newsletter: true }, 0))
  // The merge fields are read first.
  await world.passes(25 * SECOND)
  expect(sent(world)).toHaveLength(1)
  await world.api('POST', `/v1/integrations/${id}/resync`, {})
  await world.app.replays.idle()
  await world.app.replays.idle()
  await world.settles()
  expect(sent(world)).toEqual([{ NEWS: 'true' }, { NEWS: 'true' }])
})

test('R22: so it is on PostgreSQL', async () => {
  const fresh = await freshPostgres()
  try {
    const { world, id } = await afterUnclearGrant({}, { databaseUrl: fresh.url })
    await using _ = world
    await world.receives(says({ newsletter: false, offers: false }, 10))
    await world.api('POST', `/v1/integrations/${id}/pause`)
    await world.api('PATCH', `/v1/integrations/${id}`, { mappings: [OFFERS] })
    await world.api('DELETE', `/v1/integrations/${id}`)
    const mappings = [{ ...NEWS, value: OFFERS.value }]
    await world.api('POST', '/v1/integrations', documentFor(world.source.id, { mappings }))
    await world.passes(10 * MINUTE)
    expect(fields(world)['NEWS']).toBe('false')
    expect(await unproven(world)).toEqual([])
  } finally {
    await fresh.db.close()
  }
})
