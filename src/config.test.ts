import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

describe('the proxies that are trusted', () => {
  const read = (text: string | undefined) => readConfig({ CONSENT_RELAY_TRUSTED_PROXIES: text }).trustedProxies

  test.each([
    [undefined, []],
    ['', []],
    ['127.0.0.1', ['127.0.0.1']],
    ['127.0.0.1, 10.0.0.0/8,::1,fd00::/8', ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']],
  ])('%j are %j', (text, proxies) => {
    expect(read(text)).toEqual(proxies)
  })

  test.each([
    'true',
    'proxy.example.com',
    '10.0.0.1,',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '1',
    '*',
  ])('%j is refused', text => {
    expect(() => read(text)).toThrow(ConfigError)
    expect(() => read(text)).toThrow('CONSENT_RELAY_TRUSTED_PROXIES must be addresses or networks')
  })
})
