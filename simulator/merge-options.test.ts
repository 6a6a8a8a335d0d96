import { describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE } from './simulator.ts'

const ADA = 'ada@mail.test'

const simulator = freshSimulator()
const call = simulator.caller(`/3.0/lists/${DEFAULT_AUDIENCE}`)

const patch = (fields: Readonly<Record<string, unknown>>, query = '') =>
  call('PATCH', `/members/${subscriberHash(ADA)}${query}`, { merge_fields: fields })

describe('the options of a field', () => {
  test.each<readonly [type: string, options: JsonObject, sent: string, stored: string]>([
    ['birthday', {}, '06/09', '06/09'],
    ['birthday', { date_format: 'MM/DD' }, '12/25', '12/25'],
    ['birthday', { date_format: 'MM/DD' }, '25/12', 'refused'],
    ['birthday', { date_format: 'DD/MM' }, '06/09', '09/06'],
    ['birthday', { date_format: 'DD/MM' }, '25/12', '12/25'],
    ['birthday', { date_format: 'DD/MM' }, '12/25', 'refused'],
    ['birthday', { date_format: 'DD/MM' }, '29/02', '02/29'],
    ['birthday', { date_format: 'DD/MM' }, '30/02', 'refused'],
    ['birthday', { date_format: 'YYYY' }, '12/25', '12/25'],
    ['date', {}, '06/09/2024', '2024-06-09'],
    ['date', { date_format: 'MM/DD/YYYY' }, '25/12/2024', 'refused'],
    ['date', { date_format: 'DD/MM/YYYY' }, '06/09/2024', '2024-09-06'],
    ['date', { date_format: 'DD/MM/YYYY' }, '12/25/2024', 'refused'],
    ['date', { date_format: 'DD/MM/YYYY' }, '2024-12-25', '2024-12-25'],
    ['date', { date_format: 'DD/MM/YYYY' }, '2024/12/25', '2024-12-25'],
    ['date', { date_format: 'MM/DD/YYYY' }, '25-12-2024', '2024-12-25'],
    ['phone', { phone_format: 'US' }, '404 555 1212', '404 555 1212'],
    ['phone', { phone_format: 'US' }, '+33 1 23 45 67 89', 'refused'],
    ['phone', { phone_format: 'none' }, '+33 1 23 45 67 89', '+33 1 23 45 67 89'],
    ['phone', { phone_format: 'International' }, 'ext. 7', 'ext. 7'],
    ['radio', { choices: ['Yes', 'No'] }, 'Yes', 'Yes'],
    ['radio', { choices: ['Yes', 'No'] }, 'yes', 'refused'],
    ['dropdown', { choices: [] }, 'Yes', 'refused'],
    ['text', { size: 3 }, 'longer than its form is wide', 'longer than its form is wide'],
  ])('%s with %j: %j is %j', async (type, options, sent, stored) => {
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'IT', type, options })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
    const { status, body } = await patch({ IT: sent })
    if (stored === 'refused') return expect([status, body['detail']]).toEqual([400, 'Your merge fields were invalid.'])
    expect([status, (body['merge_fields'] as JsonObject)['IT']]).toEqual([200, stored])
  })

  test.each([
    [164, undefined, 'US'],
    [164, 'FR', 'FR'],
    [74, undefined, ''],
  ])('an address without a country, where the default is %i and %s is sent', async (id, country, stored) => {
    const options = { default_country: id }
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'HOME', type: 'address', options })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
    const home = { addr1: '1 Main', city: 'Paris', state: 'IDF', zip: '75001' }
    const { body } = await patch({ HOME: { ...home, ...(country === undefined ? {} : { country }) } })
    expect(body['merge_fields']).toMatchObject({ HOME: { country: stored } })
  })

  test.each([
    [{ choices: 'a,b' }, 'options.choices', 'Schema describes array, string found instead'],
    [{ choices: ['a', 1] }, 'options.choices.item:1', 'Schema describes string, integer found instead'],
    [{ size: '25' }, 'options.size', 'Schema describes integer, string found instead'],
    [{ date_format: 5 }, 'options.date_format', 'Schema describes string, integer found instead'],
  ])('%j is refused', async (options, field, message) => {
    for (const [method, path] of [
      ['POST', '/merge-fields'],
      ['PATCH', '/merge-fields/1'],
    ] as const) {
      const { status, body } = await call(method, path, { name: 'x', type: 'text', options })
      expect([status, body['errors']]).toEqual([400, [{ field, message }]])
    }
  })

  test('changed choices count from then on, and what is stored stays', async () => {
    const options = { choices: ['red', 'blue'] }
    const made = simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'COLOUR', type: 'dropdown', options })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA, merge_fields: { COLOUR: 'red' } })
    const path = `/merge-fields/${made['merge_id'] as number}`
    const changed = await call('PATCH', path, { options: { choices: ['blue'], size: 9 } })
    expect(changed.body['options']).toEqual({ choices: ['blue'] })
    expect((await patch({ COLOUR: 'red' })).status).toBe(400)
    expect((await patch({ FNAME: 'A' })).body['merge_fields']).toMatchObject({ COLOUR: 'red' })
  })
})
