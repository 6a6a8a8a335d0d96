import { describe, expect, test } from 'vitest'
import { mergeField } from '../../test/builders.ts'
import { readAccount, readAudience, readMergeFields } from './audience.ts'
import { type ApiRequest, type Client, type Reply } from './client.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')
const AUDIENCE = 'a6b5da1054'

const ok = (json: unknown): Reply => ({
  kind: 'answer',
  status: 200,
  json,
  retryAfter: undefined,
  requestId: undefined,
})
const problem = (status: number, title: string): Reply => ({
  kind: 'answer',
  status,
  json: { title, status, detail: title },
  retryAfter: undefined,
  requestId: undefined,
})

function answering(reply: (request: ApiRequest) => Reply): { client: Client; asked: string[] } {
  const asked: string[] = []
  const send = (request: ApiRequest) => {
    asked.push(`${request.method} ${request.path}`)
    return Promise.resolve(reply(request))
  }
  return { client: { send, resize: () => undefined, close: () => Promise.resolve() }, asked }
}

type MergeFieldJson = Readonly<Record<string, unknown>>

/** As Mailchimp pages: `count` says how many, 10 unless asked, never more than 1,000. */
const paging = (all: readonly MergeFieldJson[]) =>
  answering(({ path }) => {
    const query = new URL(path, 'https://us1.api.mailchimp.com').searchParams
    const offset = Number(query.get('offset') ?? 0)
    const count = Math.min(Number(query.get('count') ?? 10), 1_000)
    return ok({ merge_fields: all.slice(offset, offset + count), total_items: all.length })
  })

const text = (tag: string): MergeFieldJson => ({
  merge_id: 1,
  tag,
  name: tag.toLowerCase(),
  type: 'text',
  options: { size: 25 },
})
const numbered = (count: number) => Array.from({ length: count }, (_, n) => text(`MMERGE${n}`))

describe('R14: the merge fields of an audience', () => {
  test('carry their number, tag, name, type and options', async () => {
    const { client } = paging([
      text('FNAME'),
      { merge_id: 7, tag: 'LEVEL', name: 'Level', type: 'number', options: {} },
      { tag: 'PLAN', name: 'Plan', type: 'dropdown', options: { choices: ['Gold', 'Silver', 5, null] } },
      { tag: 'YES', name: 'Yes?', type: 'radio', options: { choices: ['true', 'false'] } },
      { tag: 'BDAY', name: 'Birthday', type: 'birthday' },
      { merge_id: '9', tag: 'BORN', name: 'Born', type: 'date', options: { date_format: 'DD/MM/YYYY' } },
      { tag: 'PHONE', name: 'Phone', type: 'phone', options: { phone_format: 'US', date_format: 7 } },
    ])
    expect(await readMergeFields(client, AUDIENCE, NOW)).toEqual({
      kind: 'read',
      value: [
        { ...mergeField('FNAME'), name: 'fname', mergeId: 1 },
        { ...mergeField('LEVEL', 'number'), name: 'Level', mergeId: 7 },
        { ...mergeField('PLAN', 'dropdown', ['Gold', 'Silver']), name: 'Plan' },
        { ...mergeField('YES', 'radio', ['true', 'false']), name: 'Yes?' },
        { ...mergeField('BDAY', 'birthday'), name: 'Birthday' },
        { ...mergeField('BORN', 'date'), name: 'Born', dateFormat: 'DD/MM/YYYY' },
        { ...mergeField('PHONE', 'phone'), name: 'Phone', phoneFormat: 'US' },
      ],
    })
  })

  test('do not hold EMAIL, which Mailchimp does not list and nobody may map to', async () => {
    const read = await readMergeFields(paging(numbered(4)).client, AUDIENCE, NOW)
    expect(read.kind === 'read' && read.value.map(({ tag }) => tag)).toEqual([
      'MMERGE0',
      'MMERGE1',
      'MMERGE2',
      'MMERGE3',
    ])
  })

  test.each([
    [0, 1],
    [10, 1],
    [11, 1],
    [1_000, 1],
    [1_001, 2],
    [2_500, 3],
  ])('%i of them are all read, with %i requests', async (count, requests) => {
    const { client, asked } = paging(numbered(count))
    const read = await readMergeFields(client, AUDIENCE, NOW)
    expect(read.kind === 'read' && read.value.map(({ tag }) => tag)).toEqual(numbered(count).map(({ tag }) => tag))
    expect(asked).toHaveLength(requests)
    expect(asked[0]).toBe(
      `GET /lists/${AUDIENCE}/merge-fields?count=1000&offset=0&fields=merge_fields.merge_id,merge_fields.tag,merge_fields.name,merge_fields.type,merge_fields.options,total_items`,
    )
  })

  test('are not read for ever from somebody who always has more', async () => {
    const { client, asked } = answering(() => ok({ merge_fields: [text('A')], total_items: 1e9 }))
    await readMergeFields(client, AUDIENCE, NOW)
    expect(asked.length).toBeLessThanOrEqual(10)
  })

  test.each([
    [404, 'Resource Not Found', { kind: 'blocked', cause: 'audience_missing' }],
    [401, 'API Key Invalid', { kind: 'blocked', cause: 'key_invalid' }],
    [403, 'User Disabled', { kind: 'blocked', cause: 'account_disabled' }],
    [500, 'InternalServerError', { kind: 'retry', cause: 'server_error' }],
    [429, 'TooManyRequests', { kind: 'retry', cause: 'throttled', throttled: true }],
  ])('R25: a %i is no list of merge fields', async (status, title, trouble) => {
    expect(await readMergeFields(answering(() => problem(status, title)).client, AUDIENCE, NOW)).toMatchObject(trouble)
  })

  test('R25: a failure on a later page is not half a list', async () => {
    const { client: whole } = paging(numbered(1_500))
    const { client } = answering(({ path }) =>
      path.includes('offset=0') ? ok({ merge_fields: numbered(1_000), total_items: 1_500 }) : problem(500, 'Oops'),
    )
    expect(await readMergeFields(client, AUDIENCE, NOW)).toMatchObject({ kind: 'retry' })
    expect(await readMergeFields(whole, AUDIENCE, NOW)).toMatchObject({ kind: 'read' })
  })

  test.each([[{}], [{ merge_fields: null }], [{ total_items: 3 }], [[]], ['x'], [null]])(
    'R14: an answer of %j is no proof that the audience has no merge fields',
    async json => {
      const read = await readMergeFields(answering(() => ok(json)).client, AUDIENCE, NOW)
      expect(read).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
    },
  )
})

describe('whose key and which audience', () => {
  test('the account is the one of the key', async () => {
    const { client, asked } = answering(() =>
      ok({ account_name: 'ACME', role: 'owner', account_id: 'a1', login_id: '7' }),
    )
    expect(await readAccount(client, NOW)).toEqual({
      kind: 'read',
      value: { name: 'ACME', role: 'owner', user: 'a1/7' },
    })
    expect(asked).toEqual(['GET /?fields=account_name,role,account_id,login_id'])
  })
  test.each([[{}], [{ account_id: 'a1' }], [{ account_id: 'a1', login_id: '' }]])(
    'R24: %j does not say whose key it is',
    async body => {
      const read = await readAccount(answering(() => ok(body)).client, NOW)
      expect(read).toMatchObject({ kind: 'read', value: { user: undefined } })
    },
  )

  test.each([[[]], ['x'], [null]])('an answer of %j is none of Mailchimp', async json => {
    const read = await readAccount(answering(() => ok(json)).client, NOW)
    expect(read).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
  })
  test('R25: a key that Mailchimp refuses names no account', async () => {
    const { client } = answering(() => problem(401, 'API Key Invalid'))
    expect(await readAccount(client, NOW)).toMatchObject({ kind: 'blocked', cause: 'key_invalid' })
  })
  test.each([
    [{}, false, false],
    [{ double_optin: true, marketing_permissions: false }, true, false],
    [{ double_optin: false, marketing_permissions: true }, false, true],
    [{ double_optin: 'true', marketing_permissions: 1 }, false, false],
  ])(
    'R20: the audience has a name, and says what it asks of new contacts: %j',
    async (flags, doubleOptIn, marketingPermissions) => {
      const { client, asked } = answering(() => ok({ id: AUDIENCE, name: 'Customers', ...flags }))
      expect(await readAudience(client, AUDIENCE, NOW)).toEqual({
        kind: 'read',
        value: { id: AUDIENCE, name: 'Customers', doubleOptIn, marketingPermissions },
      })
      expect(asked).toEqual([`GET /lists/${AUDIENCE}?fields=id,name,double_optin,marketing_permissions`])
    },
  )
  test('R25: an audience that is not there is a block, and its id stays in its segment of the path', async () => {
    const { client, asked } = answering(() => problem(404, 'Resource Not Found'))
    expect(await readAudience(client, '../x?y', NOW)).toMatchObject({ kind: 'blocked', cause: 'audience_missing' })
    await readMergeFields(client, '../x?y', NOW)
    expect(asked.map(line => line.split('?')[0])).toEqual([
      'GET /lists/..%2Fx%3Fy',
      'GET /lists/..%2Fx%3Fy/merge-fields',
    ])
  })
})
