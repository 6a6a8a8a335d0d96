import { describe, expect, test } from 'vitest'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const says = (newsletter: boolean, who = ADA, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

async function worldWith(...contacts: readonly string[]): Promise<World> {
  const world = await startWorld()
  for (const email_address of contacts) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  return world
}

describe('one field, one integration or one contact never stops its neighbours', () => {
  test('R13 I17: a value that Mailchimp refuses is set aside, and the withdrawal beside it is delivered', async () => {
    await using world = await worldWith(ADA)
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'SITE', type: 'url' })
    const mappings = [
      { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
      { id: 'SITE', value: 'metadata_site' },
    ]
    await world.integrates({ mappings })
    const withdrawal = says(false)
    const user = { ...withdrawal.parameters.entity.user, metadata: { site: 'https://.test.example' } }
    await world.receives({ ...withdrawal, parameters: { entity: { ...withdrawal.parameters.entity, user } } })
    await world.settles()

    expect(world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields']).toMatchObject({ NEWS: 'false', SITE: '' })
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'held', reason: 'value_refused' }])
    expect(world.writes().map(({ body: sent }) => sent)).toEqual([
      { merge_fields: { NEWS: 'false', SITE: 'https://.test.example' } },
      { merge_fields: { NEWS: 'false' } },
    ])
  })

  test('an integration removed while its request is under way does not stop the others of its key', async () => {
    await using world = await worldWith(ADA, 'bob@mail.test')
    const removed = await world.integrates()
    const before = world.mailchimp.requests().length
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { delay_ms: 300 } })
    await world.receives(says(true))
    await world.mailchimp.arrived(before + 2)
    expect((await world.api('DELETE', `/v1/integrations/${removed}`)).status).toBe(202)
    await world.integrates()
    await world.receives(says(true, 'bob@mail.test'))
    await world.settles()
    expect(world.mailchimp.contact(AUDIENCE, 'bob@mail.test')?.['merge_fields']).toMatchObject({ NEWS: 'true' })
  })

  test('a document that is replaced while its audience is being read delivers by the new one alone', async () => {
    await using world = await worldWith(ADA)
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const id = await world.integrates()
    const before = world.mailchimp.requests().length
    world.mailchimp.addFault({ match: { path: '/merge-fields' }, count: 1, fault: { delay_ms: 20_000 } })
    await world.receives(says(true))
    await world.mailchimp.arrived(before + 1)
    const mappings = [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }]
    expect((await world.api('PATCH', `/v1/integrations/${id}`, { mappings })).status).toBe(200)
    await world.settles()
    expect(world.writes().map(({ body }) => body)).toEqual([{ merge_fields: { OFFERS: 'true' } }])
  })

  test('R24: another number of connections takes effect at once', async () => {
    const people = Array.from({ length: 12 }, (_, n) => `p${n}@mail.test`)
    await using world = await worldWith(...people)
    const id = await world.integrates({ options: { connections: 1 } })
    world.mailchimp.setLatency(20)
    for (const who of people.slice(0, 6)) await world.receives(says(true, who))
    await world.settles()
    expect(world.mailchimp.stats().max_in_flight).toBe(1)
    await world.api('POST', `/v1/integrations/${id}/pause`)
    await world.api('PATCH', `/v1/integrations/${id}`, { options: { connections: 6 } })
    for (const who of people) await world.receives(says(false, who, '2026-11-23T08:30:00Z'))
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(world.mailchimp.stats().max_in_flight).toBe(6)
  })

  test('a backlog of one integration does not make the grants of another wait for its end', async () => {
    const people = Array.from({ length: 20 }, (_, n) => `p${n}@mail.test`)
    await using world = await worldWith(...people)
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const first = await world.integrates({ options: { connections: 1 } })
    const mappings = [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }]
    const second = await world.integrates({ mappings, options: { connections: 1 } })
    for (const id of [first, second]) await world.api('POST', `/v1/integrations/${id}/pause`)
    for (const who of people) await world.receives(says(true, who))
    for (const id of [first, second]) await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    const tags = world.writes().map(({ body }) => Object.keys((body as { merge_fields: object }).merge_fields)[0])
    expect(tags.slice(0, 20)).toContain('NEWS')
    expect(tags.slice(0, 20)).toContain('OFFERS')
  })

  test('R25: a key that no integration uses any more is forgotten, even while it was held', async () => {
    await using world = await worldWith(ADA)
    const id = await world.integrates()
    const { status } = await world.api('DELETE', `/v1/integrations/${id}`)
    expect(status).toBe(204)
    const asked = world.mailchimp.requests().length
    await world.passes(24 * 3_600_000)
    expect(world.mailchimp.requests()).toHaveLength(asked)
  })

  test('I5: after a change of the audience, the new one is given everything, withdrawals too', async () => {
    await using world = await worldWith(ADA)
    const id = await world.integrates()
    await world.receives(says(false))
    await world.settles()
    world.mailchimp.addAudience({ id: 'b2c3d4e5f6' })
    world.mailchimp.addMergeField('b2c3d4e5f6', { tag: 'NEWS', type: 'text' })
    const granted = { email_address: ADA, status: 'subscribed', merge_fields: { NEWS: 'true' } } as const
    world.mailchimp.addContact('b2c3d4e5f6', granted)
    await world.api('PATCH', `/v1/integrations/${id}`, { properties: { audience_id: 'b2c3d4e5f6' } })
    await world.settles()
    expect(world.mailchimp.contact('b2c3d4e5f6', ADA)?.['merge_fields']).toMatchObject({ NEWS: 'false' })
  })
})
