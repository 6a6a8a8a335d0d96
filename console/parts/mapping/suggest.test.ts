import { describe, expect, test } from 'vitest'
import { suggestField, tagFor } from './suggest.ts'

const field = (tag: string, name = '') => ({ tag, name, type: 'text', choices: [] })
const FIELDS = [
  field('FNAME', 'First name'),
  field('NEWSLETTER', 'Newsletter'),
  field('SPORT', 'Sports news'),
  field('LAND', 'Country'),
]

describe('the merge field for a path', () => {
  test.each([
    ['consents_purposes_newsletter_enabled', 'NEWSLETTER'],
    ['consents_purposes_newsletter_preferences_sports_enabled', 'SPORT'],
    ['country', 'LAND'],
    ['metadata_first_name', 'FNAME'],
  ])('%s is %s', (path, tag) => {
    expect(suggestField(path, FIELDS)?.tag).toBe(tag)
  })

  test.each(['consents_purposes_analytics_enabled', 'consents_purposes__enabled', 'created_at'])(
    'of %s is unknown when nothing is like it',
    path => {
      expect(suggestField(path, FIELDS)).toBeUndefined()
    },
  )

  test('of an audience without fields is unknown', () => {
    expect(suggestField('country', [])).toBeUndefined()
  })
})

describe('a tag for a new merge field', () => {
  test.each([
    ['consents_purposes_newsletter_enabled', 'NEWSLETTER'],
    ['consents_purposes_loyalty-programme_enabled', 'PROGRAMME'],
    ['consents_purposes_ecology_preferences_électricité_enabled', 'ELECTRICIT'],
    ['metadata_shop', 'SHOP'],
    ['created_at', 'CREATEDAT'],
  ])('of %s is %s', (path, tag) => {
    expect(tagFor(path)).toBe(tag)
    expect(tag.length).toBeLessThanOrEqual(10)
  })
})
