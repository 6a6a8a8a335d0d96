import { beforeEach, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type Json, type JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE } from './simulator.ts'

const ADA = 'ada@mail.test'

const simulator = freshSimulator()
const call = simulator.caller(`/3.0/lists/${DEFAULT_AUDIENCE}`)

const patch = (fields: Readonly<Record<string, unknown>>, query = '') =>
  call('PATCH', `/members/${subscriberHash(ADA)}${query}`, { merge_fields: fields })

describe('merge values', () => {
  const TYPES = ['text', 'number', 'date', 'birthday', 'zip', 'url', 'phone', 'address'] as const
  beforeEach(() => {
    for (const type of TYPES)
      simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: `X_${type}`.toUpperCase(), type })
    const options = { choices: ['red', 'blue'] }
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'X_DROPDOWN', type: 'dropdown', options })
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'X_RADIO', type: 'radio', options })
    simulator.control.addMergeField(DEFAULT_AUDIENCE, {
      tag: 'X_USPHONE',
      type: 'phone',
      options: { phone_format: 'US' },
    })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
  })

  const HOME = { addr1: '1 Main', city: 'Paris', state: 'IDF', zip: '75001' }
  test.each<readonly [tag: string, sent: unknown, stored: Json]>([
    ['X_TEXT', 'true', 'true'],
    ['X_TEXT', 7, '7'],
    ['X_TEXT', 'x'.repeat(300), 'x'.repeat(255)],
    ['X_TEXT', 'é'.repeat(200), 'é'.repeat(127)],
    ['X_NUMBER', '15.5', 15.5],
    ['X_NUMBER', 3, 3],
    ['X_DATE', '2024-02-29', '2024-02-29'],
    ['X_DATE', '2024/2/9', '2024-02-09'],
    ['X_DATE', '29-02-2024', '2024-02-29'],
    ['X_DATE', '02/29/2024', '2024-02-29'],
    ['X_BIRTHDAY', '2/29', '02/29'],
    ['X_ZIP', '30308', '30308'],
    ['X_URL', 'https://mail.test/a', 'https://mail.test/a'],
    ['X_PHONE', 'anything', 'anything'],
    ['X_USPHONE', '404-555-1212', '404-555-1212'],
    ['X_DROPDOWN', 'red', 'red'],
    ['X_ADDRESS', HOME, { ...HOME, addr2: '', country: 'US' }],
  ])('%s takes %j as %j', async (tag, sent, stored) => {
    const { status, body } = await patch({ [tag]: sent })
    expect(status).toBe(200)
    expect((body['merge_fields'] as JsonObject)[tag]).toEqual(stored)
  })

  test.each<readonly [tag: string, sent: unknown, message: string]>([
    ['X_NUMBER', 'AAAAA', 'Please enter a number'],
    ['X_DATE', 'soon', 'Please enter the date'],
    ['X_DATE', '2023-02-29', 'Please enter the date'],
    ['X_BIRTHDAY', '1990-01-01', 'Please enter a month (01-12) and a day (01-31)'],
    ['X_ZIP', 'ABC', 'Please enter a zip code (5 numbers)'],
    ['X_URL', 'nowhere', 'Please enter a valid url'],
    ['X_USPHONE', '12', 'Please enter a valid phone number'],
    ['X_DROPDOWN', 'green', 'Value must be one of: red, blue (not green)'],
    ['X_RADIO', 'true', 'Value must be one of: red, blue (not true)'],
    ['X_ADDRESS', 'Paris', 'Please enter a complete address'],
    ['X_ADDRESS', { ...HOME, zip: '' }, 'Please enter a complete address'],
  ])('%s refuses %j', async (tag, sent, message) => {
    const { status, body } = await patch({ [tag]: sent, FNAME: 'Ada' })
    expect(status).toBe(400)
    expect(body).toMatchObject({ detail: 'Your merge fields were invalid.', errors: [{ field: tag, message }] })
    expect(simulator.control.contact(DEFAULT_AUDIENCE, ADA)?.['merge_fields']).toMatchObject({ FNAME: '' })
  })

  test('an unknown tag is ignored in silence, "" clears, null leaves', async () => {
    await patch({ FNAME: 'Ada', LNAME: 'L' })
    const { status, body } = await patch({ NOSUCH: 'x', FNAME: '', LNAME: null })
    expect(status).toBe(200)
    expect(body['merge_fields']).toMatchObject({ FNAME: '', LNAME: 'L' })
    expect(body['merge_fields']).not.toHaveProperty('NOSUCH')
  })

  test('a required field stops the writing of others, unless validation is skipped', async () => {
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'MUST', type: 'text', required: true })
    const { body } = await patch({ FNAME: 'Ada' })
    expect(body['errors']).toEqual([{ field: 'MUST', message: 'Please enter a value' }])
    for (const value of ['true', '1'])
      expect((await patch({ FNAME: 'A' }, `?skip_merge_validation=${value}`)).status).toBe(200)
    expect((await patch({ FNAME: 'A' }, '?skip_merge_validation=yes')).status).toBe(400)
    expect((await patch({ MUST: 'there' })).status).toBe(200)
  })

  test.each(['fname', 'Fname', 'fNAME', 'x_text', 'ltv'])('a tag written %s is stored nowhere', async tag => {
    const { status, body } = await patch({ [tag]: 'Ada', LNAME: 'L' })
    expect(status).toBe(200)
    expect(body['merge_fields']).toMatchObject({ FNAME: '', X_TEXT: '', LNAME: 'L' })
    expect(body['merge_fields']).not.toHaveProperty(tag)
  })

  test.each([
    ['fname', 'FNAME'],
    ['x_Text', 'X_TEXT'],
    ['FNAME', 'FNAME'],
  ])('a switch takes %s for %s', async (sent, tag) => {
    simulator.control.setBehaviour({ mergeTagCase: 'any' })
    const { body } = await patch({ [sent]: 'Ada' })
    expect(body['merge_fields']).toMatchObject({ [tag]: 'Ada' })
  })

  test('a switch refuses null', async () => {
    simulator.control.setBehaviour({ nullMergeValue: 'refused' })
    expect((await patch({ FNAME: null })).status).toBe(400)
  })
})

describe('the merge_id', () => {
  const idOf = async (tag: string) => {
    const { body } = await call('GET', '/merge-fields?count=1000')
    return (body['merge_fields'] as readonly JsonObject[]).find(field => field['tag'] === tag)?.['merge_id']
  }
  const REMOVE: Readonly<Record<string, (id: unknown) => Promise<unknown>>> = {
    API: id => call('DELETE', `/merge-fields/${id as number}`),
    'control call': () => Promise.resolve(simulator.control.removeMergeField(DEFAULT_AUDIENCE, 'NEWS')),
  }

  test.each(Object.entries(REMOVE))('deleted by %s and made again: another id, and empty', async (_name, remove) => {
    await call('POST', '/merge-fields', { name: 'News', tag: 'NEWS', type: 'text' })
    const before = await idOf('NEWS')
    for (const at of [1, 2, 3])
      simulator.control.addContact(DEFAULT_AUDIENCE, {
        email_address: `p${at}@mail.test`,
        merge_fields: { NEWS: 'true' },
      })
    await remove(before)
    expect(await idOf('NEWS')).toBeUndefined()
    const made = await call('POST', '/merge-fields', { name: 'News', tag: 'NEWS', type: 'text' })
    expect(made.body['merge_id']).not.toBe(before)
    expect(await idOf('NEWS')).toBe(made.body['merge_id'])
    const { body } = await call('GET', '/members')
    const values = (body['members'] as readonly { merge_fields: JsonObject }[]).map(
      ({ merge_fields: all }) => all['NEWS'],
    )
    expect(values).toEqual(['', '', ''])
  })

  test('is never given twice, whatever was deleted and whatever was asked for', () => {
    const add = (seed: object) => simulator.control.addMergeField(DEFAULT_AUDIENCE, { type: 'text', tag: 'X', ...seed })
    expect(add({ tag: 'NINE', merge_id: 9 })['merge_id']).toBe(9)
    expect(add({ tag: 'SEVEN', merge_id: 7 })['merge_id']).toBe(7)
    expect(add({ tag: 'NEXT' })['merge_id']).toBe(10)
    for (const tag of ['NEXT', 'NINE', 'SEVEN']) simulator.control.removeMergeField(DEFAULT_AUDIENCE, tag)
    expect(add({ tag: 'LATER' })['merge_id']).toBe(11)
    expect(() => add({ tag: 'TWICE', merge_id: 11 })).toThrow('The merge_id 11 of TWICE is taken.')
    expect(() => simulator.control.removeMergeField(DEFAULT_AUDIENCE, 'NEWS')).toThrow('no merge field NEWS')
  })

  test('stays when the tag, the name or the options change', async () => {
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA, merge_fields: { FNAME: 'Ada' } })
    for (const change of [{ tag: 'FIRST' }, { name: 'Call me' }, { options: { size: 40 } }]) {
      expect((await call('PATCH', '/merge-fields/1', change)).body['merge_id']).toBe(1)
    }
    expect(await idOf('FIRST')).toBe(1)
    expect((await call('GET', `/members/${subscriberHash(ADA)}`)).body['merge_fields']).toMatchObject({ FIRST: 'Ada' })
  })
})

describe('merge fields', () => {
  test('a fresh audience has four, in order of their tags', async () => {
    const { body } = await call('GET', '/merge-fields')
    const fields = body['merge_fields'] as readonly JsonObject[]
    expect(fields.map(field => field['tag'])).toEqual(['ADDRESS', 'FNAME', 'LNAME', 'PHONE'])
  })

  test('the default page holds 10, and a type can be asked for', async () => {
    for (let at = 0; at < 8; at += 1)
      simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: `N${at}`, type: 'number' })
    const { body } = await call('GET', '/merge-fields')
    expect([(body['merge_fields'] as readonly unknown[]).length, body['total_items']]).toEqual([10, 12])
    const numbers = await call('GET', '/merge-fields?type=number&count=1000')
    expect(numbers.body['total_items']).toBe(8)
  })

  test.each([
    [{ name: 'News' }, 'Required fields were not provided: type'],
    [{ name: 'News', type: 'checkbox' }, 'Data presented is not one of the accepted values'],
    [{ name: 'News', type: 'text', tag: 'ELEVENCHARS' }, 'at most 10 characters'],
    [{ name: 'News', type: 'text', tag: 'A-B' }, 'letters, digits and underscores'],
  ])('%j is refused', async (body, message) => {
    const answer = await call('POST', '/merge-fields', body)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body['errors'])).toContain(message)
  })

  test('no two with one tag, not more than 30, no other type later', async () => {
    const twice = await call('POST', '/merge-fields', { name: 'x', type: 'text', tag: 'FNAME' })
    expect(twice.body['detail']).toBe('A Merge Field with the tag "FNAME" already exists for this list.')
    expect((await call('PATCH', '/merge-fields/1', { type: 'number' })).status).toBe(400)
    for (let at = 4; at < 30; at += 1)
      simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: `N${at}`, type: 'text' })
    const oneMore = await call('POST', '/merge-fields', { name: 'x', type: 'text' })
    expect([oneMore.status, oneMore.body['title']]).toEqual([400, 'Merge Max Limit Exceeded'])
  })

  test('a renamed tag keeps its values, a deleted one loses them', async () => {
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA, merge_fields: { FNAME: 'Ada', LNAME: 'L' } })
    expect((await call('PATCH', '/merge-fields/1', { tag: 'FIRST', name: 'First' })).body['tag']).toBe('FIRST')
    expect((await call('DELETE', '/merge-fields/2')).status).toBe(204)
    const { body } = await call('GET', `/members/${subscriberHash(ADA)}`)
    expect(body['merge_fields']).toEqual({ FIRST: 'Ada', ADDRESS: '', PHONE: '' })
  })
})
