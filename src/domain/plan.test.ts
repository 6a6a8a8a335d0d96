import { describe, expect, test } from 'vitest'
import { MORNING, NO_GRANT, settingsOf } from '../../test/builders.ts'
import { type Options } from './options.ts'
import { type Desired } from './mapping.ts'
import { type Beginning } from './new-contact.ts'
import { type ContactRef } from './person.ts'
import { planFor, withdrawsAny, type Fields } from './plan.ts'

const ADA: ContactRef & { by: 'address' } = { by: 'address', address: 'ada@example.test' }
const HASH: ContactRef = { by: 'hash', hash: '0cc175b9c0f1b6a831c399e269772661' }
const BY_ID: ContactRef = { by: 'contact_id', contactId: '7fbd1a3e2c' }
const UPDATE = settingsOf({ upsertMode: false })
const UPSERT = settingsOf({ upsertMode: true })

const GRANTED: Beginning = { subscribes: true, grantedAt: MORNING }
const desiring = (fields: Fields, beginning = GRANTED): Desired => ({
  fields,
  beginning,
  isStated: true,
  setAside: [],
  lists: [],
})
const BOTH = { NEWSLETTER: 'true', COOKIES: 'false' }

const plan = (over: Partial<Parameters<typeof planFor>[0]>) =>
  planFor({ settings: UPDATE, contact: ADA, isNew: true, desired: desiring(BOTH), confirmed: {}, ...over })

describe.each([
  { mode: 'update-only', settings: UPDATE },
  { mode: 'upsert', settings: UPSERT },
])('what needs no request ($mode)', ({ settings }) => {
  test('R17: an id that names no contact', () => {
    expect(plan({ settings, contact: undefined })).toEqual({ do: 'skip', because: 'unresolvable' })
    const empty = plan({ settings, contact: undefined, desired: desiring({}) })
    expect(empty).toEqual({ do: 'skip', because: 'unresolvable' })
  })

  test('R12: a person of whom nothing mapped is known', () => {
    expect(plan({ settings, desired: desiring({}) })).toEqual({ do: 'skip', because: 'nothing_mapped' })
    const last = { NEWSLETTER: 'true' }
    expect(plan({ settings, desired: desiring({}), confirmed: last })).toMatchObject({ because: 'nothing_mapped' })
  })

  test('R21: nothing to change since the last delivered values', () => {
    const unchanged = { do: 'skip', because: 'unchanged' }
    expect(plan({ settings, confirmed: { ...BOTH } })).toEqual(unchanged)
    expect(plan({ settings, confirmed: { COOKIES: 'false', NEWSLETTER: 'true', OTHER: 'x' } })).toEqual(unchanged)
  })
})

describe('R18: update-only', () => {
  test('sends what changed, and merge fields only', () => {
    expect(plan({ confirmed: { NEWSLETTER: 'false', COOKIES: 'false' } })).toEqual({
      do: 'update',
      contact: ADA,
      fields: { NEWSLETTER: 'true' },
    })
  })

  test('sends everything when it is not known what Mailchimp holds', () => {
    expect(plan({})).toEqual({ do: 'update', contact: ADA, fields: BOTH })
  })

  test('sends a field that is new to the mapping', () => {
    expect(plan({ confirmed: { COOKIES: 'false' } })).toMatchObject({ fields: { NEWSLETTER: 'true' } })
  })

  test('sends an empty text that clears, and tells it from a field never sent', () => {
    const cleared = desiring({ NEWSLETTER: '' })
    expect(plan({ desired: cleared, confirmed: {} })).toMatchObject({ do: 'update', fields: { NEWSLETTER: '' } })
    expect(plan({ desired: cleared, confirmed: { NEWSLETTER: '' } })).toMatchObject({ because: 'unchanged' })
  })

  test('tells the number 1 from the text "1", and a tag from what every object has', () => {
    expect(plan({ desired: desiring({ AGE: 1 }), confirmed: { AGE: '1' } })).toMatchObject({ fields: { AGE: 1 } })
    const fields = { constructor: 'true' }
    expect(plan({ desired: desiring(fields), confirmed: {} })).toMatchObject({ fields })
  })
})

describe('R19: upsert', () => {
  test('carries every field even if only one changed, since it may create the contact', () => {
    expect(plan({ settings: UPSERT, confirmed: { NEWSLETTER: 'false', COOKIES: 'false' } })).toEqual({
      do: 'upsert',
      contact: ADA,
      statusIfNew: 'transactional',
      signedUpAt: MORNING,
      fields: BOTH,
    })
  })

  test('of a contact that took a write of ours updates it: a PUT would make a second one where it was renamed', () => {
    const changed = { NEWSLETTER: 'true' }
    expect(plan({ settings: UPSERT, isNew: false, confirmed: { COOKIES: 'false' } })).toEqual({
      do: 'update',
      contact: ADA,
      fields: changed,
    })
  })

  test.each([HASH, BY_ID])('can only update a contact whose address is not known: $by', contact => {
    expect(plan({ settings: UPSERT, contact })).toEqual({ do: 'update', contact, fields: BOTH })
  })
})

describe('R20: the status of a contact that an upsert creates', () => {
  const statuses: Options['newContactStatus'][] = ['transactional', 'subscribed', 'pending', 'unsubscribed']

  test.each(statuses)('is the option (%s) when all is granted that it asks for, transactional otherwise', status => {
    const settings = settingsOf({ upsertMode: true, options: { newContactStatus: status } })
    expect(plan({ settings, desired: desiring(BOTH) })).toMatchObject({ statusIfNew: status })
    expect(plan({ settings, desired: desiring(BOTH, NO_GRANT) })).toMatchObject({
      statusIfNew: 'transactional',
      signedUpAt: undefined,
    })
  })
})

describe('R23, R26: does a request take back a yes?', () => {
  test.each<[what: string, fields: Fields, last: Fields | undefined, expected: boolean]>([
    ['a yes that becomes a no', { A: 'false' }, { A: 'true' }, true],
    ['a yes that is cleared', { A: '' }, { A: 'true' }, true],
    ['a no where nothing is known: there may be a yes', { A: 'false' }, undefined, true],
    ['a no that was never sent', { A: 'false' }, { B: 'true' }, true],
    ['a no that is there already', { A: 'false', B: 'true' }, { A: 'false' }, false],
    ['a yes', { A: 'true' }, { A: 'false' }, false],
    ['a yes where nothing is known', { A: 'true' }, undefined, false],
    ['one of several', { A: 'true', B: 'false' }, { A: 'false', B: 'true' }, true],
    ['a list that loses an id', { A: 'sport' }, { A: 'sport,culture' }, true],
    ['a list that trades an id for another', { A: 'sport' }, { A: 'culture' }, true],
    ['a list that only gains an id', { A: 'culture,sport' }, { A: 'sport' }, false],
    ['no fields', {}, { A: 'true' }, false],
  ])('%s', (_, fields, last, expected) => {
    expect(withdrawsAny(fields, last, ['A'])).toBe(expected)
  })
})
