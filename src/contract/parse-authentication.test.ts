import { describe, expect, test } from 'vitest'
import { parseAuthentication } from './parse-authentication.ts'

const KEY = '0123456789abcdef0123456789abcdef-us6'

describe('a key and its server URL', () => {
  test.each(['us6', 'https://us6.admin.mailchimp.com/', 'https://us6.api.mailchimp.com/3.0'])('agree: %s', url => {
    expect(parseAuthentication({ api_key: KEY, url })).toEqual({ ok: true, apiKey: KEY, dataCentre: 'us6' })
  })

  test.each([
    [{ api_key: KEY, url: 'us7' }, ['authentication.url']],
    [{ api_key: '0123', url: 'us6' }, ['authentication.api_key']],
    [{ api_key: '0123', url: 'ftp://us6' }, ['authentication.api_key', 'authentication.url']],
    [{ api_key: KEY }, ['authentication.url']],
    [{ api_key: KEY, url: 'us6', user: 'x' }, ['authentication.user']],
    [undefined, ['authentication']],
  ])('%j is refused with the fields at fault', (authentication, paths) => {
    const parsed = parseAuthentication(authentication)
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual(paths)
    expect(parsed.ok ? [''] : parsed.problems.map(({ remedy }) => remedy)).not.toContain('')
  })
})
