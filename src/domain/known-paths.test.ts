import { describe, expect, test } from 'vitest'
import {
  attribute,
  channel,
  choice,
  COOKIES,
  NEWSLETTER,
  objection,
  preference,
  stateOf,
  TOPICS,
  vendor,
} from '../../test/builders.ts'
import { sharedPaths } from './known-paths.ts'

describe('the paths of one person', () => {
  test('lead to every choice, in the usual spelling', () => {
    const places = [
      NEWSLETTER,
      objection('ads'),
      preference('news'),
      vendor('acme'),
      channel('email', { purpose: 'p' }),
    ]
    const paths = sharedPaths([stateOf([...places, channel('sms')].map(place => choice(place, true)))])
    expect(paths.map(({ path }) => path)).toEqual([
      'consents_channel_sms_enabled',
      'consents_purposes_ads_enabled_li',
      'consents_purposes_cookies_preferences_news_enabled',
      'consents_purposes_newsletter_enabled',
      'consents_purposes_p_channel_email_enabled',
      'consents_vendors_acme_enabled',
    ])
    expect(new Set(paths.map(({ kind, samples }) => `${kind} ${samples.join()}`))).toEqual(new Set(['yes_no true']))
  })

  test('lead to a list of values, and to each value in it', () => {
    expect(sharedPaths([stateOf([choice(TOPICS, ['sport', 'film'])])])).toMatchObject([
      { path: 'consents_purposes_newsletter_values_topics_value', kind: 'list', samples: ['film,sport'] },
      { path: 'consents_purposes_newsletter_values_topics_value_film_enabled', kind: 'yes_no', samples: ['true'] },
      { path: 'consents_purposes_newsletter_values_topics_value_sport_enabled', kind: 'yes_no', samples: ['true'] },
    ])
  })

  test('lead to what else is known', () => {
    expect(sharedPaths([stateOf([], [attribute('country', 'FR'), attribute('metadata.shop.plan', 'gold')])])).toEqual([
      { path: 'country', place: 'country', kind: 'text', people: 1, samples: ['FR'] },
      { path: 'metadata_shop_plan', place: 'metadata › shop › plan', kind: 'text', people: 1, samples: [] },
    ])
  })

  test('R11: leave out what two places spell alike', () => {
    const attributes = [attribute('metadata.a.b', 'x'), attribute('metadata.a_b', 'y'), attribute('country', 'FR')]
    expect(sharedPaths([stateOf([], attributes)]).map(({ path }) => path)).toEqual(['country'])
  })
})

describe('the paths of many', () => {
  test('are counted by person, the commonest first, with what they give', () => {
    const states = [
      stateOf([choice(NEWSLETTER, true), choice(COOKIES, true)]),
      stateOf([choice(NEWSLETTER, false)]),
      stateOf([choice(NEWSLETTER, true)]),
    ]
    expect(sharedPaths(states)).toMatchObject([
      { path: 'consents_purposes_newsletter_enabled', people: 3, samples: ['true', 'false'] },
      { path: 'consents_purposes_cookies_enabled', people: 1, samples: ['true'] },
    ])
  })

  test('show five samples at most, and nobody’s id', () => {
    const states = Array.from({ length: 9 }, (_, n) =>
      stateOf([], [attribute('country', `C${n}`), attribute('organization_user_id', `ada${n}@example.test`)]),
    )
    const [country, id] = sharedPaths(states)
    expect(country).toMatchObject({ people: 9, samples: ['C0', 'C1', 'C2', 'C3', 'C4'] })
    expect(id).toMatchObject({ path: 'organization_user_id', people: 9, samples: [] })
  })

  test('R11: leave out what places of two people spell alike', () => {
    const states = [attribute('metadata.a.b', 'x'), attribute('metadata.a_b', 'y')].map(each => stateOf([], [each]))
    for (const state of states) expect(sharedPaths([state])).toMatchObject([{ path: 'metadata_a_b' }])
    expect(sharedPaths(states)).toEqual([])
  })

  test('are none of nobody', () => {
    expect(sharedPaths([])).toEqual([])
  })
})
