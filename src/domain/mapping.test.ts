import { describe, expect, test } from 'vitest'
import {
  attribute,
  audienceOf,
  channel,
  choice,
  COOKIES,
  mergeField,
  MORNING,
  NEWSLETTER,
  objection,
  optionsOf,
  preference,
  stateOf,
  TOPICS,
  vendor,
  merging,
} from '../../test/builders.ts'
import { type Answer, type Place } from './choice.ts'
import { type ConsentState } from './fold.ts'
import { desiredFor, fieldOf } from './mapping.ts'

const PATHS = {
  NEWSLETTER: 'consents_purposes_newsletter_enabled',
  COOKIES: 'consents_purposes_cookies_enabled',
  TOPICS: 'consents_purposes_newsletter_values_topics_value',
  COUNTRY: 'country',
} as const

const mapped = (paths: Readonly<Record<string, string>>, noChoice: 'keep' | 'clear' = 'keep') => ({
  mappings: Object.entries(paths).map(([id, value]) => ({ id, value })),
  options: optionsOf({ noChoice }),
})
const ALL_TEXT = audienceOf(...Object.keys(PATHS))
const person = (...choices: [Place, Answer][]): ConsentState =>
  stateOf(choices.map(([place, answer]) => choice(place, answer)))

describe('R33: what counts as lost by a retraction', () => {
  const lost = (place: Place, had: Answer): ConsentState =>
    stateOf([{ ...choice(place, typeof had === 'boolean' ? false : []), retracted: 'event_deleted', had }])
  const SPORT = { SPORT: `${PATHS.TOPICS}_sport_enabled` }

  test.each([
    ['a yes', { NEWSLETTER: PATHS.NEWSLETTER }, lost(NEWSLETTER, true), ['merge:NEWSLETTER'], undefined],
    ['a list', { TOPICS: PATHS.TOPICS }, lost(TOPICS, ['art']), ['merge:TOPICS'], { 'merge:TOPICS': ['art'] }],
    ['a value that was picked', SPORT, lost(TOPICS, ['sport']), ['merge:SPORT'], undefined],
    ['a value that was not', SPORT, lost(TOPICS, ['art']), undefined, undefined],
  ])('%s', (_, paths, state, retracted, had) => {
    const desired = desiredFor(state, mapped(paths), audienceOf(...Object.keys(paths)))
    expect([desired.retracted, desired.had, desired.isStated]).toEqual([retracted, had, false])
  })
})

describe('what an integration makes of a person', () => {
  test('R13: choices go as true and false, lists as their ids', () => {
    const state = person([NEWSLETTER, true], [COOKIES, false], [TOPICS, ['sport', 'culture']])
    expect(desiredFor(state, mapped(PATHS), ALL_TEXT)).toEqual({
      fields: merging({ NEWSLETTER: 'true', COOKIES: 'false', TOPICS: 'culture,sport' }),
      setAside: [],
      isStated: true,
      beginning: { subscribes: false, grantedAt: MORNING },
      lists: ['merge:TOPICS'],
    })
  })

  test('R12: what nothing is known of, or where no choice was made, leaves its merge field alone', () => {
    expect(desiredFor(person([COOKIES, false]), mapped(PATHS), ALL_TEXT).fields).toEqual(merging({ COOKIES: 'false' }))
    expect(desiredFor(stateOf([]), mapped(PATHS), ALL_TEXT)).toMatchObject({
      fields: {},
      setAside: [],
      beginning: { subscribes: false, grantedAt: undefined },
    })
  })

  test('R12: under no_choice "clear" it empties it', () => {
    const { fields } = desiredFor(person([COOKIES, false]), mapped(PATHS, 'clear'), ALL_TEXT)
    expect(fields).toEqual(merging({ NEWSLETTER: '', COOKIES: 'false', TOPICS: '', COUNTRY: '' }))
  })

  test('R12: a list of which everything was given back is a choice, and is emptied', () => {
    expect(desiredFor(person([TOPICS, []]), mapped(PATHS), ALL_TEXT).fields).toEqual(merging({ TOPICS: '' }))
  })

  test('R13: the order in which values were picked is no change, and a whole refusal reaches each value', () => {
    const paths = { TOPICS: PATHS.TOPICS, SPORT: `${PATHS.TOPICS}_sport_enabled`, FILM: `${PATHS.TOPICS}_film_enabled` }
    const fieldsOf = (answer: Answer) =>
      desiredFor(person([TOPICS, answer]), mapped(paths), audienceOf(...Object.keys(paths))).fields
    expect(fieldsOf(['sport', 'art'])).toEqual(merging({ TOPICS: 'art,sport', SPORT: 'true', FILM: 'false' }))
    expect(fieldsOf(['art', 'sport'])).toEqual(fieldsOf(['sport', 'art']))
    expect(fieldsOf([])).toEqual(merging({ TOPICS: '', SPORT: 'false', FILM: 'false' }))
    expect(fieldsOf(false)).toEqual(merging({ TOPICS: 'false', SPORT: 'false', FILM: 'false' }))
  })

  test('R14: a tag that the audience lacks is set aside, the others are delivered', () => {
    const desired = desiredFor(person([NEWSLETTER, true], [COOKIES, true]), mapped(PATHS), audienceOf('COOKIES'))
    expect(desired.fields).toEqual(merging({ COOKIES: 'true' }))
    expect(desired.setAside).toMatchObject([{ tag: 'NEWSLETTER', path: PATHS.NEWSLETTER, code: 'merge_tag_missing' }])
  })

  test('R14: tags are matched whatever their case, and written as the audience writes them', () => {
    const { fields } = desiredFor(person([NEWSLETTER, true]), mapped({ newsletter: PATHS.NEWSLETTER }), ALL_TEXT)
    expect(fields).toEqual(merging({ NEWSLETTER: 'true' }))
    expect(fieldOf(ALL_TEXT, 'Cookies')?.tag).toBe('COOKIES')
    expect(fieldOf(audienceOf('KIND'), '\u212aIND')).toBeUndefined()
  })

  test('R13: a field of a wrong type or a value that does not fit is set aside, the others are delivered', () => {
    const audience = audienceOf(
      mergeField('NEWSLETTER', 'number'),
      'COOKIES',
      mergeField('COUNTRY', 'dropdown', ['FR']),
    )
    const state = { ...person([NEWSLETTER, true], [COOKIES, false]), attributes: [attribute('country', 'BE')] }
    const desired = desiredFor(state, mapped(PATHS), audience)
    expect(desired.fields).toEqual(merging({ COOKIES: 'false' }))
    expect(desired.setAside).toMatchObject([
      { tag: 'NEWSLETTER', code: 'merge_field_mismatch' },
      { tag: 'COUNTRY', code: 'value_unfit', detail: 'COUNTRY takes one of "FR"' },
    ])
  })

  test('R13: a list longer than 255 bytes is set aside whole', () => {
    const many = Array.from({ length: 40 }, (_, index) => `topic-${index}`)
    const desired = desiredFor(person([TOPICS, many]), mapped(PATHS), ALL_TEXT)
    expect(desired.fields).toEqual({})
    expect(desired.setAside).toMatchObject([{ tag: 'TOPICS', code: 'value_unfit' }])
  })

  test('R11: an ambiguous path is set aside, naming both places', () => {
    const twins = person([preference('news', 'a'), true], [preference('news', 'b'), false])
    const desired = desiredFor(twins, mapped({ NEWSLETTER: 'consents_preferences_news_enabled' }), ALL_TEXT)
    expect(desired).toMatchObject({
      fields: {},
      beginning: { subscribes: false },
      setAside: [{ code: 'path_ambiguous' }],
    })
    expect(desired.setAside[0]?.detail).toContain('purpose "a" › preference "news" or purpose "b" › preference "news"')
  })

  test('R15: everything there is can be mapped', () => {
    const attributes = ['organization_user_id', 'country', 'created_at', 'updated_at', 'metadata.plan'].map(path =>
      attribute(path, `the ${path}`),
    )
    const state = {
      ...person(
        [NEWSLETTER, true],
        [objection('newsletter'), false],
        [preference('jmHmf37H'), true],
        [TOPICS, ['sport']],
        [channel('email', { purpose: 'cookies', preference: 'jmHmf37H' }), false],
        [channel('sms'), true],
        [vendor('google'), false],
      ),
      attributes,
    }
    const paths = {
      A: PATHS.NEWSLETTER,
      B: 'consents_purposes_newsletter_enabled_li',
      C: 'consents_purposes_cookies_preferences_jmHmf37H_enabled',
      D: `${PATHS.TOPICS}_sport_enabled`,
      E: 'consents_purposes_cookies_preferences_jmHmf37H_channel_email_enabled',
      F: 'consents_channels_sms_enabled',
      G: 'consents_vendors_google_enabled',
      H: 'organization_user_id',
      I: 'country',
      J: 'created_at',
      K: 'updated_at',
      L: 'metadata_plan',
    }
    expect(desiredFor(state, mapped(paths), audienceOf(...Object.keys(paths))).fields).toEqual(
      merging({
        A: 'true',
        B: 'false',
        C: 'true',
        D: 'true',
        E: 'false',
        F: 'true',
        G: 'false',
        H: 'the organization_user_id',
        I: 'the country',
        J: 'the created_at',
        K: 'the updated_at',
        L: 'the metadata.plan',
      }),
    )
  })

  test('R11: a preference that v2 spells as a value and v1 as a switch reaches the same field with the same word', () => {
    const state = person([preference('weekly', 'newsletter'), false])
    const nested = 'consents_purposes_newsletter_preferences_weekly_enabled'
    const flat = 'consents_purposes_newsletter_values_weekly_value'
    expect(desiredFor(state, mapped({ WEEKLY: flat }), audienceOf('WEEKLY')).fields).toEqual(
      desiredFor(state, mapped({ WEEKLY: nested }), audienceOf('WEEKLY')).fields,
    )
  })
})
