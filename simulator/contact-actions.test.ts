import { describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import type { ContactAction } from './contact-actions.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'
const LIST = `/3.0/lists/${DEFAULT_AUDIENCE}`

const simulator = freshSimulator()
const call = simulator.caller('')

const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, name)
const given = (email_address: string, parts: object = {}) =>
  simulator.control.addContact(DEFAULT_AUDIENCE, { email_address, ...parts })
const fields = (FNAME: string) => ({ merge_fields: { FNAME } })

type Door = (name: string, action: ContactAction) => Promise<string>

/** The same action through the function and over HTTP; the answer is what was refused, or nothing. */
const DOORS: Readonly<Record<string, Door>> = {
  act(name, action) {
    try {
      simulator.control.act(DEFAULT_AUDIENCE, name, action)
      return Promise.resolve('')
    } catch (error) {
      return Promise.resolve(String(error))
    }
  },
  async HTTP(name, action) {
    const path = `/_simulator/contacts/${DEFAULT_AUDIENCE}/${encodeURIComponent(name)}`
    const { status, body } = await call('POST', path, action)
    return status === 200 ? '' : (body['error'] as string)
  },
}

describe.each(Object.entries(DOORS))('what happens beside the API, by %s', (_name, door) => {
  test('rename: the contact keeps its ids and its values under the new address, and the old one is free', async () => {
    const before = given(ADA, fields('Ada'))
    expect(await door(ADA, { do: 'rename', to: GRACE })).toBe('')
    expect(held(ADA)).toBeUndefined()
    expect(held(GRACE)).toMatchObject({
      id: subscriberHash(GRACE),
      email_address: GRACE,
      contact_id: before['contact_id'],
      web_id: before['web_id'],
      merge_fields: { FNAME: 'Ada' },
    })
    const body = { email_address: ADA, status_if_new: 'subscribed' }
    const second = await call('PUT', `${LIST}/members/${subscriberHash(ADA)}`, body)
    expect(second.status).toBe(200)
    expect(second.body['contact_id']).not.toBe(before['contact_id'])
  })

  test('rename: an address that is taken is refused, whatever the case, and so is one that is none', async () => {
    given(ADA)
    given(GRACE, { status: 'archived' })
    expect(await door(ADA, { do: 'rename', to: 'GRACE@mail.test' })).toContain('already in this list')
    expect(await door(ADA, { do: 'rename', to: 'no@address@mail.test' })).toContain('valid email address')
    expect(held(ADA)).toMatchObject({ email_address: ADA })
  })

  test('rename: another case of the same address is the same contact', async () => {
    const before = given(ADA)
    expect(await door(ADA, { do: 'rename', to: 'Ada@Mail.Test' })).toBe('')
    expect(held(ADA)).toMatchObject({ id: before['id'], contact_id: before['contact_id'] })
  })

  test.each(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'])(
    'edit: the fields of a contact that is %s change, its status does not',
    async status => {
      given(ADA, { status, merge_fields: { FNAME: 'Ada', LNAME: 'L' } })
      expect(await door(ADA, { do: 'edit', merge_fields: { FNAME: 'by hand' } })).toBe('')
      expect(held(ADA)).toMatchObject({ status, merge_fields: { FNAME: 'by hand', LNAME: 'L' } })
    },
  )

  test('edit: a marketer may unsubscribe, but not bring back who left by their own hand', async () => {
    given(ADA)
    given(GRACE)
    await door(ADA, { do: 'unsubscribe' })
    expect(await door(ADA, { do: 'edit', status: 'subscribed' })).toContain('compliance state')
    expect(await door(GRACE, { do: 'edit', status: 'unsubscribed' })).toBe('')
    expect(await door(GRACE, { do: 'edit', status: 'subscribed' })).toBe('')
    expect([held(ADA)?.['status'], held(GRACE)?.['status']]).toEqual(['unsubscribed', 'subscribed'])
  })

  test.each([
    [{ NOSUCH: 'x' }, 'no merge field NOSUCH'],
    [{ fname: 'x' }, 'no merge field fname'],
    [{ FNAME: true }, 'merge_fields.FNAME'],
    [{ ADDRESS: 'Paris' }, 'Please enter a complete address'],
  ])('edit: %j is refused aloud', async (merge_fields, message) => {
    given(ADA)
    expect(await door(ADA, { do: 'edit', merge_fields })).toContain(message)
  })

  test('add: an import makes a contact, leaves a live one alone, and takes one out of the archive', async () => {
    given(GRACE, { status: 'archived', merge_fields: { FNAME: 'Grace', LNAME: 'H' } })
    const before = held(GRACE)
    for (const name of [ADA, GRACE]) expect(await door(name, { do: 'add', ...fields('imported') })).toBe('')
    expect(await door(ADA, { do: 'add', ...fields('again') })).toBe('')
    expect(held(ADA)).toMatchObject({ status: 'subscribed', merge_fields: { FNAME: 'imported' } })
    expect(held(GRACE)).toMatchObject({
      status: 'subscribed',
      contact_id: before?.['contact_id'],
      merge_fields: { FNAME: 'imported', LNAME: 'H' },
    })
  })

  test.each(['forget', 'delete'] as const)('%s: gone for good, except by the own form', async action => {
    const before = given(ADA, fields('Ada'))
    expect(await door(ADA, { do: action })).toBe('')
    const posted = await call('POST', `${LIST}/members`, { email_address: ADA, status: 'subscribed' })
    expect(posted.body['title']).toBe('Forgotten Email Not Subscribed')
    expect(await door(ADA, { do: 'add' })).toContain('permanently deleted')
    expect(await door(GRACE, { do: 'rename', to: ADA })).toContain(`no contact ${GRACE}`)
    given(GRACE)
    expect(await door(GRACE, { do: 'rename', to: ADA })).toContain('permanently deleted')
    expect(await door(ADA, { do: 'sign_up' })).toBe('')
    expect(held(ADA)).toMatchObject({ status: 'subscribed', merge_fields: { FNAME: '' } })
    expect(held(ADA)?.['contact_id']).not.toBe(before['contact_id'])
  })

  test.each(['API', 'add', 'sign_up'] as const)('remove, then added again by %s: another contact', async how => {
    const before = given(ADA, { ...fields('Ada'), tags: ['vip'] })
    const byContactId = `${LIST}/members/${before['contact_id'] as string}`
    expect(await door(ADA, { do: 'remove' })).toBe('')
    expect((await call('GET', byContactId)).status).toBe(404)
    if (how === 'API') await call('POST', `${LIST}/members`, { email_address: ADA, status: 'subscribed' })
    else await door(ADA, { do: how })
    expect(held(ADA)).toMatchObject({ id: before['id'], tags: [], merge_fields: { FNAME: '', LNAME: '' } })
    expect(held(ADA)?.['contact_id']).not.toBe(before['contact_id'])
    expect(held(ADA)?.['web_id']).not.toBe(before['web_id'])
    expect((await call('GET', byContactId)).status).toBe(404)
  })

  test('archive, then added again: the same contact with its values', async () => {
    const before = given(ADA, fields('Ada'))
    expect(await door(ADA, { do: 'archive' })).toBe('')
    expect(held(ADA)?.['status']).toBe('archived')
    const posted = await call('POST', `${LIST}/members`, { email_address: ADA, status: 'subscribed' })
    expect(posted.body).toMatchObject({ contact_id: before['contact_id'], merge_fields: { FNAME: 'Ada' } })
  })

  test.each([
    [false, 'subscribed', 200],
    [true, 'pending', 400],
  ])('sign_up: with double opt-in %s a person is %s', async (double_optin, status, subscribe) => {
    simulator.control.setUpAudience({ id: DEFAULT_AUDIENCE, double_optin })
    given(GRACE)
    await door(GRACE, { do: 'unsubscribe' })
    for (const name of [ADA, GRACE]) {
      expect(await door(name, { do: 'sign_up', ...fields('form') })).toBe('')
      expect(held(name)).toMatchObject({ status, merge_fields: { FNAME: 'form' } })
    }
    const path = `${LIST}/members/${subscriberHash(GRACE)}`
    expect((await call('PATCH', path, { status: 'subscribed' })).status).toBe(subscribe)
    await door(GRACE, { do: 'confirm' })
    expect((await call('PATCH', path, { status: 'subscribed' })).status).toBe(200)
  })

  test('a contact is named by its address, its hash or its contact id', async () => {
    const { contact_id: contactId } = given(ADA)
    for (const [at, name] of [ADA, 'ADA@mail.test', subscriberHash(ADA), contactId as string].entries()) {
      expect(await door(name, { do: 'edit', ...fields(`n${at}`) })).toBe('')
      expect(held(ADA)).toMatchObject({ merge_fields: { FNAME: `n${at}` } })
    }
  })

  test('nothing happens to somebody who is not there', async () => {
    const actions = [{ do: 'edit', ...fields('x') }, { do: 'rename', to: GRACE }, { do: 'remove' }, { do: 'archive' }]
    for (const action of actions) expect(await door(ADA, action as ContactAction)).toContain(`no contact ${ADA}`)
    expect(simulator.control.contacts(DEFAULT_AUDIENCE)).toEqual([])
  })
})

describe('over HTTP, what is misspelled is named', () => {
  test.each([
    [{ do: 'dance' }, '"dance" is no action; known are'],
    [{ do: 'rename' }, 'to is missing.'],
    [{ do: 'rename', to: 'nowhere' }, 'to must be an e-mail address, not "nowhere".'],
    [{ do: 'edit', merge_field: {} }, 'merge_field is unknown; known are do, merge_fields'],
    [{ do: 'edit', merge_fields: [] }, 'merge_fields must be a JSON object, not [].'],
    [{ do: 'edit', status: 'archived' }, 'status must be one of subscribed'],
    [{ do: 'constructor' }, '"constructor" is no action'],
    [{ do: 5 }, '5 is no action'],
    [{ do: 'sign_up', status: 'subscribed' }, 'status is unknown'],
    [{ do: 'remove', to: GRACE }, 'to is unknown; known are do.'],
    [{ status: 'gone' }, 'status must be one of subscribed'],
  ])('%j', async (body, message) => {
    given(ADA)
    const answered = await call('POST', `/_simulator/contacts/${DEFAULT_AUDIENCE}/${ADA}`, body)
    expect([answered.status, answered.body['error']]).toEqual([400, expect.stringContaining(message)])
    expect(held(ADA)).toMatchObject({ status: 'subscribed', email_address: ADA })
  })

  test('a refused contact leaves the one that was there', async () => {
    const before = given(ADA, fields('Ada'))
    const path = `/_simulator/contacts/${DEFAULT_AUDIENCE}/${ADA}`
    expect((await call('POST', path, { merge_fields: { ADDRESS: 'Paris' } })).status).toBe(400)
    expect(held(before['contact_id'] as string)).toMatchObject({ merge_fields: { FNAME: 'Ada' } })
  })
})
