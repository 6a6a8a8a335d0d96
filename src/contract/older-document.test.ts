import { describe, expect, test } from 'vitest'
import { parseDocument } from './parse-document.ts'

const KEY = '0123456789abcdef0123456789abcdef-us6'
const RULE = { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }
const CONFIG = { api_key: KEY, url: 'https://us6.admin.mailchimp.com/', audience_id: 'a1b2c3d4e5', properties: [RULE] }

const PRESENT = {
  type_id: 'mailchimp',
  authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
  properties: { audience_id: 'a1b2c3d4e5' },
  mappings: [RULE],
  upsert_mode: true,
}

const older = (config: object = {}, rest: object = {}) => ({
  upsert_mode: true,
  config: { ...CONFIG, ...config },
  ...rest,
})

const problemsIn = (json: unknown): readonly (readonly [string, string])[] => {
  const parsed = parseDocument(json)
  return parsed.ok ? [] : parsed.problems.map(({ path, code }) => [path, code])
}

describe('a document of the older generation', () => {
  test('means the same as one of the present', () => {
    expect(parseDocument(older())).toEqual(parseDocument(PRESENT))
  })

  test('may name the server instead of its URL', () => {
    const { url: _, ...config } = CONFIG
    const named = { upsert_mode: true, config: { ...config, server_name: 'us6' } }
    expect(parseDocument(named)).toEqual(parseDocument(PRESENT))
  })

  test('may name the server as well, as long as it is the same', () => {
    expect(problemsIn(older({ server_name: 'us6' }))).toEqual([])
    expect(problemsIn(older({ server_name: 'us7' }))).toEqual([['config.server_name', 'unknown_key']])
  })

  test('takes our own keys beside its config', () => {
    const own = { name: 'A', enabled: false, options: { connections: 2 } }
    expect(parseDocument(older({}, own))).toEqual(parseDocument({ ...PRESENT, ...own }))
  })

  test('may carry what else Didomi writes, in or beside its config, and the notes say where it was', () => {
    const parsed = parseDocument(older({ description: 'D' }, { organization_id: 'acme', description: null }))
    expect(parsed).toMatchObject({
      ok: true,
      notes: [{ path: 'organization_id' }, { path: 'description' }, { path: 'config.description' }],
    })
  })

  test('has its problems reported where its author wrote them', () => {
    const config = { api_key: 'x', url: 'evil.test', properties: [RULE, RULE, { id: 'FARTOOLONGTAG', value: 1 }] }
    const json = { config, surprise: 1, options: { match: 'phone' } }
    expect([...problemsIn(json)].sort()).toEqual(
      [
        ['config.api_key', 'invalid_value'],
        ['config.url', 'invalid_value'],
        ['config.audience_id', 'missing'],
        ['config.properties[1].id', 'merge_tag_mapped_twice'],
        ['config.properties[2].id', 'invalid_value'],
        ['config.properties[2].value', 'wrong_type'],
        ['options.match', 'invalid_value'],
        ['surprise', 'unknown_key'],
      ].sort(),
    )
  })

  test('names the field its author knows in the words, too', () => {
    const parsed = parseDocument({ config: { ...CONFIG, api_key: undefined, url: undefined, server_name: 'x' } })
    expect(parsed.ok ? [] : parsed.problems.map(({ detail }) => detail)).toEqual([
      'config.api_key is missing.',
      'config.server_name is no Mailchimp server URL.',
    ])
  })

  test('has unknown keys refused by their place', () => {
    expect(problemsIn(older({ foo: 1 }))).toEqual([['config.foo', 'unknown_key']])
  })

  test.each(['upsert_mode', 'name', 'enabled', 'options', 'type_id', 'mappings', 'authentication'])(
    'lets no key of its config pass for one of the document: %s',
    key => {
      expect(problemsIn(older({ [key]: (Reflect.get(PRESENT, key) as unknown) ?? 'x' }))).toEqual([
        [`config.${key}`, 'unknown_key'],
      ])
    },
  )

  test.each(['authentication', 'properties', 'mappings'] as const)('mixed with the present one loses no %s', key => {
    expect(problemsIn(older({}, { [key]: PRESENT[key] }))).toEqual([[key, 'unknown_key']])
  })

  test('is not what a document with a config of another kind is', () => {
    expect(problemsIn({ ...PRESENT, config: 'x' })).toEqual([['config', 'unknown_key']])
    expect(problemsIn({ ...PRESENT, config: [] })).toEqual([['config', 'unknown_key']])
  })
})
