import { describe, expect, test } from 'vitest'
import { mergeField } from '../../test/builders.ts'
import { type ApiRequest, type Client, type Reply } from './client.ts'
import { createTextField, readAudiences, readContact, readSizedAudience } from './lookups.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')

const answer = (status: number, json: unknown): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter: undefined,
  requestId: undefined,
})

const problem = (status: number, title: string, detail = ''): Reply => answer(status, { title, status, detail })

function answering(reply: Reply): { client: Client; asked: ApiRequest[] } {
  const asked: ApiRequest[] = []
  const send = (request: ApiRequest) => {
    asked.push(request)
    return Promise.resolve(reply)
  }
  return { client: { send, resize: () => undefined, close: () => Promise.resolve() }, asked }
}

const audience = (id: string, stats: unknown) => ({ id, name: `the ${id}`, stats })

describe('the audiences of a key', () => {
  test('are counted with everybody in them, or with the subscribed where that is all that is said', async () => {
    const lists = [
      audience('a', { total_contacts: 7, member_count: 3 }),
      audience('b', { member_count: 3 }),
      { id: 'c', double_optin: true, marketing_permissions: true },
    ]
    const asks = { doubleOptIn: false, marketingPermissions: false }
    const { client, asked } = answering(answer(200, { lists, total_items: 3 }))
    expect(await readAudiences(client, NOW)).toEqual({
      kind: 'read',
      value: [
        { id: 'a', name: 'the a', contacts: 7, ...asks },
        { id: 'b', name: 'the b', contacts: 3, ...asks },
        { id: 'c', name: '', contacts: 0, doubleOptIn: true, marketingPermissions: true },
      ],
    })
    expect(asked.map(({ path }) => path)).toEqual([expect.stringContaining('include_total_contacts=true')])
  })

  test('are not taken for none when the answer has no list', async () => {
    const { client } = answering(answer(200, { total_items: 0 }))
    expect(await readAudiences(client, NOW)).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
  })

  test('R25: one that is not there is a block, and its id stays in its segment of the path', async () => {
    const { client, asked } = answering(problem(404, 'Resource Not Found'))
    expect(await readSizedAudience(client, '../x', NOW)).toMatchObject({ kind: 'blocked', cause: 'audience_missing' })
    expect(asked[0]?.path).toMatch(/^\/lists\/\.\.%2Fx\?/)
  })
})

describe('a new merge field', () => {
  const NEW = { audienceId: 'a1b2c3d4e5', tag: 'NEWS', name: 'Newsletter' }

  test('is of type text, and is what Mailchimp made of it', async () => {
    const made = { merge_id: 4, tag: 'NEWS', name: 'Newsletter', type: 'text', options: { size: 25 } }
    const { client, asked } = answering(answer(200, made))
    const value = { ...mergeField('NEWS'), mergeId: 4, name: 'Newsletter' }
    expect(await createTextField(client, NEW, NOW)).toEqual({ kind: 'read', value })
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/lists/a1b2c3d4e5/merge-fields',
        body: { tag: 'NEWS', name: 'Newsletter', type: 'text' },
      },
    ])
  })

  test.each([
    [problem(400, 'Invalid Resource', 'exists'), { kind: 'rejected', detail: 'exists' }],
    [problem(401, 'API Key Invalid'), { kind: 'blocked', cause: 'key_invalid' }],
    [problem(500, 'Oops'), { kind: 'retry' }],
    [answer(200, {}), { kind: 'retry' }],
  ])('is not made by %j', async (reply, trouble) => {
    expect(await createTextField(answering(reply).client, NEW, NOW)).toMatchObject(trouble)
  })
})

describe('a contact', () => {
  const ADA = { audienceId: 'a1b2c3d4e5', contact: { by: 'hash', hash: 'c0ffee' } } as const

  test('is shown with its status and with what its fields hold of text and numbers', async () => {
    const merge_fields = { NEWS: 'true', LEVEL: 7, HOME: { city: 'Paris' }, GONE: null }
    const { client, asked } = answering(answer(200, { status: 'unsubscribed', merge_fields }))
    const value = { status: 'unsubscribed', fields: { 'merge:NEWS': 'true', 'merge:LEVEL': 7 } }
    expect(await readContact(client, ADA, NOW)).toEqual({ kind: 'read', value })
    expect(asked.map(({ path }) => path)).toEqual(['/lists/a1b2c3d4e5/members/c0ffee?fields=status,merge_fields'])
  })

  test('is absent when Mailchimp itself says so', async () => {
    const { client } = answering(problem(404, 'Resource Not Found'))
    expect(await readContact(client, ADA, NOW)).toEqual({ kind: 'read', value: undefined })
    for (const said of [undefined, {}, { message: 'no such page' }, { title: 'Resource Not Found' }])
      expect(await readContact(answering(answer(404, said)).client, ADA, NOW)).toMatchObject({ kind: 'retry' })
    const refused = problem(401, 'API Key Invalid')
    expect(await readContact(answering(refused).client, ADA, NOW)).toMatchObject({ kind: 'blocked' })
  })
})
