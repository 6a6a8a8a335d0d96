import { describe, expect, test } from 'vitest'
import { hashOf } from './contacts.ts'
import { FINAL, judge, type Debt, type Renaming, type Witness } from './quiescence.ts'
import { ADA, asked, BOB, event, eventDeletion, NO, stamp, YES } from './stories.ts'
import { type Write } from './writes.ts'

const CONTACT = 'c0ffee'
const only = [{ id: 'NEWS', value: 'consents_purposes_news_enabled' }]

let count = 0

/** A request of ours about Ada, confirmed when it left unless told. */
const wrote = (time: string, news: string, over: Partial<Write> = {}): Write => ({
  n: ++count,
  method: 'PATCH',
  audience: 'a',
  hash: hashOf(ADA),
  contactId: CONTACT,
  values: { NEWS: news },
  body: { merge_fields: { NEWS: news } },
  arrivedAt: Date.parse(stamp(time)),
  appliedAt: Date.parse(stamp(time)),
  isConfirmed: true,
  isForgotten: false,
  status: 200,
  fault: null,
  ...over,
})

const debt = (status: string, reason: string | null): Debt => ({ integration_id: 'i', person: ADA, status, reason })

const GRANT = event({ who: ADA, at: '10:00', consents: YES })
const DENIAL = event({ who: ADA, id: 'e2', at: '11:00', consents: NO })

const broken = (over: Partial<Witness>): readonly string[] =>
  judge({
    received: [GRANT, DENIAL],
    writes: [],
    asked: [asked({ mappings: only })],
    owing: [],
    debts: [],
    beside: { remade: [], renamed: [] },
    changed: new Map(),
    everyStatement: true,
    ...over,
  }).wrongs.map(({ breaks }) => breaks)

const absent: Partial<Write> = { status: 404, isConfirmed: false, appliedAt: undefined }

type Row = readonly [name: string, witness: Partial<Witness>, breaks: readonly string[]]

const rows: readonly Row[] = [
  ['I18: nothing was written', {}, ['I18']],
  ['I18: the denial was written last', { writes: [wrote('10:01', 'true'), wrote('11:01', 'false')] }, []],
  ['I18: the grant was written last', { writes: [wrote('11:01', 'true')] }, ['I18']],
  [
    'I18: only what was confirmed counts',
    { writes: [wrote('10:01', 'true'), wrote('11:01', 'false', { isConfirmed: false, status: 500 })] },
    ['I18'],
  ],
  [
    'I18: a late application after the last confirmed write',
    {
      writes: [
        wrote('10:01', 'true', { isConfirmed: false, status: null, appliedAt: Date.parse(stamp('11:30')) }),
        wrote('11:01', 'false'),
      ],
    },
    ['I18'],
  ],
  ['I19: the denial was written only before it came', { writes: [wrote('10:30', 'false')] }, ['I19']],
  ['R21: the same of a grant', { received: [GRANT], writes: [wrote('09:30', 'true')] }, ['R21']],
  [
    'R14: a merge field made anew voids what was written',
    {
      writes: [wrote('11:01', 'false')],
      beside: { remade: [{ audience: 'a', tag: 'NEWS', at: Date.parse(stamp('12:00')) }], renamed: [] },
    },
    ['I18'],
  ],
  [
    'a contact that Mailchimp does not have is excused',
    { writes: [wrote('11:01', 'false', absent)], debts: [debt('skipped', 'no_such_contact')] },
    [],
  ],
  [
    'and is none where Mailchimp never said so',
    { writes: [wrote('10:01', 'true')], debts: [debt('skipped', 'no_such_contact')] },
    ['I18'],
  ],
  [
    'nothing is excused as unchanged',
    { writes: [wrote('10:01', 'true')], debts: [debt('skipped', 'unchanged')] },
    ['I18'],
  ],
  ['R25: a withdrawal died of a passing reason', { debts: [debt('dead', 'request_refused')] }, ['R25']],
  [
    'R25: of one that nothing can help it may',
    {
      writes: [wrote('11:01', 'false', { status: 400, isConfirmed: false, fault: `${FINAL}1` })],
      debts: [debt('dead', 'address_refused')],
    },
    [],
  ],
  ['I22: a debt still waits', { writes: [wrote('11:01', 'false')], debts: [debt('waiting', 'throttled')] }, ['I22']],
  [
    'I20: a yes without a statement',
    {
      received: [event({ who: ADA, at: '10:00', consents: { purposes: [{ id: 'ads', enabled: true }] } })],
      writes: [wrote('10:01', 'true')],
    },
    ['I20'],
  ],
  [
    'I20: a yes whose ground was taken away',
    { received: [GRANT, eventDeletion('10:30')], writes: [wrote('10:01', 'true')] },
    ['I18'],
  ],
  [
    'R19: a second PUT',
    { writes: [wrote('10:01', 'true', { method: 'PUT' }), wrote('11:01', 'false', { method: 'PUT' })] },
    ['R19'],
  ],
  [
    'R20: a subscriber by a refusal',
    { writes: [wrote('11:01', 'false', { method: 'PUT', body: { status_if_new: 'subscribed' } })] },
    ['R20'],
  ],
  [
    'R16c: two integrations fill one tag',
    { writes: [wrote('11:01', 'false')], asked: ['i', 'j'].map(id => asked({ id, mappings: only })) },
    ['R16c'],
  ],
  [
    'R22: what a disabled integration left to be applied late',
    {
      asked: [],
      owing: [asked({ mappings: only })],
      writes: [
        wrote('10:01', 'true', { isConfirmed: false, status: null, appliedAt: Date.parse(stamp('11:30')) }),
        wrote('11:01', 'false'),
      ],
    },
    ['R22'],
  ],
]

describe('what the oracle finds', () => {
  test.each(rows)('%s', (_, witness, breaks) => {
    expect(broken(witness)).toEqual(breaks)
  })
})

describe('R16e: a contact whose address changed', () => {
  const renaming: Renaming = {
    audience: 'a',
    contactId: CONTACT,
    from: hashOf(ADA),
    to: hashOf(BOB),
    at: Date.parse(stamp('10:30')),
    isThere: true,
  }
  const beside = { remade: [], renamed: [renaming] }
  const gone = { beside, debts: [debt('skipped', 'no_such_contact')] }
  const lookup = wrote('11:01', 'false', absent)

  test('a denial follows it', () => {
    expect(broken({ ...gone, writes: [wrote('10:01', 'true'), lookup] })).toEqual(['I18'])
    expect(
      broken({ ...gone, writes: [wrote('10:01', 'true'), wrote('11:02', 'false', { hash: hashOf(BOB) })] }),
    ).toEqual([])
  })

  test('one that we never wrote to need not be found', () => {
    expect(broken({ ...gone, writes: [lookup] })).toEqual([])
  })

  test('a grant may stay behind', () => {
    expect(broken({ ...gone, received: [GRANT], writes: [wrote('09:00', 'false')] })).toEqual([])
  })
})
