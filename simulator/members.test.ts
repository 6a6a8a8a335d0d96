import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type JsonObject, isObject, parseJson } from './json.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator, createSimulator } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'

let simulator: Simulator
beforeAll(async () => {
  simulator = await createSimulator()
})
beforeEach(() => simulator.control.reset())
afterAll(() => simulator.close())

type Answered = Readonly<{ status: number; body: JsonObject; headers: Headers }>

async function call(method: string, path: string, body?: unknown): Promise<Answered> {
  const answer = await fetch(`${simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const parsed = parseJson(await answer.text())
  return { status: answer.status, body: isObject(parsed) ? parsed : {}, headers: answer.headers }
}

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

describe('addressing', () => {
  const NAMES: Readonly<Record<string, (contact: JsonObject) => string>> = {
    hash: () => subscriberHash(ADA),
    'hash in upper case': () => subscriberHash(ADA).toUpperCase(),
    address: () => encodeURIComponent('ADA@mail.test'),
    'contact id': ({ contact_id: id }) => String(id),
  }
  const TAG = { tags: [{ name: 'vip', status: 'active' }] }
  test.each(Object.entries(NAMES))('every contact path takes the %s', async (_name, nameOf) => {
    const { contact_id: contactId, ...contact } = given(ADA, 'subscribed')
    const path = `/members/${nameOf({ contact_id: contactId ?? '', ...contact })}`
    const statuses = [
      await call('GET', path),
      await call('PATCH', path, { merge_fields: { FNAME: 'patched' } }),
      await call('PUT', path, { email_address: ADA, status_if_new: 'subscribed', merge_fields: { LNAME: 'put' } }),
      await call('POST', `${path}/tags`, TAG),
      await call('GET', `${path}/tags`),
      await call('DELETE', path),
    ].map(({ status }) => status)
    expect(statuses).toEqual([200, 200, 200, 204, 200, 204])
    expect(held(ADA)).toMatchObject({
      contact_id: contactId,
      status: 'archived',
      merge_fields: { FNAME: 'patched', LNAME: 'put' },
      tags: [{ name: 'vip' }],
    })
    expect(simulator.control.contacts(DEFAULT_AUDIENCE)).toHaveLength(1)
    expect((await call('POST', `${path}/actions/delete-permanent`)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('a contact id that nobody has is like a hash that nobody has', async () => {
    const path = `/members/${'0'.repeat(32)}`
    expect((await call('PATCH', path, { merge_fields: {} })).status).toBe(404)
    expect((await call('DELETE', path)).status).toBe(404)
    const put = await call('PUT', path, { email_address: ADA, status_if_new: 'subscribed' })
    expect([put.status, put.body['id']]).toEqual([200, subscriberHash(ADA)])
  })

  test('PATCH of an unknown contact is 404 and makes none', async () => {
    expect(await call('PATCH', member(ADA), { merge_fields: {} })).toMatchObject({
      status: 404,
      body: { title: 'Resource Not Found', status: 404 },
    })
    expect(held(ADA)).toBeUndefined()
  })

  test('an empty name is a 405', async () => {
    expect((await call('PUT', '/members/', { email_address: ADA })).status).toBe(405)
  })

  test('another address moves the contact and keeps its contact id', async () => {
    const before = given(ADA, 'subscribed')
    const { body } = await call('PATCH', member(ADA), { email_address: GRACE })
    expect(body).toMatchObject({
      id: subscriberHash(GRACE),
      contact_id: before['contact_id'],
      web_id: before['web_id'],
    })
    expect((await call('GET', member(ADA))).status).toBe(404)
    expect((await call('GET', `/members/${before['contact_id'] as string}`)).body['email_address']).toBe(GRACE)
  })

  test.each(['PUT', 'PATCH'])('%s changes the address by the contact id, too', async method => {
    const before = given(ADA, 'unsubscribed')
    const path = `/members/${String(before['contact_id'])}`
    const { status, body } = await call(method, path, { email_address: GRACE, merge_fields: { FNAME: 'G' } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: subscriberHash(GRACE), status: 'unsubscribed', merge_fields: { FNAME: 'G' } })
    expect((await call('PATCH', path, { merge_fields: { FNAME: 'again' } })).body['email_address']).toBe(GRACE)
  })

  test.each(['unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] as const)(
    'a switch refuses to change the address of a contact that is %s',
    async status => {
      simulator.control.setBehaviour({ renameUnsubscribed: 'refused' })
      given(ADA, status)
      for (const method of ['PUT', 'PATCH']) {
        expect((await call(method, member(ADA), { email_address: GRACE })).status).toBe(400)
        expect((await call(method, member(ADA), { email_address: ADA })).status).toBe(200)
      }
      given('else@mail.test', 'subscribed')
      expect((await call('PATCH', member('else@mail.test'), { email_address: GRACE })).status).toBe(200)
    },
  )

  test('the three collisions', async () => {
    given(ADA, 'subscribed')
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: GRACE, status: 'archived' })
    const taken = await call('PUT', member(ADA), { email_address: GRACE })
    expect(taken.body['errors']).toEqual([
      { field: 'email address', message: `"${GRACE}" is already in this list with a status of "subscribed".` },
    ])
    const out = await call('PUT', member('else@mail.test'), { email_address: ADA, status_if_new: 'subscribed' })
    expect(out.body).toMatchObject({ title: 'Member Exists', status: 400 })
    const posted = await call('POST', '/members', { email_address: ADA, status: 'subscribed' })
    expect(posted.body['title']).toBe('Member Exists')
  })

  test('a permanently deleted address never comes back', async () => {
    given(ADA, 'subscribed')
    expect((await call('POST', `${member(ADA)}/actions/delete-permanent`)).status).toBe(204)
    expect((await call('GET', member(ADA))).status).toBe(404)
    const { body } = await call('PUT', member(ADA), { email_address: ADA, status_if_new: 'subscribed' })
    expect(body['title']).toBe('Forgotten Email Not Subscribed')
  })

  test.each([
    ['AAAAA', 'Please provide a valid email address.'],
    ['jürgen@mail.test', 'Please provide a valid email address.'],
    ['two@@mail.test', 'Please provide a valid email address.'],
    ['ada@-mail.test', 'Please provide a valid email address.'],
    ['ada@bücher..test', 'Please provide a valid email address.'],
    ['ada@example.com', 'ada@example.com looks fake or invalid, please enter a real email address.'],
    ['ada@sub.example.org', 'ada@sub.example.org looks fake or invalid, please enter a real email address.'],
  ])('refuses %s', async (address, detail) => {
    const { status, body } = await call('POST', '/members', { email_address: address, status: 'subscribed' })
    expect([status, body['title'], body['detail']]).toEqual([400, 'Invalid Resource', detail])
  })

  test.each(['ada@bücher.test', 'ada@пример.test', 'ada@mail.测试'])(
    'takes %s: a domain may be in any script',
    async address => {
      const { status, body } = await call('POST', '/members', { email_address: address, status: 'subscribed' })
      expect([status, body['email_address']]).toEqual([200, address])
    },
  )

  test('lets example addresses through when told to, and throttles when told to', async () => {
    simulator.control.setBehaviour({ allowExampleAddresses: true })
    const body = { email_address: 'ada@example.com', status: 'subscribed' }
    expect((await call('POST', '/members', body)).status).toBe(200)
    simulator.control.act(DEFAULT_AUDIENCE, ADA, 'throttle')
    const throttled = await call('POST', '/members', { email_address: ADA, status: 'subscribed' })
    expect(throttled.body['detail']).toContain('has signed up to a lot of lists very recently')
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
