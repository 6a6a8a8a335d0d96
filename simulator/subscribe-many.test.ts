import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'

const simulator = freshSimulator()
const call = simulator.caller(`/3.0/lists/${DEFAULT_AUDIENCE}`)
const post = (body: unknown, query = '') => call('POST', query, body)

const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, name)
const errorsOf = (body: JsonObject) => (body['errors'] as readonly JsonObject[]).map(error => error['error_code'])
const given = (email_address: string) => simulator.control.addContact(DEFAULT_AUDIENCE, { email_address })

describe('POST /lists/{id}', () => {
  test('creates, refuses what is there, and counts', async () => {
    given(GRACE)
    const { status, body } = await post({
      members: [
        { email_address: ADA, status: 'transactional', merge_fields: { FNAME: 'Ada' } },
        { email_address: GRACE, status: 'subscribed' },
        { email_address: 'nobody@example.com', status: 'subscribed' },
      ],
    })
    expect([status, body['total_created'], body['total_updated'], body['error_count']]).toEqual([200, 1, 0, 2])
    expect(errorsOf(body)).toEqual(['ERROR_CONTACT_EXISTS', 'ERROR_GENERIC'])
    expect(held(ADA)).toMatchObject({ status: 'transactional', merge_fields: { FNAME: 'Ada' } })
  })

  test('update_existing changes what is there, status included', async () => {
    given(GRACE)
    const members = [{ email_address: GRACE, status: 'unsubscribed', merge_fields: { FNAME: 'G' } }]
    const { body } = await post({ members, update_existing: true })
    expect(body['total_updated']).toBe(1)
    expect(held(GRACE)).toMatchObject({ status: 'unsubscribed', merge_fields: { FNAME: 'G' } })
  })

  test('a wrong merge value fails its contact only', async () => {
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'LTV', type: 'number' })
    const members = [
      { email_address: ADA, status: 'subscribed', merge_fields: { LTV: 'x' } },
      { email_address: GRACE, status: 'subscribed' },
    ]
    const { body } = await post({ members })
    expect(body['errors']).toMatchObject([{ email_address: ADA, field: 'LTV', field_message: 'Please enter a number' }])
    expect([held(ADA), held(GRACE)?.['status']]).toEqual([undefined, 'subscribed'])
  })

  test('a repeat in one call is an error, unless the check is skipped; the first one wins', async () => {
    const members = ['one', 'two'].map(FNAME => ({ email_address: ADA, status: 'subscribed', merge_fields: { FNAME } }))
    const { body } = await post({ members, update_existing: true })
    expect([body['total_created'], body['error_count']]).toEqual([1, 1])
    expect(held(ADA)).toMatchObject({ merge_fields: { FNAME: 'one' } })
    const again = await post({ members, update_existing: true }, '?skip_duplicate_check=true')
    expect([again.body['total_updated'], again.body['error_count']]).toEqual([2, 0])
  })

  test('sync_tags replaces the tags', async () => {
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA, tags: ['old', 'kept'] })
    const members = [{ email_address: ADA, tags: ['kept', 'new'] }]
    await post({ members, update_existing: true, sync_tags: true })
    const tags = held(ADA)?.['tags'] as readonly JsonObject[]
    expect(tags.map(tag => tag['name'])).toEqual(['kept', 'new'])
  })

  test.each([
    [{}, ''],
    [{ members: {} }, 'members'],
    [{ members: Array(501).fill({ email_address: ADA }) }, 'members'],
    [{ members: [{ email_address: ADA }, { status: 'subscribed' }] }, 'members.item:1'],
    [{ members: [{ email_address: ADA, merge_fields: { FNAME: true } }] }, 'members.item:0.merge_fields.FNAME'],
  ])('a fault of form fails the whole call (%#)', async (sent, field) => {
    const { status, body } = await post(sent)
    expect([status, (body['errors'] as readonly JsonObject[])[0]?.['field']]).toEqual([400, field])
    expect(held(ADA)).toBeUndefined()
  })

  test.each([
    ['error', 1, 0],
    ['ignored', 0, 1],
  ] as const)('compliance state: %s', async (manyCompliance, errors, updated) => {
    given(ADA)
    simulator.control.act(DEFAULT_AUDIENCE, ADA, 'unsubscribe')
    simulator.control.setBehaviour({ manyCompliance })
    const members = [{ email_address: ADA, status: 'subscribed' }]
    const { body } = await post({ members, update_existing: true })
    expect([body['error_count'], body['total_updated']]).toEqual([errors, updated])
    expect(held(ADA)?.['status']).toBe('unsubscribed')
  })

  test.each([
    ['ignored', 1, undefined],
    ['honoured', 0, 'transactional'],
  ] as const)('status_if_new: %s', async (manyStatusIfNew, errors, status) => {
    simulator.control.setBehaviour({ manyStatusIfNew })
    const { body } = await post({ members: [{ email_address: ADA, status_if_new: 'transactional' }] })
    expect([body['error_count'], held(ADA)?.['status']]).toEqual([errors, status])
  })
})

describe('tags', () => {
  const tags = (sent: unknown) =>
    fetch(`${simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}/members/${encodeURIComponent(ADA)}/tags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
      body: JSON.stringify({ tags: sent }),
    })

  test('are made, kept once, and taken away', async () => {
    expect((await tags([])).status).toBe(404)
    given(ADA)
    expect((await tags([])).status).toBe(204)
    for (const [name, status] of [
      ['a', 'active'],
      ['b', 'active'],
      ['a', 'active'],
      ['a', 'inactive'],
      ['c', 'inactive'],
    ]) {
      expect((await tags([{ name, status }])).status).toBe(204)
    }
    expect(held(ADA)).toMatchObject({ tags_count: 1, tags: [{ name: 'b' }] })
  })

  test.each([{}, 'x', [{ status: 'active' }], [{ name: 'x', status: 'on' }]])('%j is refused', async sent => {
    given(ADA)
    expect((await tags(sent)).status).toBe(400)
  })
})
