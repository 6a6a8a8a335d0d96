import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  attribute,
  audienceOf,
  aUser,
  COOKIES,
  denies,
  entity,
  grants,
  merging,
  minute,
  NEWSLETTER,
  recordOf,
  says,
  settingsOf,
  TOPICS,
  type Telling,
} from '../../test/builders.ts'
import { decide } from './decide.ts'
import { type Fact, type Family, type Statement } from './fact.ts'
import { type ContactRecord } from './contact-record.ts'
import { type Options } from './options.ts'
import { personFrom, togetherOf, voicesOf } from './together.ts'

const CONTACT = { by: 'address', address: 'home@mail.test' } as const
const MAPPINGS = [
  { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
  { id: 'COOKIES', value: 'consents_purposes_cookies_enabled' },
  { id: 'TOPICS', value: 'consents_purposes_newsletter_values_topics_value' },
  { id: 'NAME', value: 'metadata_name' },
]

/** What a person said, and when. */
type Words = readonly (readonly [at: number, ...said: Statement[]])[]

const saidIn = (words: Words, n: number): readonly Statement[] => {
  const [, ...said] = words[n] ?? [0]
  return said
}

/** What an event said before is an event of its own. */
const anEventOf = ({ before: _, ...telling }: Telling): Fact => anEvent({ ...telling, kind: 'created' })

const factsOf = (person: string, words: Words, family: Family): Fact[] =>
  words.map(([at, ...said], n) =>
    (family === 'event' ? anEventOf : aUser)({
      id: `fct_${person}_${at}`,
      entityId: family === 'event' ? `${person} at ${at}` : `user of ${person}`,
      userId: `user of ${person}`,
      names: person,
      at: minute(at),
      kind: n === 0 ? 'created' : 'updated',
      createdAt: minute(0),
      version: n + 1,
      before: n === 0 ? undefined : entity(saidIn(words, n - 1), { version: n }),
      says: said,
      attributes: [attribute('metadata.name', person)],
    }),
  )

type Contact = {
  readonly naming?: Readonly<Record<string, Words>>
  /** With the minute at which they ceased to name it. */
  readonly left?: Readonly<Record<string, readonly [leftAt: number, words: Words]>>
  readonly record?: ContactRecord
  readonly options?: Partial<Options>
  readonly family?: Family
}

function decided({ naming = {}, left = {}, record, options = {}, family = 'event' }: Contact) {
  const settings = settingsOf({
    mappings: MAPPINGS,
    upsertMode: true,
    options: { match: 'metadata_email', ...options },
  })
  const folded = (person: string, words: Words) =>
    personFrom({ facts: factsOf(person, words, family), feed: family, person, settings, erasedBy: undefined })
  const of = togetherOf({
    contact: CONTACT,
    naming: Object.entries(naming).map(([person, words]) => folded(person, words)),
    left: Object.entries(left).map(([person, [leftAt, words]]) => ({
      of: folded(person, words),
      leftAt: minute(leftAt),
    })),
  })
  return decide({
    of,
    settings,
    audience: audienceOf('NEWS', 'COOKIES', 'TOPICS', 'NAME'),
    taken: [],
    refused: {},
    integrationId: 'int_a',
    record,
    person: 'ada',
    doubts: new Map([...of.namedBy, ...of.leftBy].map(person => [person, 0])),
  })
}

const YES = grants(NEWSLETTER)
const NO = denies(NEWSLETTER)
const written = (values: Readonly<Record<string, string>>, person = 'ada') => recordOf(merging(values), { person })

describe.each<Family>(['event', 'user'])('R16b: persons who name one contact, of %s records', family => {
  test.each<[what: string, contact: Contact, fields: Readonly<Record<string, string>>]>([
    ['the later grant', { naming: { ada: [[1, NO]], ben: [[2, YES]] } }, { NEWS: 'true' }],
    ['the later denial', { naming: { ada: [[2, NO]], ben: [[1, YES]] } }, { NEWS: 'false' }],
    ['the denial at one instant', { naming: { ada: [[1, YES]], ben: [[1, NO]] } }, { NEWS: 'false' }],
    [
      'what only one of them speaks of',
      { naming: { ada: [[1, YES]], ben: [[2, denies(COOKIES)]] } },
      { NEWS: 'true', COOKIES: 'false' },
    ],
    [
      'the later list',
      { naming: { ada: [[1, says(TOPICS, ['a', 'b'])]], ben: [[2, says(TOPICS, ['b'])]] } },
      { TOPICS: 'b' },
    ],
    ['the last of three', { naming: { ada: [[1, YES]], ben: [[2, NO]], cyd: [[3, YES]] } }, { NEWS: 'true' }],
  ])('%s counts, whoever comes first', (_, contact, fields) => {
    expect(decided({ ...contact, family }).desired.fields).toEqual(merging(fields))
    const turned = Object.fromEntries(Object.entries(contact.naming ?? {}).toReversed())
    expect(decided({ ...contact, naming: turned, family }).desired.fields).toEqual(merging(fields))
  })

  test.each<[what: string, contact: Contact, news: string | undefined]>([
    ['a denial of one who left', { naming: { ada: [[1, YES]] }, left: { ben: [5, [[2, NO]]] } }, 'false'],
    ['a grant that is newer than it', { naming: { ada: [[3, YES]] }, left: { ben: [5, [[2, NO]]] } }, 'true'],
    ['no denial from after they left', { naming: { ada: [[1, YES]] }, left: { ben: [5, [[6, NO]]] } }, 'true'],
    ['no grant of one who left', { naming: { ada: [[1, NO]] }, left: { ben: [5, [[2, YES]]] } }, 'false'],
    [
      'a denial that only their own grant had lifted',
      {
        naming: { ada: [[1, YES]] },
        left: {
          ben: [
            5,
            [
              [2, NO],
              [3, YES],
            ],
          ],
        },
      },
      'false',
    ],
    [
      'nothing, where only one who left had granted',
      { naming: { ada: [[1, denies(COOKIES)]] }, left: { ben: [5, [[2, YES]]] } },
      undefined,
    ],
  ])('R16f: %s counts', (_, contact, news) => {
    expect(decided({ ...contact, family }).desired.fields['merge:NEWS']).toBe(news)
  })

  test('R16f: of a list that one who left had narrowed, what it lacked stays away', () => {
    const naming = { ada: [[1, says(TOPICS, ['a', 'b'])]] } as const
    const left = { ben: [5, [[2, says(TOPICS, ['b', 'c'])]]] } as const
    expect(decided({ naming, left, family }).desired.fields['merge:TOPICS']).toBe('b')
  })
})

test.each([
  ['withdraw', 'before they left', 3, false],
  ['withdraw', 'after they left', 6, true],
  ['keep', 'before they left', 3, true],
] as const)(
  'R6e R16f: under %s, that the user of one who left was deleted %s',
  (onUserDeleted, _, deletedAt, granted) => {
    const settings = settingsOf({ options: { match: 'metadata_email', onUserDeleted } })
    const shared = { feed: 'event', settings, erasedBy: undefined } as const
    const deleted = aUser({ kind: 'deleted', userId: 'user of ben', names: 'ben', at: minute(deletedAt) })
    const ada = personFrom({ ...shared, person: 'ada', facts: factsOf('ada', [[1, YES]], 'event') })
    const ben = personFrom({ ...shared, person: 'ben', facts: [...factsOf('ben', [[2, YES]], 'event'), deleted] })
    const { state } = togetherOf({ contact: CONTACT, naming: [ada], left: [{ of: ben, leftAt: minute(5) }] })
    expect(answerAt(state, NEWSLETTER)).toBe(granted)
  },
)

describe('R16b: attributes', () => {
  test('are written while one person names the contact, and left as they are while several do', () => {
    expect(decided({ naming: { ada: [[1, YES]] } }).desired.fields['merge:NAME']).toBe('ada')
    expect(decided({ naming: { ada: [[1, YES]] }, left: { ben: [5, [[2, YES]]] } }).desired.fields['merge:NAME']).toBe(
      'ada',
    )
    const naming = { ada: [[1, YES]], ben: [[2, YES]] } as const
    expect(decided({ naming }).desired.fields).not.toHaveProperty('merge:NAME')
    expect(decided({ naming, options: { noChoice: 'clear' } }).desired.fields).not.toHaveProperty('merge:NAME')
  })
})

describe('R16f: a contact that no person names any more', () => {
  const left = { ada: [5, [[1, YES, says(TOPICS, ['a'])]]] } as const
  const yes = { NEWS: 'true', TOPICS: 'a', NAME: 'ada' }

  test.each<[what: string, contact: Contact, fields: Readonly<Record<string, string>> | undefined]>([
    ['has each yes taken back, and keeps its attributes', { record: written(yes) }, { NEWS: 'false', TOPICS: '' }],
    ['has them cleared by choice', { record: written(yes), options: { noChoice: 'clear' } }, { NEWS: '', TOPICS: '' }],
    ['is not touched where nothing was written', { record: written({ COOKIES: 'false' }) }, undefined],
    ['is not touched again', { record: written({ NEWS: 'false', TOPICS: '' }) }, undefined],
    [
      'is told once more what something may have overwritten',
      { record: doubted({ NEWS: 'false' }) },
      { NEWS: 'false' },
    ],
    [
      'keeps what another integration wrote',
      { record: recordOf(merging(yes), { integrationId: 'int_b', person: 'ada' }) },
      undefined,
    ],
    ['keeps what was written for one who never named it by this document', { record: written(yes, 'eve') }, undefined],
    ['is not touched when nothing is known of it', {}, undefined],
  ])('%s', (_, contact, fields) => {
    const { plan } = decided({ left, ...contact })
    if (fields) expect(plan).toEqual({ do: 'update', contact: CONTACT, fields: merging(fields) })
    else expect(plan).toMatchObject({ do: 'skip' })
  })

  test('I20: nor does a yes of one who left stay where those who name it say nothing', () => {
    const naming = { ben: [[6, denies(COOKIES)]] } as const
    expect(decided({ naming, left, record: written({ NEWS: 'true' }) }).desired.fields).toMatchObject(
      merging({ NEWS: 'false', COOKIES: 'false' }),
    )
  })
})

function doubted(values: Readonly<Record<string, string>>): ContactRecord {
  const { entries, ...rest } = written(values)
  const inDoubt = Object.entries(entries).map(([key, entry]) => [key, { ...entry, isDoubted: true }] as const)
  return { ...rest, entries: Object.fromEntries(inDoubt) }
}

describe('R34: as whom a person speaks at their contact', () => {
  const WORDS: Words = [
    [1, grants(NEWSLETTER), denies(COOKIES)],
    [5, grants(COOKIES)],
  ]
  const voices = (erasedBy: number | undefined, more: readonly Fact[] = []) => {
    const settings = settingsOf({ options: { match: 'email' } })
    const facts = [...factsOf('ada', WORDS, 'event'), ...more]
    const { naming, left } = voicesOf(personFrom({ facts, feed: 'event', person: 'ada', settings, erasedBy }))
    const of = togetherOf({ contact: CONTACT, naming, left })
    return { left: left.map(({ leftAt }) => leftAt), state: of.state, namedBy: of.namedBy }
  }

  test.each([
    ['nobody asked to erase them', undefined, ['ada'], [true, true]],
    ['all of it was chosen by then', minute(5), [], [undefined, false]],
    ['a choice is newer', minute(4), ['ada'], [undefined, true]],
    ['every choice is newer', minute(0), ['ada'], [true, true]],
  ])('where %s', (_, erasedBy, namedBy, [newsletter, cookies]) => {
    const { state, ...of } = voices(erasedBy)
    expect(of).toEqual({ namedBy, left: erasedBy === undefined ? [] : [erasedBy + 1] })
    expect([answerAt(state, NEWSLETTER), answerAt(state, COOKIES)]).toEqual([newsletter, cookies])
  })

  test('a deletion alone brings nobody back', () => {
    const deleted = aUser({ id: 'fct_z', kind: 'deleted', userId: 'user of ada', names: 'ada', at: minute(9) })
    expect(voices(minute(6), [deleted]).namedBy).toEqual([])
  })
})
