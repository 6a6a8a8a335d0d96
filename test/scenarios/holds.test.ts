import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { EXPLANATIONS } from '../../src/domain/reason.ts'
import { AUDIENCE, documentFor, event, KEY, startWorld, type World } from '../world.ts'

type Refusal = { readonly code: string; readonly errors: readonly { path: string; code: string; remedy: string }[] }

const grant = (who: string, at = '2026-11-23T08:00:00Z') => event({ who, at, purposes: { newsletter: true } })
const newsOf = (world: World, who: string): unknown => mergeFields(world, who)['NEWS']

function mergeFields(world: World, who: string): Readonly<Record<string, unknown>> {
  const contact = world.mailchimp.contact(AUDIENCE, who)
  return contact ? (contact['merge_fields'] as Readonly<Record<string, unknown>>) : {}
}

async function worldWithAda(): Promise<World> {
  const world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  return world
}

describe('what cannot work is refused when the document is saved, and names the field and the remedy', () => {
  const cases = [
    [
      'a wrong API key',
      { authentication: { api_key: `f${KEY.slice(1)}`, url: 'us6' } },
      'authentication.api_key',
      'key_invalid',
    ],
    [
      'a key of another data centre',
      { authentication: { api_key: KEY, url: 'us21' } },
      'authentication.url',
      'wrong_data_centre',
    ],
    ['a missing audience', { properties: { audience_id: 'nosuchlist' } }, 'properties.audience_id', 'audience_missing'],
    [
      'an unknown merge tag',
      { mappings: [{ id: 'NOSUCH', value: 'consents_purposes_newsletter_enabled' }] },
      'mappings[0].id',
      'merge_tag_missing',
    ],
    [
      'a number field for a yes or no',
      { mappings: [{ id: 'COUNT', value: 'consents_purposes_newsletter_enabled' }] },
      'mappings[0].id',
      'merge_field_mismatch',
    ],
  ] as const

  test.each(cases)('R13 R14 R25: %s', async (_name, changes, path, code) => {
    await using world = await worldWithAda()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'COUNT', type: 'number' })
    const { status, body } = await world.api<Refusal>('POST', '/v1/integrations', documentFor(world.source.id, changes))

    expect(status).toBe(422)
    expect(body.code).toBe('invalid_document')
    expect(body.errors).toMatchObject([{ path, code }])
    expect(body.errors[0]?.remedy).not.toBe('')
  })

  test('a draft is kept as it is, and its check says the same', async () => {
    await using world = await worldWithAda()
    const id = await world.integrates({ enabled: false, properties: { audience_id: 'nosuchlist' } })
    const { body } = await world.api<{ ok: boolean; problems: unknown[] }>('POST', `/v1/integrations/${id}/check`)

    expect(body).toMatchObject({ ok: false, checked: true, problems: [{ path: 'properties.audience_id' }] })
  })
})

describe('R25: what breaks later holds the integration, loses no debt and burns no attempt', () => {
  async function heldDebt(world: World): Promise<{ status: string; reason: string; failed: number }> {
    const { body } = await world.api<{ data: { status: string; reason: string; failed: number }[] }>(
      'GET',
      '/v1/deliveries',
    )
    const [debt] = body.data
    if (!debt) throw new Error('there is no debt')
    return debt
  }

  test('a disabled key: held, probed, and released by itself', async () => {
    await using world = await worldWithAda()
    await world.integrates()
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.receives(grant('ada@mail.test'))
    await world.passes(HOUR)
    expect(await heldDebt(world)).toMatchObject({ status: 'held', reason: 'key_invalid', failed: 0 })
    expect(world.writes()).toEqual([])

    world.mailchimp.setKeyState(KEY, 'active')
    await world.passes(HOUR)
    expect(await heldDebt(world)).toMatchObject({ status: 'delivered' })
    expect(newsOf(world, 'ada@mail.test')).toBe('true')
  })

  test('what the list shows as held for a cause, a replay of that cause counts', async () => {
    await using world = await worldWithAda()
    await world.integrates()
    world.mailchimp.addContact(AUDIENCE, { email_address: 'bob@mail.test', status: 'subscribed' })
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.receives(grant('ada@mail.test'), grant('bob@mail.test'))
    await world.passes(MINUTE)
    const { body } = await world.api<{ data: readonly unknown[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ reason: 'key_invalid' }, { reason: 'key_invalid' }])
    const counted = await world.api('POST', '/v1/replays', { reason: 'key_invalid', dry_run: true })
    expect(counted).toMatchObject({ status: 200, body: { total: 2 } })
  })

  test('the remedy shown is the one that helps next: a pause comes before the merge tag that is missing', async () => {
    await using world = await worldWithAda()
    const id = await world.integrates()
    await deleteMergeField(world, 'NEWS')
    await world.passes(HOUR)
    await world.receives(grant('ada@mail.test'))
    await world.passes(MINUTE)
    expect(await heldDebt(world)).toMatchObject({
      reason: 'merge_tag_missing',
      next: EXPLANATIONS.merge_tag_missing.next,
    })
    await world.api('POST', `/v1/integrations/${id}/pause`)
    expect(await heldDebt(world)).toMatchObject({ reason: 'merge_tag_missing', next: EXPLANATIONS.paused.next })
    await world.receives(grant('ada@mail.test', '2026-11-23T09:00:00Z'))
    expect(await heldDebt(world)).toMatchObject({ status: 'held', reason: 'paused', next: EXPLANATIONS.paused.next })
    const shown = await world.api<{ held_by: string }>('GET', `/v1/integrations/${id}`)
    expect(shown.body.held_by).toBe('paused')
    const failures = await world.api<{ data: readonly unknown[] }>('GET', '/v1/failures')
    expect(failures.body.data).toMatchObject([{ cause: 'merge_tag_missing', next: EXPLANATIONS.paused.next }])
  })

  test('a deactivated account is named as such', async () => {
    await using world = await worldWithAda()
    await world.integrates()
    world.mailchimp.setKeyState(KEY, 'deactivated')
    await world.receives(grant('ada@mail.test'))
    await world.passes(MINUTE)
    expect(await heldDebt(world)).toMatchObject({ status: 'held', reason: 'account_disabled', failed: 0 })
  })

  test('a key that turns out to belong to another data centre', async () => {
    await using world = await worldWithAda()
    await world.integrates()
    const rule = world.mailchimp.addFault({ fault: { trigger: 'WrongDatacenter' } })
    await world.receives(grant('ada@mail.test'))
    await world.passes(MINUTE)
    expect(await heldDebt(world)).toMatchObject({ status: 'held', reason: 'wrong_data_centre', failed: 0 })
    world.mailchimp.removeFault(rule)
    await world.passes(HOUR)
    expect(newsOf(world, 'ada@mail.test')).toBe('true')
  })

  test('R13: a merge field that was made anew as a number; the field is held until it is text again', async () => {
    await using world = await worldWithAda()
    await world.integrates()
    await deleteMergeField(world, 'NEWS')
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'number' })
    await world.passes(HOUR)
    await world.receives(grant('ada@mail.test'))
    await world.passes(MINUTE)
    expect(await heldDebt(world)).toMatchObject({ status: 'held', reason: 'merge_field_mismatch', failed: 0 })
    expect(newsOf(world, 'ada@mail.test')).toBe('')
    await deleteMergeField(world, 'NEWS')
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
    await world.passes(HOUR)
    expect(newsOf(world, 'ada@mail.test')).toBe('true')
  })

  test('a rotated key: the new one is put in and everything held is delivered at once', async () => {
    await using world = await worldWithAda()
    const id = await world.integrates()
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.receives(grant('ada@mail.test'))
    await world.passes(MINUTE)
    const newKey = `abcdef${KEY.slice(6)}`
    world.mailchimp.addKey({ key: newKey })
    const { status } = await world.api('PATCH', `/v1/integrations/${id}`, { authentication: { api_key: newKey } })
    expect(status).toBe(200)
    await world.settles()
    expect(newsOf(world, 'ada@mail.test')).toBe('true')
  })

  test('a missing audience holds even what looked like absent contacts', async () => {
    await using world = await worldWithAda()
    const id = await world.integrates()
    await world.receives(grant('ada@mail.test'))
    await world.settles()
    world.mailchimp.removeAudience(AUDIENCE)
    await world.receives(event({ who: 'ada@mail.test', at: '2026-11-23T08:30:00Z', purposes: { newsletter: false } }))
    await world.passes(5 * MINUTE)
    await world.receives(event({ who: 'eve@mail.test', at: '2026-11-23T08:31:00Z', purposes: { newsletter: false } }))
    await world.passes(5 * MINUTE)
    expect((await world.stats()).deliveries).toMatchObject({ held: 2, skipped: 0, dead: 0 })
    const { body } = await world.api<{ holds: { cause: string }[] }>('GET', `/v1/integrations/${id}`)
    expect(body.holds).toMatchObject([{ cause: 'audience_missing' }])

    world.mailchimp.addAudience({ id: AUDIENCE, merge_fields: [{ tag: 'NEWS', type: 'text' }] })
    world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
    await world.passes(HOUR)
    expect(newsOf(world, 'ada@mail.test')).toBe('false')
    expect((await world.stats()).deliveries).toMatchObject({ held: 0, delivered: 1, skipped: 1 })
  })

  test('R14: a deleted merge tag is never taken for a success; the field is held and sent once it is back', async () => {
    await using world = await worldWithAda()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const mappings = [
      { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
      { id: 'OFFERS', value: 'consents_purposes_offers_enabled' },
    ]
    const id = await world.integrates({ mappings })
    await world.receives(event({ who: 'ada@mail.test', at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
    await world.settles()
    await deleteMergeField(world, 'OFFERS')
    const purposes = { newsletter: false, offers: true }
    await world.receives(event({ who: 'ada@mail.test', at: '2026-11-23T08:10:00Z', purposes }))
    await world.passes(MINUTE)

    expect(newsOf(world, 'ada@mail.test')).toBe('false')
    expect((await world.stats()).deliveries).toMatchObject({ held: 1, delivered: 0 })
    const { body } = await world.api<{ holds: { cause: string }[] }>('GET', `/v1/integrations/${id}`)
    expect(body.holds).toMatchObject([{ cause: 'merge_tag_missing' }])

    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    await world.passes(HOUR)
    expect(world.mailchimp.contact(AUDIENCE, 'ada@mail.test')?.merge_fields).toMatchObject({ OFFERS: 'true' })
    expect((await world.stats()).deliveries).toMatchObject({ held: 0, delivered: 1 })
  })
})

async function deleteMergeField(world: World, tag: string): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}` }
  const list = await fetch(`${world.simulator.url}/3.0/lists/${AUDIENCE}/merge-fields?count=100`, { headers })
  const { merge_fields } = (await list.json()) as { merge_fields: { tag: string; merge_id: number }[] }
  const id = merge_fields.find(field => field.tag === tag)?.merge_id
  await fetch(`${world.simulator.url}/3.0/lists/${AUDIENCE}/merge-fields/${id}`, { method: 'DELETE', headers })
}
