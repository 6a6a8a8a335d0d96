import { describe, expect, test } from 'vitest'
import { apiKeyOf, dataCentreOfKey, dataCentreOfUrl } from './data-centre.ts'

const HEX = '0123456789abcdef0123456789abcdef'

/** Where a key or URL tries to make us call somebody else (request forgery). */
const FORGERIES = [
  'us1.evil.test/#',
  'us1.evil.test',
  'us1@10.0.0.1',
  'us1:80@127.0.0.1',
  '169.254.169.254',
  '10.0.0.1',
  'localhost',
  '[::1]',
  '0x7f000001',
  '2130706433',
  'us1/../..',
  'us1%2eevil.test',
  'us1\r\nHost: evil.test',
  'us1\nx',
  'us\u00001',
  'us 1',
  'us1?',
  'us1#',
  'us1.',
  'us1\\evil.test',
  'us1-us2.evil.test/',
  'us1@evil.test',
  'us1.admin.mailchimp.com',
  'us',
  '1',
  'u1',
  'us1234',
  'abcde1',
  'us１',
  'ùs1',
  '',
]

describe('the data centre of an API key', () => {
  test.each([
    [`${HEX}-us6`, 'us6'],
    [`${HEX}-us21`, 'us21'],
    [`${HEX}-eu1`, 'eu1'],
    [`${HEX.toUpperCase()}-us6`, 'us6'],
    [` ${HEX}-us6\n`, 'us6'],
    [`\ufeff${HEX}-us6\u200b`, 'us6'],
    [`${HEX}-US6`, 'us6'],
    [`\t${HEX}-Us21 `, 'us21'],
  ])('of %j is %s', (key, dataCentre) => {
    expect(dataCentreOfKey(key)).toBe(dataCentre)
  })

  test('is in lower case in the key that is used, and nothing is around that; its other part stays as it is', () => {
    expect(apiKeyOf(` ${HEX.toUpperCase()}-US6\u200b\n`)).toBe(`${HEX.toUpperCase()}-us6`)
    expect(apiKeyOf(' no key ')).toBe('no key')
  })

  test.each(FORGERIES)('is never taken from a key that ends in %j', suffix => {
    expect(dataCentreOfKey(`${HEX}-${suffix}`)).toBeUndefined()
  })

  test.each([HEX, 'us6', '-us6', 'short-us6', `${HEX}us6`, `${HEX}-us6-us7`, `${HEX} -us6`, ''])(
    'is not in %j, which has not the form of a key',
    key => {
      expect(dataCentreOfKey(key)).toBeUndefined()
    },
  )
})

describe('the data centre in what people paste', () => {
  test.each([
    'us6',
    ' us6 ',
    'US6',
    'https://us6.admin.mailchimp.com/',
    'https://us6.admin.mailchimp.com',
    'https://US6.Admin.Mailchimp.com/lists/members',
    'https://us6.admin.mailchimp.com/account/api/',
    'https://us6.api.mailchimp.com/3.0/',
    'https://us6.api.mailchimp.com/3.0',
    'https://us6.api.mailchimp.com',
    'https://us6',
    'https://us6/',
    'HTTP://US6',
    'us6/',
    'us6.admin.mailchimp.com',
    'us6.admin.mailchimp.com/',
    'us6.api.mailchimp.com/3.0',
    'us6.mailchimp.com',
    'http://us6.admin.mailchimp.com/',
    'https://us6.mailchimp.com/account/api/',
    'https://us6.mailchimp.com',
    'https://us6.admin.mailchimp.com./',
    'us6.admin.mailchimp.com.',
    'https://us6.admin.mailchimp.com:443/',
    'https://us6.admin.mailchimp.com:8443',
    'https://us6.admin.mailchimp.com?path=/account',
    'https://us6.admin.mailchimp.com/campaigns/#/who@us7',
    '\u200b https://us6.admin.mailchimp.com/ \ufeff',
  ])('%j is us6', pasted => {
    expect(dataCentreOfUrl(pasted)).toBe('us6')
  })

  test.each([
    ...FORGERIES.filter(forgery => forgery !== 'us1.admin.mailchimp.com'),
    ...FORGERIES.map(forgery => `https://${forgery}.admin.mailchimp.com/`),
    ...FORGERIES.filter(forgery => forgery !== 'us1.admin.mailchimp.com').map(forgery => `https://${forgery}`),
    'us6.admin.mailchimp.com.evil.test',
    'us6.mailchimp.com.evil.test',
    'us6.mailchimp.community',
    'us6@evil.test',
    'us6.evil.test/us6.admin.mailchimp.com',
    'us6.admin.mailchimp.com:443@evil.test',
    'us6.admin.mailchimp.com:https',
    'us6.admin.mailchimp.com..',
    'us6.admin.api.mailchimp.com',
    'https:us6',
    'https:///us6',
    'https://us6:8443',
    'https://us6?x',
    'https://us6/admin.mailchimp.com',
    'ftp://us6.admin.mailchimp.com/',
    'javascript:us6',
    'https://admin.mailchimp.com/',
    'https://login.mailchimp.com/',
    'https://us6.admin.mailchimp.com.evil.test/',
    'https://us6.admin.mailchimp.com@evil.test/',
    'https://evil.test/us6.admin.mailchimp.com/',
    'https://evil.test#us6.admin.mailchimp.com/',
    'https://user:secret@us6.admin.mailchimp.com/',
    'https://us6.admin.mailchimp.com\\.evil.test/',
    'https://us6.admin-mailchimp.com/',
    'https://us6xadminxmailchimp.com/',
    'https://us6.us7.admin.mailchimp.com/',
  ])('%j names none', pasted => {
    expect(dataCentreOfUrl(pasted)).toBeUndefined()
  })
})
