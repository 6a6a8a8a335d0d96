import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../test/builders.ts'
import { type Settings } from '../domain/integration.ts'
import { parseDocument } from './parse-document.ts'

const KEY = '0123456789abcdef0123456789abcdef-us6'
const LIST = 'consents_purposes_newsletter_values_topics_value'
const RULE = { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' }

/** The example of Didomi's documentation, key for key. */
const DOCUMENTED = {
  type_id: 'mailchimp',
  authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
  properties: { audience_id: 'a1b2c3d4e5' },
  mappings: [RULE],
  upsert_mode: true,
}

type Json = Readonly<Record<string, unknown>>

const document = (over: Json = {}): Json => ({ ...DOCUMENTED, ...over })
const withMapping = (...rules: readonly unknown[]): Json => document({ mappings: rules })
const withOptions = (options: Json, over: Json = {}): Json => document({ options, ...over })
const withoutUpsert = (over: Json): Json => {
  const { upsert_mode: _, ...rest } = document(over)
  return rest
}

const settingsIn = (json: unknown): Settings => {
  const parsed = parseDocument(json)
  if (!parsed.ok) return expect.fail(JSON.stringify(parsed.problems))
  return parsed.settings
}
const parsedIn = (json: unknown) => {
  const parsed = parseDocument(json)
  return parsed.ok ? parsed : expect.fail(JSON.stringify(parsed.problems))
}
const parsedWithout = ({ notes: _, ...rest }: ReturnType<typeof parsedIn>) => rest
const problemsIn = (json: unknown) => {
  const parsed = parseDocument(json)
  return parsed.ok ? [] : parsed.problems
}
const codesIn = (json: unknown): Json => Object.fromEntries(problemsIn(json).map(({ path, code }) => [path, code]))

describe('the documented integration document', () => {
  test('is taken as it is', () => {
    expect(parseDocument(DOCUMENTED)).toEqual({
      ok: true,
      apiKey: KEY,
      settings: settingsOf({ upsertMode: true, mappings: [RULE] }),
      notes: [],
    })
  })

  test.each<[string, unknown]>([
    ['organization_id', 'acme'],
    ['organization_id', 7],
    ['description', 'Newsletter of the shop'],
    ['description', ''],
    ['description', null],
    ['description', { en: 'Newsletter' }],
  ])('means the same with the %s that Didomi writes, which a note says is dropped', (key, value) => {
    const { notes, ...rest } = parsedIn(document({ [key]: value }))
    expect(rest).toEqual(parsedWithout(parsedIn(DOCUMENTED)))
    expect(notes).toEqual([{ path: key, note: expect.stringMatching(/not kept/) as string }])
  })

  test.each(['organisation_id', 'Description', 'organization', 'descriptions'])('takes no %s', key => {
    expect(codesIn(document({ [key]: 'x' }))).toEqual({ [key]: 'unknown_key' })
  })

  test('needs no upsert_mode: contacts are only updated', () => {
    expect(settingsIn(withoutUpsert({}))).toEqual(settingsOf({ upsertMode: false }))
  })

  test('means with our own keys what it means without them, as long as they hold the defaults', () => {
    const options = {
      match: 'email',
      regulations: ['gdpr'],
      no_choice: 'keep',
      new_contact_status: 'transactional',
      on_user_deleted: 'keep',
      connections: 8,
    }
    expect(settingsIn(withOptions(options, { enabled: true }))).toEqual(settingsIn(DOCUMENTED))
    expect(settingsIn(withOptions({}))).toEqual(settingsIn(DOCUMENTED))
  })

  test('takes our own keys', () => {
    const options = {
      match: 'metadata_crm mail',
      regulations: ['gdpr', 'cpra'],
      no_choice: 'clear',
      new_contact_status: 'subscribed',
      on_user_deleted: 'withdraw',
      connections: 10,
    }
    expect(settingsIn(withOptions(options, { name: 'A', enabled: false }))).toEqual(
      settingsOf({
        name: 'A',
        enabled: false,
        upsertMode: true,
        options: {
          match: 'metadata_crm mail',
          regulations: ['gdpr', 'cpra'],
          noChoice: 'clear',
          newContactStatus: 'subscribed',
          onUserDeleted: 'withdraw',
          connections: 10,
        },
      }),
    )
  })

  test.each([
    'consents_purposes_cookies_preferences_a-b_c_enabled',
    'consents_purposes_newsletter_preferences_topics_value',
    'consents_preferences_topics_enabled',
    'consents_purposes_p_channel_email_enabled',
    'consents_channels_email_enabled',
    'consents_channel_email_enabled',
    'consents_purposes_p_enabled_li',
    'consents_vendors_google_enabled',
    'consents_purposes___proto___enabled',
    'organization_user_id',
    'country',
    'last_seen_country',
    'created_at',
    'updated_at',
    'metadata_plan',
    'metadata_a_b',
  ])('R15: maps %s', value => {
    expect(settingsIn(withMapping({ id: 'TAG', value })).mappings).toEqual([{ id: 'TAG', value }])
  })

  test.each(['consents_purposes__enabled', 'consents', 'email', 'metadata_', 'status', 'tags_a', ' country'])(
    'R15: maps no %s',
    value => {
      expect(codesIn(withMapping({ id: 'TAG', value }))).toEqual({ 'mappings[0].value': 'invalid_value' })
    },
  )

  test.each(['A', 'MMERGE10', 'news_1', '0123456789'])('takes the merge tag %s', id => {
    expect(settingsIn(withMapping({ ...RULE, id })).mappings).toEqual([{ ...RULE, id }])
  })

  test.each(['', 'ELEVENCHARS', 'a-b', 'a b', '*|A|*', 'É', 'EMAIL', 'email', 'Email'])(
    'refuses the merge tag %j',
    id => {
      expect(codesIn(withMapping({ ...RULE, id }))).toEqual({ 'mappings[0].id': 'invalid_value' })
    },
  )
})

describe('problems of a document', () => {
  test('are all reported at once, each with its path, what is wrong, and what to do', () => {
    const problems = problemsIn({
      type_id: 'sendgrid',
      authentication: { api_key: 'short', url: 'https://evil.test/' },
      properties: { audience_id: 'no spaces' },
      mappings: [RULE, { id: 'FARTOOLONGTAG', value: 'nonsense', note: 1 }, 'x'],
      upsert_mode: 'yes',
      enabled: 1,
      name: '',
      options: { match: 'phone', regulations: [], no_choice: 'x', connections: 11, new_contact_status: 'cleaned' },
      surprise: true,
    })
    expect(problems.map(({ path }) => path).sort()).toEqual(
      [
        'type_id',
        'authentication.api_key',
        'authentication.url',
        'properties.audience_id',
        'mappings[1].id',
        'mappings[1].note',
        'mappings[1].value',
        'mappings[2]',
        'upsert_mode',
        'enabled',
        'name',
        'options.match',
        'options.regulations',
        'options.no_choice',
        'options.connections',
        'options.new_contact_status',
        'surprise',
      ].sort(),
    )
    for (const { path, detail, remedy } of problems) {
      expect(detail).toContain(path)
      expect(detail).toMatch(/\.$/)
      expect(remedy).toMatch(/^[A-Z].*\.$/)
    }
  })

  test('name everything that is missing', () => {
    expect(codesIn({})).toEqual({
      type_id: 'invalid_value',
      authentication: 'missing',
      properties: 'missing',
      mappings: 'missing',
    })
    expect(codesIn(document({ authentication: {}, properties: {}, mappings: [{}] }))).toEqual({
      'authentication.api_key': 'missing',
      'authentication.url': 'missing',
      'properties.audience_id': 'missing',
      'mappings[0].id': 'missing',
      'mappings[0].value': 'missing',
    })
  })

  test.each([null, undefined, 1, 'text', [], [DOCUMENTED], true])('%j is no document', json => {
    const problems = problemsIn(json)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ path: '', remedy: 'Send the integration document, a JSON object.' })
  })

  test.each<[string, Json]>([
    ['extra', document({ extra: 1 })],
    ['authentication.extra', document({ authentication: { ...DOCUMENTED.authentication, extra: 1 } })],
    ['properties.extra', document({ properties: { ...DOCUMENTED.properties, extra: null } })],
    ['mappings[0].extra', withMapping({ ...RULE, extra: 1 })],
    ['options.extra', withOptions({ extra: 1 })],
    ['source_id', document({ source_id: 'src_a' })],
  ])('an unknown key is refused at every level: %s', (path, json) => {
    expect(codesIn(json)).toEqual({ [path]: 'unknown_key' })
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is an unknown key like any other', key => {
    const json: unknown = JSON.parse(JSON.stringify(DOCUMENTED).replace('{', `{"${key}":{"a":1},`))
    expect(problemsIn(json)).toEqual([
      {
        path: key,
        code: 'unknown_key',
        detail: `${key} is not a key of this document.`,
        remedy: 'Leave it out; only the documented keys are known.',
      },
    ])
  })

  test('one wrong part is one problem', () => {
    const wrongKey = { ...DOCUMENTED.authentication, api_key: 'no key at all' }
    expect(problemsIn(document({ authentication: wrongKey }))).toHaveLength(1)
  })

  test.each([1.5, 0, 11, -1, '8', null])('R24: %j connections are refused', connections => {
    expect(Object.keys(codesIn(withOptions({ connections })))).toEqual(['options.connections'])
  })

  test('never repeat the key', () => {
    const wrong = document({ authentication: { api_key: `${KEY}-x`, url: 'us7' }, upsert_mode: KEY })
    expect(JSON.stringify(problemsIn(wrong))).not.toContain('0123456789abcdef')
  })

  test('are found in anything without falling over', () => {
    const keys = fc.constantFrom(...Object.keys(DOCUMENTED), 'options', 'config', 'x', '__proto__')
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue())), json => {
        for (const { path, code, detail, remedy } of problemsIn(json))
          expect([typeof path, typeof code, typeof detail, typeof remedy]).toEqual(Array(4).fill('string'))
      }),
    )
  })
})

describe('parts that contradict each other', () => {
  test('a key and a URL of two data centres are refused, saying both', () => {
    const [problem, ...more] = problemsIn(document({ authentication: { api_key: KEY, url: 'us7' } }))
    expect(more).toEqual([])
    expect(problem).toMatchObject({ path: 'authentication.url', code: 'wrong_data_centre' })
    expect(problem?.detail).toMatch(/us7.*us6/)
  })

  test('a merge tag is mapped once, whatever its case, and every repeat is named', () => {
    const rules = [RULE, { ...RULE, id: 'OTHER' }, { ...RULE, id: 'Newsletter' }, { ...RULE, id: 'newsletter' }]
    expect(problemsIn(withMapping(...rules))).toMatchObject([
      {
        path: 'mappings[2].id',
        code: 'merge_tag_mapped_twice',
        detail: 'Newsletter is mapped already by mappings[0].',
      },
      { path: 'mappings[3].id', code: 'merge_tag_mapped_twice' },
    ])
  })

  test.each(['subscriber_hash', 'contact_id'])('R16: with %s no contact can be made, as no address is known', match => {
    expect(codesIn(withOptions({ match }))).toEqual({ upsert_mode: 'contact_without_address' })
    expect(settingsIn(withOptions({ match }, { upsert_mode: false })).options.match).toBe(match)
  })

  const MAPPED = [RULE, { id: 'PLAN', value: 'metadata_plan_enabled' }, { id: 'TOPICS', value: LIST }]

  test.each<[tags: readonly string[], problems: Json]>([
    [[], {}],
    [['NEWSLETTER'], {}],
    [['newsletter'], {}],
    [['NEWS'], { 'options.subscribe_when[0]': 'tag_not_mapped' }],
    [['NEWSLETTER', 'PLAN'], { 'options.subscribe_when[1]': 'tag_not_yes_no' }],
    [
      ['TOPICS', 'GONE'],
      { 'options.subscribe_when[0]': 'tag_not_yes_no', 'options.subscribe_when[1]': 'tag_not_mapped' },
    ],
    [['not a tag'], { 'options.subscribe_when[0]': 'invalid_value' }],
  ])('R20: a status can depend on the mapped yes or no tags only: %j', (tags, problems) => {
    const found = codesIn(withOptions({ subscribe_when: tags }, { mappings: MAPPED }))
    expect(found).toMatchObject(problems)
    expect(Object.keys(found)).toEqual(Object.keys(problems))
  })

  test('are found beside problems of other kinds', () => {
    const json = document({
      authentication: { api_key: KEY, url: 'us7', extra: 1 },
      mappings: [RULE, RULE, { id: 'X', value: 'nonsense' }],
      options: { match: 'contact_id', connections: 99 },
    })
    expect(codesIn(json)).toEqual({
      'authentication.extra': 'unknown_key',
      'authentication.url': 'wrong_data_centre',
      'mappings[1].id': 'merge_tag_mapped_twice',
      'mappings[2].value': 'invalid_value',
      'options.connections': 'invalid_value',
      upsert_mode: 'contact_without_address',
    })
  })
})
