import { describe, expect, test } from 'vitest'
import { AUDIENCE, documentFor, event, startWorld, type World } from '../world.ts'

type Problem = { readonly path: string; readonly code: string; readonly remedy: string }
type Answer = { readonly code: string; readonly errors: readonly Problem[] }

const ADA = 'ada@mail.test'
const CONFIRMS = 'c0ffee0001'
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const BOTH = { upsert_mode: true, mappings: [NEWS, OFFERS] }

async function aWorld(): Promise<World> {
  const world = await startWorld()
  world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
  world.mailchimp.addAudience({
    id: CONFIRMS,
    name: 'Those who confirm',
    double_optin: true,
    marketing_permissions: [{ id: 'mail', text: 'By mail' }],
  })
  world.mailchimp.addMergeField(CONFIRMS, { tag: 'NEWS', type: 'text' })
  return world
}

const adaIn = (world: World) => world.mailchimp.contact(AUDIENCE, ADA)

describe('R20: a new contact', () => {
  test.each<[what: string, subscribeWhen: readonly string[], purposes: Record<string, boolean>, status: string]>([
    ['who granted all', [], { newsletter: true, offers: true }, 'subscribed'],
    ['who granted one and was not asked for the other', [], { newsletter: true }, 'subscribed'],
    ['who granted one and refused the other', [], { newsletter: true, offers: false }, 'transactional'],
    ['who refused all', [], { newsletter: false, offers: false }, 'transactional'],
    ['who granted what counts', ['NEWS'], { newsletter: true, offers: false }, 'subscribed'],
    ['who refused what counts', ['news'], { newsletter: false, offers: true }, 'transactional'],
    ['who was not asked for what counts', ['OFFERS'], { newsletter: true }, 'transactional'],
  ])('%s (subscribe_when %j) has the right status', async (_, subscribe_when, purposes, status) => {
    await using world = await aWorld()
    await world.integrates({ ...BOTH, options: { new_contact_status: 'subscribed', subscribe_when } })
    await world.receives(event({ who: ADA, at: '2026-11-23T08:00:00Z', purposes }))
    await world.settles()
    expect(adaIn(world)).toMatchObject({ status })
  })

  test('carries the time of its newest grant as its evidence', async () => {
    await using world = await aWorld()
    await world.integrates(BOTH)
    await world.receives(
      event({ who: ADA, at: '2026-11-20T07:00:00Z', purposes: { newsletter: true } }),
      event({ who: ADA, at: '2026-11-21T07:30:15.250Z', purposes: { offers: true } }),
    )
    await world.settles()
    expect(adaIn(world)).toMatchObject({ status: 'transactional', timestamp_signup: '2026-11-21T07:30:15+00:00' })
  })

  test('who granted nothing carries none', async () => {
    await using world = await aWorld()
    await world.integrates(BOTH)
    await world.receives(event({ who: ADA, at: '2026-11-20T07:00:00Z', purposes: { newsletter: false } }))
    await world.settles()
    expect(world.writes()[0]?.body).not.toHaveProperty('timestamp_signup')
  })
})

describe('R20: in an audience with double opt-in', () => {
  const save = (world: World, options: Readonly<Record<string, unknown>>) => {
    const document = { upsert_mode: true, properties: { audience_id: CONFIRMS }, options }
    return world.api<Answer & { id: string }>('POST', '/v1/integrations', documentFor(world.source.id, document))
  }

  test('subscribed contacts are refused when the document is saved, with both remedies', async () => {
    await using world = await aWorld()
    const { status, body } = await save(world, { new_contact_status: 'subscribed' })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ path: 'options.new_contact_status', code: 'double_opt_in' }])
    expect(body.errors[0]?.remedy).toMatch(/"pending".*opt_in_confirmed_elsewhere/)
  })

  test.each([
    { new_contact_status: 'pending' },
    { new_contact_status: 'subscribed', opt_in_confirmed_elsewhere: true },
  ])('%j is taken, and the check notes the marketing permissions', async options => {
    await using world = await aWorld()
    const { status, body } = await save(world, options)
    expect(status).toBe(201)
    const check = await world.api('POST', `/v1/integrations/${body.id}/check`)
    expect(check.body).toMatchObject({ ok: true, problems: [], notes: [{ code: 'marketing_permissions' }] })
  })
})
