import { describe, expect, test } from 'vitest'
import { dataCentreOfKey, dataCentreOfUrl } from './data-centre.ts'

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
  'us1\n',
  'us1\u0000',
  'us1 ',
  'us1?',
  'us1#',
  'us1.',
  'us1\\evil.test',
  'us1-us2.evil.test/',
  'uS1',
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
  ])('of %s is %s', (key, dataCentre) => {
    expect(dataCentreOfKey(key)).toBe(dataCentre)
  })

  test.each(FORGERIES)('is never taken from a key that ends in %j', suffix => {
    expect(dataCentreOfKey(`${HEX}-${suffix}`)).toBeUndefined()
  })

  test.each([HEX, 'us6', '-us6', 'short-us6', `${HEX}us6`, ` ${HEX}-us6`, `${HEX}-us6-us7`, `${HEX} -us6`, ''])(
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
  ])('%j is us6', pasted => {
    expect(dataCentreOfUrl(pasted)).toBe('us6')
  })

  test.each([
    ...FORGERIES.filter(forgery => !['us1', 'us1\n', 'us1 ', 'uS1'].includes(forgery)),
    ...FORGERIES.filter(forgery => forgery !== 'uS1').map(forgery => `https://${forgery}.admin.mailchimp.com/`),
    'http://us6.admin.mailchimp.com/',
    'ftp://us6.admin.mailchimp.com/',
    'javascript:us6',
    'https://admin.mailchimp.com/',
    'https://login.mailchimp.com/',
    'https://us6.mailchimp.com/',
    'https://us6.admin.mailchimp.com.evil.test/',
    'https://us6.admin.mailchimp.com@evil.test/',
    'https://evil.test/us6.admin.mailchimp.com/',
    'https://evil.test#us6.admin.mailchimp.com/',
    'https://user:secret@us6.admin.mailchimp.com/',
    'https://us6.admin.mailchimp.com:8443/',
    'https://us6.admin.mailchimp.com\\.evil.test/',
    'https://us6.admin-mailchimp.com/',
    'https://us6xadminxmailchimp.com/',
    'https://us6.us7.admin.mailchimp.com/',
  ])('%j names none', pasted => {
    expect(dataCentreOfUrl(pasted)).toBeUndefined()
  })
})
