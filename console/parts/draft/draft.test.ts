import { describe, expect, test } from 'vitest'
import {
  authenticationOf,
  contradictionIn,
  documentOf,
  EMPTY_DRAFT,
  filledRules,
  withKey,
  type Draft,
} from './draft.ts'

const KEY = '0123456789abcdef0123456789abcdef-us6'
const draft = (part: Partial<Draft> = {}): Draft => ({ ...EMPTY_DRAFT, ...part })

describe('a key', () => {
  test('that is put in first fills the server URL', () => {
    expect(withKey(draft(), KEY).url).toBe('https://us6.admin.mailchimp.com/')
  })

  test('leaves a server URL that was written already', () => {
    expect(withKey(draft({ url: 'us7' }), KEY).url).toBe('us7')
  })

  test('of another data centre than the server URL is contradicted', () => {
    expect(contradictionIn({ apiKey: KEY, url: 'https://us7.admin.mailchimp.com/' })).toEqual({
      ofKey: 'us6',
      ofUrl: 'us7',
      rightUrl: 'https://us6.admin.mailchimp.com/',
    })
  })

  test('is contradicted by what is no server URL at all', () => {
    expect(contradictionIn({ apiKey: KEY, url: 'https://evil.test/' })).toMatchObject({ ofUrl: undefined })
  })

  test.each([
    { apiKey: KEY, url: 'us6' },
    { apiKey: KEY, url: '' },
    { apiKey: 'abc', url: 'us7' },
  ])('is not contradicted: %j', pair => {
    expect(contradictionIn(pair)).toBeUndefined()
  })
})

describe('Mailchimp is asked', () => {
  test('with a whole key and no other', () => {
    expect(authenticationOf(draft({ apiKey: KEY }))).toEqual({
      authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
    })
    expect(authenticationOf(draft({ apiKey: KEY.slice(0, -4) }))).toBeUndefined()
  })

  test('not with a key that contradicts the server URL', () => {
    expect(authenticationOf(draft({ apiKey: KEY, url: 'us7' }), 'int_1')).toBeUndefined()
  })

  test('with the stored key while no other is typed', () => {
    expect(authenticationOf(draft(), 'int_1')).toEqual({ integration_id: 'int_1' })
  })
})

test('a document has the filled rows only, and its defaults are those of Didomi', () => {
  const mappings = [
    { id: ' NEWS ', value: 'consents_purposes_news_enabled' },
    { id: '', value: 'country' },
  ]
  expect(filledRules({ mappings })).toEqual([{ id: 'NEWS', value: 'consents_purposes_news_enabled' }])
  expect(documentOf(draft({ mappings, apiKey: KEY }))).toMatchObject({
    upsert_mode: false,
    options: { match: 'email' },
  })
  expect(documentOf(draft())).not.toHaveProperty('name')
})
