import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator, createSimulator } from './simulator.ts'

type Operation = Readonly<{ responses: Readonly<Record<string, { content?: unknown }>> }>
type Description = Readonly<{ paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }>

const DESCRIPTION = JSON.parse(
  readFileSync(new URL('fixtures/mailchimp-openapi-excerpt.json', import.meta.url), 'utf8'),
) as Description

const ADDRESS = 'ada@mail.test'
const LIST = `/lists/${DEFAULT_AUDIENCE}`
const MEMBER = `${LIST}/members/${subscriberHash(ADDRESS)}`
const GONE = `${LIST}/members/${subscriberHash('grace@mail.test')}`

/** In this order: later calls need what earlier ones made. `{batch}` and `{webhook}` stand for ids made on the way. */
const CALLS: readonly (readonly [method: string, template: string, path: string, body?: unknown])[] = [
  ['get', '/', '/'],
  ['get', '/ping', '/ping'],
  ['get', '/lists', '/lists'],
  ['get', '/lists/{list_id}', LIST],
  ['get', '/lists/{list_id}/merge-fields', `${LIST}/merge-fields?count=1000`],
  ['post', '/lists/{list_id}/merge-fields', `${LIST}/merge-fields`, { name: 'News', tag: 'NEWS', type: 'text' }],
  ['get', '/lists/{list_id}/merge-fields/{merge_id}', `${LIST}/merge-fields/5`],
  ['patch', '/lists/{list_id}/merge-fields/{merge_id}', `${LIST}/merge-fields/5`, { name: 'Newsletter' }],
  ['post', '/lists/{list_id}/members', `${LIST}/members`, { email_address: ADDRESS, status: 'subscribed' }],
  ['put', '/lists/{list_id}/members/{subscriber_hash}', MEMBER, { merge_fields: { NEWS: 'true' } }],
  ['patch', '/lists/{list_id}/members/{subscriber_hash}', MEMBER, { status: 'unsubscribed' }],
  ['get', '/lists/{list_id}/members/{subscriber_hash}', MEMBER],
  ['get', '/lists/{list_id}/members', `${LIST}/members`],
  [
    'post',
    '/lists/{list_id}/members/{subscriber_hash}/tags',
    `${MEMBER}/tags`,
    { tags: [{ name: 'x', status: 'active' }] },
  ],
  ['get', '/lists/{list_id}/members/{subscriber_hash}/tags', `${MEMBER}/tags`],
  [
    'post',
    '/lists/{list_id}',
    LIST,
    { members: [{ email_address: 'grace@mail.test', status: 'transactional' }, { email_address: ADDRESS }] },
  ],
  ['post', '/lists/{list_id}/members/{subscriber_hash}/actions/delete-permanent', `${GONE}/actions/delete-permanent`],
  ['delete', '/lists/{list_id}/members/{subscriber_hash}', MEMBER],
  ['delete', '/lists/{list_id}/merge-fields/{merge_id}', `${LIST}/merge-fields/5`],
  ['post', '/batches', '/batches', { operations: [{ method: 'GET', path: '/ping' }] }],
  ['get', '/batches', '/batches'],
  ['get', '/batches/{batch_id}', '/batches/{batch}'],
  ['delete', '/batches/{batch_id}', '/batches/{batch}'],
]

/** Answers with an empty time where the description wants one: so does Mailchimp (recorded, documented). */
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addFormat('date-time', (text: string) => text === '' || !Number.isNaN(Date.parse(text)))
ajv.addSchema(closed(DESCRIPTION), 'api')

/** The description with every object closed, so that a field it does not know is found out. */
function closed<T>(part: T): T {
  if (typeof part !== 'object' || part === null) return part
  if (Array.isArray(part)) return part.map(closed) as T
  const copy = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]))
  return (
    'properties' in part && !('additionalProperties' in part) ? { ...copy, additionalProperties: false } : copy
  ) as T
}

describe('answers fit the official description', () => {
  let simulator: Simulator
  const made = new Map<string, string>()

  beforeAll(async () => {
    simulator = await createSimulator()
  })
  afterAll(() => simulator.close())

  for (const [method, template, path, body] of CALLS)
    test(`${method} ${template}`, async () => {
      const answer = await fetch(`${simulator.url}/3.0${path.replace('{batch}', made.get('batch') ?? '')}`, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${DEFAULT_KEY}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      const described = DESCRIPTION.paths[template]?.[method]?.responses ?? {}
      expect(Object.keys(described), text).toContain(String(answer.status))
      if (answer.status === 204) return expect(text).toBe('')
      const pointer = [
        'paths',
        template,
        method,
        'responses',
        String(answer.status),
        'content',
        'application/json',
        'schema',
      ]
      const valid = ajv.getSchema(
        `api#/${pointer.map(piece => encodeURIComponent(piece.replaceAll('/', '~1'))).join('/')}`,
      )
      const answered = JSON.parse(text) as { id?: string }
      if (template === '/batches' && method === 'post') made.set('batch', answered.id ?? '')
      expect(valid?.(answered), JSON.stringify(valid?.errors)).toBe(true)
    })

  test('a refusal fits the problem document', async () => {
    const answer = await fetch(`${simulator.url}/3.0/nowhere`, { headers: { authorization: `Bearer ${DEFAULT_KEY}` } })
    const valid = ajv.getSchema('api#/components/schemas/ProblemDetailDocument')
    expect(valid?.(await answer.json())).toBe(true)
  })
})
