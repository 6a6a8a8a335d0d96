import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('a value', () => {
  test.each(['127.0.0.1\r', ' 127.0.0.1', '127.0.0.1\n', '127.0.0.1\r\n', '\t127.0.0.1', '127.0\r.0.1'])(
    '%j is refused by name',
    text => {
      expect(() => readConfig({ CONSENT_RELAY_HOST: text })).toThrow(
        'CONSENT_RELAY_HOST must be one line without blanks or carriage returns at its ends',
      )
    },
  )

  test('of a flag is refused by the name of the flag', () => {
    const called = (name: string): string => (name === 'PORT' ? '--port' : `CONSENT_RELAY_${name}`)
    const wrong = { CONSENT_RELAY_PORT: '70000', CONSENT_RELAY_LOG_LEVEL: 'loud' }
    expect(() => readConfig(wrong, called)).toThrow(/^--port must be .*\nCONSENT_RELAY_LOG_LEVEL must be/s)
  })

  test('that Kubernetes sets for the port says how it is put off', () => {
    expect(() => readConfig({ CONSENT_RELAY_PORT: 'tcp://10.0.0.1:8080' })).toThrow('enableServiceLinks: false')
  })
})

describe('a secret in a file', () => {
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'consent-relay-config-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const TOKEN = 'a-token-of-at-least-thirty-two-characters'
  const URL = 'postgres://user:word@db.test/relay'

  const holding = (text: string): string => {
    const file = join(folder, `secret-${text.length}`)
    writeFileSync(file, text)
    return file
  }

  test.each([TOKEN, `${TOKEN}\n`, `${TOKEN}\r\n`])('is what %j holds but for its last line break', text => {
    expect(readConfig({ CONSENT_RELAY_BOOTSTRAP_TOKEN_FILE: holding(text) }).bootstrapToken).toBe(TOKEN)
  })

  test('may be the address of the database', () => {
    expect(readConfig({ CONSENT_RELAY_DATABASE_URL_FILE: holding(URL) }).databaseUrl).toBe(URL)
  })

  test.each([
    [
      'an empty file',
      () => ({ CONSENT_RELAY_BOOTSTRAP_TOKEN_FILE: holding('\n') }),
      'BOOTSTRAP_TOKEN_FILE names an empty file',
    ],
    [
      'no file',
      () => ({ CONSENT_RELAY_DATABASE_URL_FILE: join(folder, 'none') }),
      'DATABASE_URL_FILE names a file that cannot be read (ENOENT)',
    ],
    [
      'a folder',
      () => ({ CONSENT_RELAY_DATABASE_URL_FILE: folder }),
      'DATABASE_URL_FILE names a file that cannot be read (EISDIR)',
    ],
    [
      'two lines',
      () => ({ CONSENT_RELAY_BOOTSTRAP_TOKEN_FILE: holding(`${TOKEN}\n${TOKEN}`) }),
      'BOOTSTRAP_TOKEN_FILE names a file whose content must be one line',
    ],
    [
      'what is too short',
      () => ({ CONSENT_RELAY_BOOTSTRAP_TOKEN_FILE: holding('hush') }),
      'BOOTSTRAP_TOKEN_FILE names a file whose content must have at least 32',
    ],
    [
      'both',
      () => ({ CONSENT_RELAY_BOOTSTRAP_TOKEN_FILE: holding(TOKEN), CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN }),
      'are both set: leave one of them out',
    ],
  ])('%s is refused by name, and the content is not shown', (_, environment, says) => {
    const refused = (): unknown => readConfig(environment())
    expect(refused).toThrow(ConfigError)
    expect(refused).toThrow(says)
    expect(refused).not.toThrow(/hush|thirty-two/)
  })
})
