import { describe, expect, test } from 'vitest'
import {
  attribute,
  channel,
  choice,
  COOKIES,
  minute,
  MORNING,
  NEWSLETTER,
  objection,
  preference,
  stateOf,
  TOPICS,
  vendor,
} from '../../test/builders.ts'
import { type Answer, type Place } from './choice.ts'
import { type ConsentState } from './fold.ts'
import { beginningOf } from './new-contact.ts'

const PATHS = {
  NEWS: 'consents_purposes_newsletter_enabled',
  COOKIES: 'consents_purposes_cookies_enabled',
  TOPICS: 'consents_purposes_newsletter_values_topics_value',
  COUNTRY: 'country',
} as const

const person = (...choices: [Place, Answer][]): ConsentState =>
  stateOf(choices.map(([place, answer]) => choice(place, answer)))

const begins = (state: ConsentState, paths: Readonly<Record<string, string>>, subscribeWhen: readonly string[] = []) =>
  beginningOf(state, {
    mappings: Object.entries(paths).map(([id, value]) => ({ id, value })),
    options: { subscribeWhen },
  })

const WEEKLY = preference('weekly', 'newsletter')
const BY_MAIL = channel('email', { purpose: 'newsletter', preference: 'weekly' })
const weekly = { WEEKLY: 'consents_purposes_newsletter_preferences_weekly_enabled' }
const byMail = { MAIL: 'consents_purposes_newsletter_preferences_weekly_channels_email_enabled' }
const sport = { SPORT: `${PATHS.TOPICS}_sport_enabled` }

describe('R20: without subscribe_when, every mapped yes or no of which anything was stated must be a yes', () => {
  test.each<[what: string, state: ConsentState, paths: Record<string, string>, expected: boolean]>([
    ['a mapped purpose that is granted', person([NEWSLETTER, true]), { A: PATHS.NEWS }, true],
    ['both of two', person([NEWSLETTER, true], [COOKIES, true]), PATHS, true],
    ['one of two, nothing stated of the other', person([COOKIES, true]), PATHS, true],
    ['one of two, the other refused', person([NEWSLETTER, false], [COOKIES, true]), PATHS, false],
    ['a mapped purpose that is refused', person([NEWSLETTER, false]), { A: PATHS.NEWS }, false],
    ['a purpose that is granted but not mapped', person([COOKIES, true]), { A: PATHS.NEWS }, false],
    ['no choice at all', stateOf([]), PATHS, false],
    ['a list alone, which is no yes', person([TOPICS, ['sport']]), { T: PATHS.TOPICS }, false],
    ['a value that is picked', person([TOPICS, ['sport']]), sport, true],
    ['a value that is not picked', person([TOPICS, ['art']]), sport, false],
    ['a value of a preference that is refused as a whole', person([TOPICS, false]), sport, false],
    ['a preference, its purpose open', person([WEEKLY, true]), weekly, true],
    ['a preference of a refused purpose', person([WEEKLY, true], [NEWSLETTER, false]), weekly, false],
    ['a value of a refused purpose', person([TOPICS, ['sport']], [NEWSLETTER, false]), sport, false],
    ['a channel of a refused purpose', person([BY_MAIL, true], [NEWSLETTER, false]), byMail, false],
    ['a channel of a refused preference', person([BY_MAIL, true], [WEEKLY, false]), byMail, false],
    ['a channel of a granted preference', person([BY_MAIL, true], [WEEKLY, true]), byMail, true],
    ['a purpose, another one refused', person([NEWSLETTER, true], [COOKIES, false]), { A: PATHS.NEWS }, true],
    [
      'a purpose, its objection raised',
      person([NEWSLETTER, true], [objection('newsletter'), false]),
      { A: PATHS.NEWS },
      true,
    ],
    [
      'a purpose and a vendor that is refused',
      person([NEWSLETTER, true], [vendor('g'), false]),
      { A: PATHS.NEWS, V: 'consents_vendors_g_enabled' },
      false,
    ],
    ['an attribute that says true', stateOf([], [attribute('metadata.vip', 'true')]), { A: 'metadata_vip' }, false],
    [
      'an attribute whose path looks like a yes',
      { ...person([NEWSLETTER, true]), attributes: [attribute('metadata.x_enabled', 'false')] },
      { A: PATHS.NEWS, M: 'metadata_x_enabled' },
      true,
    ],
    [
      'a path that is ambiguous beside a yes',
      person([NEWSLETTER, true], [preference('n', 'a'), true], [preference('n', 'b'), true]),
      { A: PATHS.NEWS, P: 'consents_preferences_n_enabled' },
      false,
    ],
  ])('%s', (_, state, paths, expected) => {
    expect(begins(state, paths).subscribes).toBe(expected)
  })
})

describe('R20: with subscribe_when, just its tags must be a yes', () => {
  const both = person([NEWSLETTER, true], [COOKIES, false])

  test.each<[tags: readonly string[], state: ConsentState, expected: boolean]>([
    [['NEWS'], both, true],
    [['news'], both, true],
    [['COOKIES'], both, false],
    [['NEWS', 'COOKIES'], both, false],
    [['NEWS', 'COOKIES'], person([NEWSLETTER, true], [COOKIES, true]), true],
    [['NEWS', 'COOKIES'], person([NEWSLETTER, true]), false],
    [['NEWS'], person([NEWSLETTER, false], [COOKIES, true]), false],
    [['NEWS'], person([COOKIES, true]), false],
    [['NEWS'], stateOf([]), false],
    [['TOPICS'], person([TOPICS, ['sport']]), false],
    [['GONE'], both, false],
    [['NEWS', 'GONE'], both, false],
  ])('%j', (tags, state, expected) => {
    expect(begins(state, PATHS, tags).subscribes).toBe(expected)
  })
})

describe('R20: the time of the newest mapped grant', () => {
  const at = (place: Place, answer: Answer, when: number) => choice(place, answer, when)

  test.each<[what: string, state: ConsentState, expected: number | undefined]>([
    ['is that of the only one', stateOf([at(NEWSLETTER, true, minute(3))]), minute(3)],
    ['is the latest of several', stateOf([at(NEWSLETTER, true, minute(3)), at(COOKIES, true, minute(1))]), minute(3)],
    [
      'counts a list in which something is picked',
      stateOf([at(NEWSLETTER, true, MORNING), at(TOPICS, ['a'], minute(7))]),
      minute(7),
    ],
    ['counts no empty list', stateOf([at(NEWSLETTER, true, MORNING), at(TOPICS, [], minute(7))]), MORNING],
    ['counts no refusal', stateOf([at(NEWSLETTER, true, MORNING), at(COOKIES, false, minute(9))]), MORNING],
    [
      'counts no grant that is not mapped',
      stateOf([at(NEWSLETTER, true, MORNING), at(WEEKLY, true, minute(9))]),
      MORNING,
    ],
    ['is not known without a grant', stateOf([at(NEWSLETTER, false, MORNING)]), undefined],
    ['is not known of a grant with a bound only', stateOf([at(NEWSLETTER, true, Number.MIN_SAFE_INTEGER)]), undefined],
    [
      'is that of the grant with a time, where another has none',
      stateOf([at(NEWSLETTER, true, -5), at(COOKIES, true, minute(2))]),
      minute(2),
    ],
  ])('%s', (_, state, expected) => {
    expect(begins(state, PATHS).grantedAt).toBe(expected)
  })
})
