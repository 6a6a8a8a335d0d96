import { describe, expect, test } from 'vitest'
import {
  attribute,
  channel,
  choice,
  COOKIES,
  NEWSLETTER,
  objection,
  preference,
  purpose,
  stateOf,
  TOPICS,
  vendor,
} from '../../test/builders.ts'
import { type Answer, type Place } from './choice.ts'
import { describe as inWords, isYesNoPath, lookUp } from './paths.ts'

const state = (...choices: [Place, Answer][]) => stateOf(choices.map(([place, answer]) => choice(place, answer)))
const NOTHING = { kind: 'nothing' }

describe('R11, R15: a path finds its place', () => {
  const EMAIL = channel('email', { purpose: 'cookies', preference: 'newsletter' })
  test.each<[path: string, place: Place]>([
    ['consents_purposes_newsletter_enabled', NEWSLETTER],
    ['consents_purposes_geolocation_data_enabled', purpose('geolocation_data')],
    ['consents_purposes_audientse-fxqe89b2_enabled', purpose('audientse-fxqe89b2')],
    ['consents_purposes_audientse-fxqe89b2_preferences_jmHmf37H_enabled', preference('jmHmf37H', 'audientse-fxqe89b2')],
    ['consents_preferences_jmHmf37H_enabled', preference('jmHmf37H', 'audientse-fxqe89b2')],
    ['consents_purposes_cookies_preferences_newsletter_channel_email_enabled', EMAIL],
    ['consents_purposes_cookies_preferences_newsletter_channels_email_enabled', EMAIL],
    ['consents_preferences_newsletter_channel_email_enabled', EMAIL],
    ['consents_preferences_newsletter_channels_email_enabled', EMAIL],
    ['consents_purposes_cookies_channel_sms_enabled', channel('sms', { purpose: 'cookies' })],
    ['consents_purposes_cookies_channels_sms_enabled', channel('sms', { purpose: 'cookies' })],
    ['consents_channel_sms_enabled', channel('sms')],
    ['consents_channels_sms_enabled', channel('sms')],
    ['consents_vendors_google_enabled', vendor('google')],
    ['consents_vendors_c:my-vendor_enabled_li', { kind: 'vendor', vendor: 'c:my-vendor', legitimateInterest: true }],
    ['consents_purposes_newsletter_enabled_li', objection('newsletter')],
    ['consents_purposes_enabled_enabled', purpose('enabled')],
    ['consents_purposes_purposes_preferences_preferences_enabled', preference('preferences', 'purposes')],
  ])('%s', (path, place) => {
    for (const granted of [true, false])
      expect(lookUp(state([place, granted], [COOKIES, !granted]), path)).toEqual({ kind: 'choice', place, granted })
  })

  test.each([
    'consents_purposes_newsletter',
    'consents_purposes_Newsletter_enabled',
    'consents_purposes_news_enabled',
    'consents_purposes_newsletter_enabled_',
    'consents_purposes_newsletter_preferences_topics_enabled_li',
    'purposes_newsletter_enabled',
    ' consents_purposes_newsletter_enabled',
    '__proto__',
    'constructor',
    '',
  ])('%j, which spells none of them, finds nothing', path => {
    expect(lookUp(state([NEWSLETTER, true], [TOPICS, true]), path)).toEqual(NOTHING)
  })
})

test('R11: legitimate interest and consent of one purpose are two places', () => {
  const both = state([NEWSLETTER, true], [objection('newsletter'), false])
  expect(lookUp(both, 'consents_purposes_newsletter_enabled')).toMatchObject({ place: NEWSLETTER, granted: true })
  expect(lookUp(both, 'consents_purposes_newsletter_enabled_li')).toMatchObject({ granted: false })
})

describe('R11: two places under one string are ambiguous, and both are named', () => {
  test.each<[path: string, Place, Place, string[]]>([
    [
      'consents_purposes_a_preferences_b_enabled',
      purpose('a_preferences_b'),
      preference('b', 'a'),
      ['purpose "a" › preference "b"', 'purpose "a_preferences_b"'],
    ],
    [
      'consents_preferences_newsletter_enabled',
      preference('newsletter', 'cookies'),
      preference('newsletter', 'email'),
      ['purpose "cookies" › preference "newsletter"', 'purpose "email" › preference "newsletter"'],
    ],
    [
      'consents_purposes_a_channel_b_enabled',
      channel('b', { purpose: 'a' }),
      purpose('a_channel_b'),
      ['purpose "a" › channel "b"', 'purpose "a_channel_b"'],
    ],
    ['consents_purposes_a_enabled_li', objection('a'), vendor('unrelated'), []],
    [
      'consents_preferences_p_channels_email_enabled',
      channel('email', { purpose: 'cookies', preference: 'p' }),
      channel('email', { purpose: 'ads', preference: 'p' }),
      ['purpose "ads" › preference "p" › channel "email"', 'purpose "cookies" › preference "p" › channel "email"'],
    ],
  ])('%s', (path, a, b, between) => {
    const found = between.length > 0 ? { kind: 'ambiguous', between } : { kind: 'choice', place: a, granted: true }
    expect(lookUp(state([a, true], [b, true]), path)).toEqual(found)
    expect(lookUp(state([b, true], [a, true]), path)).toEqual(found)
  })

  test('only where the person really has both: a preference without its purpose is fine while it is unique', () => {
    const path = 'consents_preferences_newsletter_enabled'
    expect(lookUp(state([preference('newsletter', 'email'), true]), path)).toMatchObject({ kind: 'choice' })
  })

  test('also between two keys of the metadata, or a key and a nested one', () => {
    const nested = stateOf([], [attribute('metadata.crm_id', '7'), attribute('metadata.crm.id', '8')])
    expect(lookUp(nested, 'metadata_crm_id')).toEqual({
      kind: 'ambiguous',
      between: ['metadata › crm › id', 'metadata › crm_id'],
    })
  })
})

describe('R15: what is no choice', () => {
  const person = stateOf(
    [],
    [attribute('organization_user_id', 'ada@example.test'), attribute('metadata.plan', 'gold')],
  )

  test.each([
    ['organization_user_id', 'ada@example.test'],
    ['metadata_plan', 'gold'],
  ])('%s is its text', (path, text) => {
    expect(lookUp(person, path)).toEqual({ kind: 'text', text })
  })

  test.each(['country', 'created_at', 'metadata', 'metadata_', 'plan'])('%s, which is not there, is nothing', path => {
    expect(lookUp(person, path)).toEqual(NOTHING)
  })
})

describe('R13, R15: the values of a multi-choice preference', () => {
  const picked = state([TOPICS, ['sport', 'audientse-fxqe89b2', 'a_b']])
  const LIST = 'consents_purposes_newsletter_values_topics_value'

  test('go as their ids joined by commas, in the order of their code units', () => {
    expect(lookUp(picked, LIST)).toEqual({ kind: 'text', text: 'a_b,audientse-fxqe89b2,sport' })
    for (const ids of [
      ['é', 'z', 'Z', '10', '9'],
      ['9', '10', 'Z', 'é', 'z', '9'],
    ])
      expect(lookUp(state([TOPICS, ids]), LIST)).toEqual({ kind: 'text', text: '10,9,Z,z,é' })
    expect(lookUp(state([TOPICS, []]), LIST)).toEqual({ kind: 'text', text: '' })
  })

  test.each([
    ['sport', true],
    ['audientse-fxqe89b2', true],
    ['a_b', true],
    ['culture', false],
    ['never-seen-by-anybody', false],
    ['a', false],
  ])('each is a yes or no of its own: %s is %s', (id, granted) => {
    expect(lookUp(picked, `${LIST}_${id}_enabled`)).toEqual({ kind: 'choice', place: TOPICS, granted })
  })

  test('of a person who picked nothing are each a no', () => {
    expect(lookUp(state([TOPICS, []]), `${LIST}_sport_enabled`)).toMatchObject({ granted: false })
  })

  test('of a person who refused the preference as a whole are each a no', () => {
    for (const id of ['sport', 'a_b', 'never-seen-by-anybody'])
      expect(lookUp(state([TOPICS, false]), `${LIST}_${id}_enabled`)).toEqual({
        kind: 'choice',
        place: TOPICS,
        granted: false,
      })
  })

  test('of a person who was never asked are nothing', () => {
    expect(lookUp(state([NEWSLETTER, true]), LIST)).toEqual(NOTHING)
    expect(lookUp(state([NEWSLETTER, true]), `${LIST}_sport_enabled`)).toEqual(NOTHING)
  })

  test('make the preference as a whole a yes when something was picked', () => {
    const path = 'consents_purposes_newsletter_preferences_topics_enabled'
    expect(lookUp(picked, path)).toMatchObject({ granted: true })
    expect(lookUp(state([TOPICS, []]), path)).toMatchObject({ granted: false })
  })

  test('are the words true and false where v2 spells a plain yes or no so', () => {
    expect(lookUp(state([TOPICS, false]), LIST)).toEqual({ kind: 'text', text: 'false' })
    expect(lookUp(state([TOPICS, true]), `${LIST}_sport_enabled`)).toEqual(NOTHING)
  })

  test('with no id between value and enabled there is no value meant', () => {
    expect(lookUp(picked, `${LIST}_enabled`)).toEqual(NOTHING)
    expect(lookUp(picked, `${LIST}__enabled`)).toEqual(NOTHING)
  })

  test('are ambiguous with a preference whose id swallows the value', () => {
    const swallowing = preference('topics_value_sport', 'newsletter')
    expect(
      lookUp(state([TOPICS, ['sport_value_x']], [swallowing, ['x']]), `${LIST}_sport_value_x_enabled`),
    ).toMatchObject({ kind: 'ambiguous' })
  })
})

test('R13: paths that end in enabled hold a yes or no, whoever the person is', () => {
  expect(isYesNoPath('consents_purposes_newsletter_enabled')).toBe(true)
  expect(isYesNoPath('consents_purposes_newsletter_enabled_li')).toBe(true)
  expect(isYesNoPath('consents_purposes_newsletter_values_topics_value')).toBe(false)
  expect(isYesNoPath('organization_user_id')).toBe(false)
})

test('R11: places are told apart in words', () => {
  const words = [
    NEWSLETTER,
    objection('newsletter'),
    vendor('newsletter'),
    TOPICS,
    channel('sms'),
    channel('sms', { purpose: 'a' }),
  ]
  expect(words.map(inWords)).toEqual([
    'purpose "newsletter"',
    'purpose "newsletter" (legitimate interest)',
    'vendor "newsletter"',
    'purpose "newsletter" › preference "topics"',
    'channel "sms"',
    'purpose "a" › channel "sms"',
  ])
})
