import { describe, expect, test } from 'vitest'
import { merging, MORNING, recordOf } from '../../test/builders.ts'
import {
  afterAbsence,
  afterDoubt,
  afterRename,
  afterWrite,
  believed,
  confirmedSince,
  NEW_CONTACT,
  passedOn,
  valuesOf,
  type Believer,
  type Confirmation,
  type ContactRecord,
} from './contact-record.ts'

const ADA = 'ada@example.test'
const BOB = 'bob@example.test'
const since = (revision: number, bobs?: number) => ({
  doubts: new Map([[ADA, revision], ...(bobs === undefined ? [] : [[BOB, bobs] as const])]),
})
const BY: Believer = { integrationId: 'int_a', person: ADA, ...since(0), fieldIds: {} }
const NEWS = merging({ NEWS: 'true' })
const values = (record: ContactRecord, by: Partial<Believer> = {}) => valuesOf(believed(record, { ...BY, ...by }))

const written = (over: Partial<Confirmation> = {}): Confirmation => ({
  accepted: NEWS,
  fieldIds: {},
  contactId: 'c1',
  movedTo: undefined,
  at: MORNING,
  fact: 'fct_5',
  integrationId: 'int_a',
  person: 'ada@example.test',
  revision: 3,
  ...over,
})

describe('R21: what was written is believed until something casts doubt on it', () => {
  test('by the debt that wrote it', () => {
    expect(values(recordOf(NEWS))).toEqual(NEWS)
  })

  test.each<[doubt: string, record: ContactRecord, by: Partial<Believer>]>([
    ['another integration wrote it', recordOf(NEWS, { integrationId: 'int_b' }), {}],
    ['another person wrote it, who has no say here', recordOf(NEWS, { person: BOB }), {}],
    ['R16b: the other person who wrote it is in doubt', recordOf(NEWS, { person: BOB, revision: 4 }), since(0, 5)],
    [
      'R16b: another person wrote it, and nothing of its own settled the doubt',
      recordOf(NEWS, { person: BOB }),
      since(1, 0),
    ],
    ['a resync was asked for after it left', recordOf(NEWS, { revision: 4 }), since(5)],
    ['an attempt of unknown end carried it', afterDoubt(recordOf(NEWS), ['merge:NEWS']), {}],
    ['the contact was gone', afterAbsence(recordOf(NEWS), 'fct_9'), {}],
    [
      'the merge field was made anew',
      afterWrite(NEW_CONTACT, written({ fieldIds: { 'merge:NEWS': 4 } })),
      { fieldIds: { 'merge:NEWS': 7 } },
    ],
    [
      'the name is that of another contact now',
      afterWrite(recordOf(NEWS, { contactId: 'c0' }), written({ accepted: {} })),
      {},
    ],
  ])('not when %s', (_, record, by) => {
    expect(values(record, by)).toEqual({})
  })

  test.each<[what: string, record: ContactRecord, by: Partial<Believer>]>([
    ['it was written for the very revision of the resync', recordOf(NEWS, { revision: 5 }), since(5)],
    ['another field was doubted', afterDoubt(recordOf(NEWS), ['merge:OFFERS']), {}],
    ['the id of its merge field is not known', recordOf(NEWS), { fieldIds: { 'merge:NEWS': 7 } }],
    [
      'the field has the id that it had',
      afterWrite(NEW_CONTACT, written({ fieldIds: { 'merge:NEWS': 4 } })),
      { fieldIds: { 'merge:NEWS': 4 } },
    ],
  ])('still when %s', (_, record, by) => {
    expect(values(record, by)).toEqual(NEWS)
  })
})

describe('R21: a value need not be written again', () => {
  const entries = believed(recordOf(merging({ NEWS: 'true', OFFERS: 'false' }), { fact: 'fct_5' }), BY)

  test('when the request that wrote it knew the newest statement behind it', () => {
    expect(confirmedSince(entries, merging({ NEWS: 'fct_5', OFFERS: 'fct_1' }))).toEqual(
      merging({ NEWS: 'true', OFFERS: 'false' }),
    )
    expect(confirmedSince(entries, {})).toEqual(merging({ NEWS: 'true', OFFERS: 'false' }))
  })

  test('but must when something was stated since, though it is the same', () => {
    expect(confirmedSince(entries, merging({ OFFERS: 'fct_6' }))).toEqual(merging({ NEWS: 'true' }))
  })
})

describe('R16: a contact', () => {
  test('is there once it took a write, by its permanent id', () => {
    const record = afterWrite(afterAbsence(recordOf(NEWS), 'fct_1'), written())
    expect(record).toMatchObject({ contactId: 'c1', wroteAt: MORNING, goneAfter: undefined })
    expect(values(record)).toEqual(NEWS)
  })

  test('keeps what was written to it before, and its id when an answer does not name it', () => {
    const before = recordOf(merging({ OFFERS: 'x' }), { contactId: 'c1' })
    const record = afterWrite(before, written({ contactId: undefined }))
    expect([record.contactId, values(record)]).toEqual(['c1', merging({ OFFERS: 'x', NEWS: 'true' })])
  })

  test('I10: holds what was written last, so that it is not written again', () => {
    const record = afterWrite(recordOf(merging({ NEWS: 'false', OFFERS: 'x' }), { contactId: 'c1' }), written())
    expect(confirmedSince(record.entries, {})).toEqual(merging({ NEWS: 'true', OFFERS: 'x' }))
  })

  test('R16d: under another permanent id is another one, of which nothing is known but what was just written', () => {
    const record = afterWrite(recordOf(merging({ OFFERS: 'x' }), { contactId: 'c0' }), written())
    expect([record.contactId, values(record)]).toEqual(['c1', NEWS])
  })

  test('is not there from a fact on, whether or not it ever took a write', () => {
    expect([NEW_CONTACT, recordOf(NEWS)].map(record => afterAbsence(record, 'fct_9').goneAfter)).toEqual([
      'fct_9',
      'fct_9',
    ])
  })

  test('that was renamed goes by its new name until an answer says otherwise', () => {
    const renamed = afterRename(recordOf(NEWS, { contactId: 'c1' }), 'b0b', 7)
    expect([renamed.movedTo, values(renamed)]).toEqual(['b0b', NEWS])
    expect(afterWrite(renamed, written({ movedTo: 'b0b' })).movedTo).toBe('b0b')
    expect(afterWrite(renamed, written()).movedTo).toBeUndefined()
  })

  test.each<
    [what: string, next: (record: ContactRecord) => ContactRecord, accepted: boolean, since: number | undefined]
  >([
    ['is found there again', record => afterRename(record, 'b0b', 9), true, 7],
    ['takes a write there', record => afterWrite(record, written({ movedTo: 'b0b' })), true, 7],
    ['is in doubt', record => afterDoubt(record, ['merge:NEWS']), true, 7],
    ['takes another address', record => afterRename(record, 'c0c', 9), false, 9],
    ['takes a write by its first address', record => afterWrite(record, written()), false, undefined],
    ['is gone', record => afterAbsence(record, 'fct_9'), false, undefined],
  ])('R16e: whose new address was accepted, when it %s', (_, next, isAccepted, movedAt) => {
    const accepted = recordOf(NEWS, { contactId: 'c1', movedTo: 'b0b', movedAt: 7, isAccepted: true })
    expect(next(accepted)).toMatchObject({ isAccepted, movedAt })
  })
})

describe('R34: without a person', () => {
  const record: ContactRecord = {
    ...recordOf(NEWS),
    entries: {
      ...recordOf(NEWS, { person: ADA }).entries,
      ...recordOf(merging({ OFFERS: 'true' }), { person: BOB }).entries,
    },
  }

  test('what was written for them goes where nobody else names the contact', () => {
    const { entries, ...rest } = passedOn(record, { person: ADA, heirIn: () => undefined })
    expect(rest).toEqual({ ...rest, contactId: record.contactId, wroteAt: record.wroteAt })
    expect(Object.keys(entries)).toEqual(['merge:OFFERS'])
  })

  test('or was written for another one, whom nobody believes that', () => {
    const heirIn = (integrationId: string) => (integrationId === 'int_a' ? BOB : undefined)
    const passed = passedOn(record, { person: ADA, heirIn })
    expect(passed.entries['merge:NEWS']).toMatchObject({ value: 'true', person: BOB, isDoubted: true })
    expect(JSON.stringify(passed)).not.toContain(ADA)
    expect(values(passed, { person: BOB, ...since(0, 0) })).toEqual(merging({ OFFERS: 'true' }))
  })
})
