import { beforeEach, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY } from './simulator.ts'

const ADA = 'ada@mail.test'

const simulator = freshSimulator()
const call = simulator.caller(`/3.0/lists/${DEFAULT_AUDIENCE}`)

const member = (name: string) => `/members/${subscriberHash(name)}`
const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, name)
const given = (
  name: string,
  status: 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived',
) => simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: name, status })

describe('status rules', () => {
  const COMPLIANCE = 'Member In Compliance State'
  test.each([
    { from: 'unsubscribed', left: false, write: 'subscribed', status: 200, becomes: 'subscribed' },
    { from: 'unsubscribed', left: true, write: 'subscribed', status: 400, becomes: 'unsubscribed', title: COMPLIANCE },
    { from: 'unsubscribed', left: true, write: 'pending', status: 200, becomes: 'pending' },
    { from: 'cleaned', left: false, write: 'subscribed', status: 400, becomes: 'cleaned', title: COMPLIANCE },
    { from: 'subscribed', left: false, write: 'unsubscribed', status: 200, becomes: 'unsubscribed' },
    { from: 'transactional', left: false, write: 'subscribed', status: 200, becomes: 'subscribed' },
    { from: 'archived', left: false, write: 'subscribed', status: 200, becomes: 'subscribed' },
    { from: 'archived', left: true, write: 'subscribed', status: 400, becomes: 'archived', title: COMPLIANCE },
  ] as const)('$from (left by own hand: $left), PATCH $write: $status', async row => {
    const seed = { email_address: ADA, status: row.from, ...(row.left ? { in_compliance: true } : {}) }
    simulator.control.addContact(DEFAULT_AUDIENCE, seed)
    const { status, body } = await call('PATCH', member(ADA), { status: row.write })
    expect(status).toBe(row.status)
    expect(held(ADA)?.['status']).toBe(row.becomes)
    if ('title' in row) expect(body).toMatchObject({ title: row.title, status: 400 })
    if ('title' in row) expect(body).not.toHaveProperty('type')
  })

  test.each(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] as const)(
    'merge fields of a contact that is %s can be written, and nothing else changes',
    async status => {
      given(ADA, status)
      const patched = await call('PATCH', member(ADA), { merge_fields: { FNAME: 'Ada' } })
      expect(patched).toMatchObject({ status: 200, body: { status, merge_fields: { FNAME: 'Ada' } } })
      const body = { email_address: ADA, status_if_new: 'subscribed', merge_fields: { LNAME: 'L' } }
      expect(await call('PUT', member(ADA), body)).toMatchObject({ status: 200, body: { status } })
    },
  )

  test.each(['subscribed', 'pending', 'transactional', 'unsubscribed'])(
    'status_if_new %s makes a new contact so',
    async status => {
      const put = await call('PUT', member(ADA), { email_address: ADA, status_if_new: status })
      expect(put).toMatchObject({ status: 200, body: { status, email_address: ADA, id: subscriberHash(ADA) } })
    },
  )

  test('a switch lets status_if_new bring an archived contact back', async () => {
    simulator.control.setBehaviour({ archivedCountsAsNew: true })
    given(ADA, 'archived')
    const put = await call('PUT', member(ADA), { email_address: ADA, status_if_new: 'subscribed' })
    expect(put.body['status']).toBe('subscribed')
  })

  test('a confirmed contact is out of compliance state', async () => {
    given(ADA, 'subscribed')
    simulator.control.act(DEFAULT_AUDIENCE, ADA, 'unsubscribe')
    await call('PATCH', member(ADA), { status: 'pending' })
    expect((await call('PATCH', member(ADA), { status: 'subscribed' })).status).toBe(400)
    simulator.control.act(DEFAULT_AUDIENCE, ADA, 'confirm')
    expect(held(ADA)?.['status']).toBe('subscribed')
  })

  const REFUSAL = 'Can not archive a contact that is bounced, pending or archived'
  test.each(['cleaned', 'pending', 'archived'] as const)('%s cannot be archived', async status => {
    given(ADA, status)
    const { status: answered, body, headers } = await call('DELETE', member(ADA))
    expect([answered, headers.get('allow')]).toEqual([405, 'GET, PUT'])
    expect(body).toMatchObject({
      title: 'Method Not Allowed',
      detail: `This list member cannot be removed. ${REFUSAL}`,
    })
    expect(held(ADA)?.['status']).toBe(status)
  })

  test.each(['subscribed', 'unsubscribed', 'transactional'] as const)('%s can be archived, once', async status => {
    given(ADA, status)
    expect((await call('DELETE', member(ADA))).status).toBe(204)
    expect(await call('GET', member(ADA))).toMatchObject({ status: 200, body: { status: 'archived' } })
    expect((await call('DELETE', member(ADA))).status).toBe(405)
  })
})

describe('the form of a body', () => {
  test.each([
    [{ merge_fields: [] }, 'merge_fields', 'Schema describes object, array found instead'],
    [
      { merge_fields: { FNAME: true } },
      'merge_fields.FNAME',
      'Data did not match any of the schemas described in anyOf.',
    ],
    [{ email_address: 5 }, 'email_address', 'Schema describes string, integer found instead'],
    [{ vip: 'yes' }, 'vip', 'Schema describes boolean, string found instead'],
    [{ status: null }, 'status', 'Schema describes string, NULL found instead'],
    [
      { status: 'transactional' },
      'status',
      'Data presented is not one of the accepted values: subscribed, unsubscribed, cleaned, pending',
    ],
    [{ ip_signup: '1.2.3' }, 'ip_signup', 'This value should be a valid IP address.'],
    [{ interests: { abc: true } }, 'interests.abc', "Invalid interest ID: 'abc'."],
  ])('PATCH %j is refused', async (body, field, message) => {
    given(ADA, 'subscribed')
    const { status, body: problem } = await call('PATCH', member(ADA), body)
    expect(status).toBe(400)
    expect(problem['errors']).toEqual([{ field, message }])
  })

  test('what is required is asked for', async () => {
    const { body } = await call('PUT', member(ADA), { merge_fields: {} })
    const message = 'Required fields were not provided: email_address, status_if_new'
    expect(body['errors']).toEqual([{ field: '', message }])
  })

  test('a body that is no JSON', async () => {
    const answer = await fetch(`${simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}/members`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
      body: '{"email',
    })
    expect([answer.status, ((await answer.json()) as JsonObject)['title']]).toEqual([400, 'JSON Parse Exception'])
  })
})

describe('reading', () => {
  beforeEach(() => {
    for (let at = 0; at < 12; at += 1) given(`p${at}@mail.test`, at % 2 === 0 ? 'subscribed' : 'unsubscribed')
  })

  test('pages hold 10 unless asked for more', async () => {
    const { body } = await call('GET', '/members')
    expect([(body['members'] as readonly unknown[]).length, body['total_items']]).toEqual([10, 12])
    const rest = await call('GET', '/members?count=1000&offset=10')
    expect(rest.body['members']).toHaveLength(2)
  })

  test('by status, by fields', async () => {
    const { body } = await call('GET', '/members?status=unsubscribed&count=1&fields=members.email_address,total_items')
    expect(body).toEqual({ members: [{ email_address: 'p1@mail.test' }], total_items: 6 })
    const without = await call('GET', '/members/p1%40mail.test?exclude_fields=merge_fields,stats.avg_open_rate')
    expect(without.body).not.toHaveProperty('merge_fields')
    expect(without.body['stats']).toEqual({ avg_click_rate: 0 })
  })

  test.each(['fields=nonsense', 'fields=id&exclude_fields=status', 'exclude_fields=stats.nonsense'])(
    '?%s is refused',
    async query => {
      const { status, body } = await call('GET', `/members/p1%40mail.test?${query}`)
      expect([status, body['title']]).toEqual([422, 'Requested Fields Invalid'])
    },
  )

  test('since_last_changed', async () => {
    const future = new Date(Date.now() + 60_000).toISOString()
    const { body } = await call('GET', `/members?since_last_changed=${future}`)
    expect(body['total_items']).toBe(0)
  })
})
