import { describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'

const simulator = freshSimulator()
const call = simulator.caller(`/3.0/lists/${DEFAULT_AUDIENCE}`)

const member = (name: string) => `/members/${subscriberHash(name)}`
const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, name)
const given = (
  name: string,
  status: 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived',
) => simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: name, status })

describe('addressing', () => {
  const NAMES: Readonly<Record<string, (contact: JsonObject) => string>> = {
    hash: () => subscriberHash(ADA),
    'hash in upper case': () => subscriberHash(ADA).toUpperCase(),
    address: () => encodeURIComponent('ADA@mail.test'),
    'contact id': ({ contact_id: id }) => id as string,
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
    const path = `/members/${before['contact_id'] as string}`
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
