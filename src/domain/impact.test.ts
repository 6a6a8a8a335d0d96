import { describe, expect, test } from 'vitest'
import {
  anEvent,
  audienceOf,
  COOKIES,
  denies,
  grants,
  NEWSLETTER,
  recordOf,
  settingsOf,
  merging,
} from '../../test/builders.ts'
import { decide } from './decide.ts'
import { fieldsOf, impactOn, type FieldCounts } from './impact.ts'
import { type Settings } from './integration.ts'
import { type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'
import { personFrom } from './together.ts'

const person = 'ada@example.test'
const MAPPED = [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }]
const ALSO = [...MAPPED, { id: 'COOKIES', value: 'consents_purposes_cookies_enabled' }]

const weigh = (settings: Parameters<typeof settingsOf>[0], written?: Fields, mappings = MAPPED) => {
  const through = (own: Settings) =>
    decide({
      of: personFrom({
        facts: [anEvent({ says: [grants(NEWSLETTER), denies(COOKIES)] })],
        feed: 'event',
        person,
        settings: own,
        erasedBy: undefined,
      }),
      settings: own,
      audience: audienceOf('NEWS', 'COOKIES'),
      taken: [],
      refused: {},
      integrationId: 'int_a',
      record: written && recordOf(written),
      person,
      doubts: new Map([[person, 0]]),
    })
  return impactOn({ person, before: through(settingsOf({ mappings })), after: through(settingsOf(settings)) })
}

const counted = (over: Partial<FieldCounts>): FieldCounts => ({
  denied: 0,
  granted: 0,
  cleared: 0,
  other: 0,
  left: 0,
  ...over,
})

/** The counts of a merge field that should hold one value, and then another one. */
function changeOf(before: FieldValue | undefined, after: FieldValue | undefined, isList: boolean) {
  const decided = decide({
    of: personFrom({ facts: [], feed: 'event', person, settings: settingsOf({}), erasedBy: undefined }),
    settings: settingsOf({}),
    audience: audienceOf('NEWS'),
    taken: [],
    refused: {},
    integrationId: 'int_a',
    record: undefined,
    person,
    doubts: new Map(),
  })
  const holding = (value: FieldValue | undefined) => ({
    ...decided,
    desired: {
      ...decided.desired,
      fields: merging(value === undefined ? {} : { NEWS: value }),
      lists: isList ? Object.keys(merging({ NEWS: '' })) : [],
    },
  })
  return impactOn({ person, before: holding(before), after: holding(after) })?.fields
}

describe('R6c: what becomes of a merge field', () => {
  test.each<[before: FieldValue | undefined, after: FieldValue | undefined, isList: boolean, to: keyof FieldCounts]>([
    ['true', 'false', false, 'denied'],
    [undefined, 'false', false, 'denied'],
    ['', 'false', false, 'denied'],
    ['a,b', 'a', true, 'denied'],
    ['a,b', 'b,c', true, 'denied'],
    ['a', '', true, 'denied'],
    ['false', 'true', false, 'granted'],
    ['', 'true', false, 'granted'],
    [undefined, 'true', false, 'granted'],
    ['a', 'a,b', true, 'granted'],
    [undefined, 'a', true, 'granted'],
    ['true', '', false, 'cleared'],
    ['false', '', false, 'cleared'],
    [undefined, '', false, 'cleared'],
    ['FR', 'DE', false, 'other'],
    [undefined, 'DE', false, 'other'],
    ['true', undefined, false, 'left'],
    ['a', undefined, true, 'left'],
  ])('%o to %o (list: %o) is %s', (before, after, isList, to) => {
    expect(changeOf(before, after, isList)).toEqual(counted({ [to]: 1 }))
  })

  test.each([
    ['true', false],
    ['', false],
    ['a,b', true],
    [undefined, false],
  ] as const)('that stays %o is no change', (value, isList) => {
    expect(changeOf(value, value, isList)).toBeUndefined()
  })

  test('over several persons it is the sum', () => {
    const impacts = (['denied', 'denied', 'granted', 'left'] as const).map(change => ({
      person,
      do: 'skip' as const,
      because: undefined,
      before: {},
      after: {},
      fields: counted({ [change]: 1 }),
    }))
    expect(fieldsOf(impacts)).toEqual(counted({ denied: 2, granted: 1, left: 1 }))
    expect(fieldsOf([])).toEqual(counted({}))
  })
})

describe('what another document would do to a person', () => {
  test('nothing when it says the same', () => {
    expect(weigh({ mappings: [...ALSO].reverse() }, undefined, ALSO)).toBeUndefined()
    expect(weigh({ mappings: MAPPED })).toBeUndefined()
    expect(weigh({ mappings: MAPPED, name: 'another name' })).toBeUndefined()
  })

  test('a merge field more', () => {
    expect(weigh({ mappings: ALSO }, merging({ NEWS: 'true' }))).toEqual({
      person,
      do: 'update',
      because: undefined,
      before: merging({ NEWS: 'true' }),
      after: merging({ NEWS: 'true', COOKIES: 'false' }),
      fields: counted({ denied: 1 }),
    })
  })

  test('a merge field less, with which nothing is sent', () => {
    const mappings = [{ id: 'COOKIES', value: 'consents_purposes_unheard_of_enabled' }]
    expect(weigh({ mappings }, merging({ NEWS: 'true' }))).toMatchObject({
      do: 'skip',
      because: 'nothing_mapped',
      before: merging({ NEWS: 'true' }),
      after: {},
      fields: counted({ left: 1 }),
    })
  })

  test('a contact that would be created, or that the person would name no more', () => {
    expect(weigh({ mappings: MAPPED, upsertMode: true })).toMatchObject({ do: 'upsert' })
    expect(weigh({ mappings: MAPPED, options: { match: 'contact_id' } })).toMatchObject({ because: 'unresolvable' })
  })

  test('a merge tag that the audience does not have', () => {
    const impact = weigh({ mappings: [...MAPPED, { id: 'GONE', value: 'consents_purposes_cookies_enabled' }] })
    expect(impact).toMatchObject({ before: merging({ NEWS: 'true' }), after: merging({ NEWS: 'true' }) })
  })
})
