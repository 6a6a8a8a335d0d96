import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from './parse-document.ts'

const parse = (url: unknown, dataCentre = 'us6') =>
  parseDocument({
    type_id: 'mailchimp',
    authentication: { api_key: `0123456789abcdef0123456789abcdef-${dataCentre}`, url },
    properties: { audience_id: 'a1b2c3d4e5' },
    mappings: [{ id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }],
  })

const problemsOf = (parsed: ReturnType<typeof parse>) => (parsed.ok ? [] : parsed.problems)

describe('the server URL', () => {
  test.each([
    'https://us6.admin.mailchimp.com/',
    'https://us6.admin.mailchimp.com',
    'https://us6.admin.mailchimp.com/lists/members/',
    'https://us6.api.mailchimp.com/3.0/',
    'https://us6.api.mailchimp.com/3.0',
    'https://us6.api.mailchimp.com/',
    'https://us6.api.mailchimp.com',
    'us6',
    'us6/',
    ' https://US6.Admin.Mailchimp.com/ ',
    'US6',
    'https://us6',
    'us6.admin.mailchimp.com',
    'http://us6.admin.mailchimp.com/',
    'https://us6.mailchimp.com/account/api/',
    'us6.api.mailchimp.com/3.0',
    'https://us6.admin.mailchimp.com.:443/?x#y',
  ])('may be pasted as %j', url => {
    expect(parse(url)).toMatchObject({ ok: true, settings: { dataCentre: 'us6' } })
  })

  test.each([
    'x-us1.evil.test/#',
    'https://x-us6.evil.test/#',
    'https://us6.admin.mailchimp.com.evil.test',
    'https://us6.admin.mailchimp.com@10.0.0.1/',
    'https://us6.admin.mailchimp.com:pass@evil.test/',
    'https://evil.test/https://us6.admin.mailchimp.com/',
    'https://evil.test/?us6.admin.mailchimp.com',
    'https://evil.test#.admin.mailchimp.com',
    'https://us6.evil.mailchimp.com/',
    'us6.admin.mailchimp.com.evil.test',
    'us6@evil.test',
    'https://us6admin.mailchimp.com/',
    'https://us6.admin.mailchimp.com\\@evil.test/',
    'https://us6.admin.mailchimp.com%2eevil.test/',
    'https://a.us6.admin.mailchimp.com/',
    'https://us6 .admin.mailchimp.com/',
    'ftp://us6.admin.mailchimp.com/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '//us6.admin.mailchimp.com/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'http://169.254.169.254/latest/meta-data/',
    '127.0.0.1',
    'localhost',
    'us6.evil.test',
    'us6:8080',
    'us',
    '6us',
    'us6666',
    'ｕｓ６',
    'us６',
    '',
    ' ',
    '#',
  ])('is refused as %j', url => {
    expect(parse(url)).toMatchObject({ ok: false, problems: [{ path: 'authentication.url', code: 'invalid_value' }] })
  })

  test.each(['us7', 'https://us7', 'http://us7.admin.mailchimp.com/', 'https://us7.mailchimp.com/account/api/'])(
    'is refused as %j when the key is of another data centre, with what to write',
    url => {
      const [problem] = problemsOf(parse(url))
      expect(problem).toMatchObject({ path: 'authentication.url', code: 'wrong_data_centre' })
      expect(problem?.remedy).toContain('https://us6.admin.mailchimp.com/')
    },
  )

  test('is refused with what to paste instead', () => {
    const [problem] = problemsOf(parse('us6.admin.mailchimp.com.evil.test'))
    expect(problem?.remedy).toContain('https://us6.admin.mailchimp.com/')
  })

  test.each([null, 6, {}, ['us6'], true])('is refused as %j, which is no text', url => {
    expect(parse(url)).toMatchObject({ ok: false, problems: [{ path: 'authentication.url', code: 'wrong_type' }] })
  })

  test('is only ever used for its data centre, which is the one of the key', () => {
    const label = fc.stringMatching(/^[a-z]{2,4}[0-9]{1,3}$/)
    const around = fc.constantFrom(
      '',
      'https://',
      'https://x.',
      '.admin.mailchimp.com',
      '.api.mailchimp.com/',
      '@',
      '#',
      '/',
    )
    const pasted = fc.tuple(around, label, around, around).map(parts => parts.join(''))
    fc.assert(
      fc.property(pasted, label, (url, dataCentre) => {
        const parsed = parse(url, dataCentre)
        if (parsed.ok) expect(parsed.settings.dataCentre).toBe(dataCentre)
      }),
    )
  })

  test('agrees with a key in another spelling, which is kept in its one form', () => {
    const key = '0123456789ABCDEF0123456789abcdef'
    const parsed = parseDocument({
      type_id: 'mailchimp',
      authentication: { api_key: ` ${key}-US6\u200b`, url: ' HTTPS://US6 ' },
      properties: { audience_id: ' a1b2c3d4e5\n' },
      mappings: [{ id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }],
    })
    expect(parsed).toMatchObject({
      ok: true,
      apiKey: `${key}-us6`,
      settings: { dataCentre: 'us6', audienceId: 'a1b2c3d4e5' },
    })
  })

  test.each(['us6', 'US6', 'x-us6', 'us6-us6', ''])('the key %j alone is no key', key => {
    const parsed = parseDocument({ authentication: { api_key: key, url: 'us6' } })
    expect(parsed.ok ? [] : parsed.problems).toContainEqual(expect.objectContaining({ path: 'authentication.api_key' }))
  })
})
