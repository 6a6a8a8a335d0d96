import { expect, test } from 'vitest'
import { sampleEvent } from './sample-event.ts'

const AT = '2026-11-28T09:00:00Z'
const consentsIn = (...values: readonly string[]) => {
  const rules = values.map(value => ({ id: 'TAG', value }))
  return (sampleEvent(rules, AT) as { parameters: { entity: { consents: unknown } } }).parameters.entity.consents
}

test('a sample grants the purposes and preferences that are mapped', () => {
  const paths = [
    'consents_purposes_news_enabled',
    'consents_purposes_news_preferences_sport_enabled',
    'consents_purposes_loyalty_enabled',
    'country',
  ]
  expect(consentsIn(...paths)).toEqual({
    purposes: [
      { id: 'news', enabled: true, preferences: [{ id: 'sport', enabled: true }] },
      { id: 'loyalty', enabled: true },
    ],
  })
})

test('values and channels are not taken for purposes', () => {
  expect(consentsIn('consents_purposes_news_values_topics_value_sport_enabled')).toEqual({
    purposes: [{ id: 'newsletter', enabled: true }],
  })
})
