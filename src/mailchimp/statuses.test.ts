import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator } from '../../simulator/simulator.ts'
import { type Request } from '../domain/plan.ts'
import { contactKey } from './address.ts'
import { createClient, type ApiRequest, type Client, type Reply } from './client.ts'
import { readStatuses } from './statuses.ts'

const NOW = Date.UTC(2026, 10, 23, 9)

const contact = (name: string) => ({ by: 'address' as const, address: `${name}@mail.test` })
const update = (name: string): Request => ({ do: 'update', contact: contact(name), fields: { FNAME: name } })
const upsert = (name: string): Request => ({
  ...update(name),
  contact: contact(name),
  do: 'upsert',
  statusIfNew: 'subscribed',
  signedUpAt: undefined,
})
const keyOf = (name: string) => contactKey(contact(name))
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`)

describe('R28: the current status of contacts', () => {
  let simulator: Simulator
  let client: Client
  beforeEach(async () => {
    simulator = await createSimulator()
    client = createClient({ apiKey: DEFAULT_KEY, origin: simulator.url, connections: 2 })
  })
  afterEach(async () => {
    await client.close()
    await simulator.close()
  })

  const add = (name: string, status: 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' = 'subscribed') =>
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `${name}@mail.test`, status })
  const read = (plans: readonly Request[]) => readStatuses(client, { audienceId: DEFAULT_AUDIENCE, plans }, () => NOW)
  const calls = () => simulator.control.stats().by_kind

  async function statusesOf(plans: readonly Request[]): Promise<Record<string, string>> {
    const statuses = await read(plans)
    if (statuses.kind !== 'read') throw new Error(statuses.detail)
    return Object.fromEntries(statuses.value)
  }

  test('is what Mailchimp says, of those that are asked for only', async () => {
    add('ada')
    add('bob', 'unsubscribed')
    add('eve', 'cleaned')
    add('dan', 'pending')
    add('archived')
    add('somebody')
    simulator.control.act(DEFAULT_AUDIENCE, 'archived@mail.test', 'archive')
    const known = { ada: 'subscribed', bob: 'unsubscribed', eve: 'cleaned', dan: 'pending' }
    const plans = [...Object.keys(known), 'archived', 'nobody'].map(upsert)
    expect(await statusesOf(plans)).toEqual(
      Object.fromEntries(
        Object.entries({ ...known, archived: 'archived', nobody: 'absent' }).map(([name, status]) => [
          keyOf(name),
          status,
        ]),
      ),
    )
    expect(calls()).toEqual({ 'members.get': 1, 'member.get': 2 })
  })

  test('I5: a list never proves that somebody is absent, so who could be created is asked for alone', async () => {
    const plans = [update('gone'), upsert('archived'), update('ada'), upsert('bob')]
    for (const name of ['ada', 'bob', 'archived']) add(name)
    simulator.control.act(DEFAULT_AUDIENCE, 'archived@mail.test', 'archive')
    expect(await statusesOf(plans)).toEqual({
      [keyOf('ada')]: 'subscribed',
      [keyOf('bob')]: 'subscribed',
      [keyOf('archived')]: 'archived',
    })
  })

  test.each([
    ['one contact of many', 1, 1_500, { 'member.get': 1 }],
    ['two contacts of many: one page does not lead further', 2, 3_500, { 'members.get': 1, 'member.get': 2 }],
    ['many contacts of few', 500, 500, { 'members.get': 1 }],
    ['many contacts of many', 500, 2_500, { 'members.get': 3 }],
  ])('costs the fewest calls: %s', async (_, asked, audience, spent) => {
    // Those that are asked for come last in the audience.
    for (const name of numbered(audience).reverse()) add(name)
    expect(Object.keys(await statusesOf(numbered(asked).map(update)))).toHaveLength(asked)
    expect(calls()).toEqual(spent)
  })

  test('reads on while the pages left are fewer than the contacts sought, and stops as soon as all are found', async () => {
    for (const name of numbered(4_000)) add(name)
    await statusesOf(numbered(500).map(update))
    expect(calls()).toEqual({ 'members.get': 1 })
  })

  test('of one that cannot be read is not there, and does not hide the others', async () => {
    for (const name of numbered(2_001)) add(name)
    simulator.control.addFault({ match: { kind: 'member.get', contact: 'p1500@mail.test' }, fault: { status: 500 } })
    expect(await statusesOf([update('p1500'), update('p1501')])).toEqual({ [keyOf('p1501')]: 'subscribed' })
  })

  test.each([
    [
      'a bad key',
      { match: { kind: 'member.get' }, fault: { trigger: 'APIKeyInvalid' } },
      { kind: 'blocked', cause: 'key_invalid' },
    ],
    ['too many requests', { match: { kind: 'member.get' }, fault: { edge: 429 } }, { kind: 'retry', throttled: true }],
    [
      'a page that fails',
      { match: { kind: 'members.get' }, fault: { status: 500 } },
      { kind: 'retry', cause: 'server_error' },
    ],
    [
      'a page of nothing',
      { match: { kind: 'members.get' }, fault: { body: {} } },
      { kind: 'retry', cause: 'answer_unreadable' },
    ],
    [
      'a missing audience',
      { match: { kind: 'members.get' }, fault: { status: 404 } },
      { kind: 'blocked', cause: 'audience_missing' },
    ],
  ] as const)('R25: %s ends the reading', async (_, rule, trouble) => {
    for (const name of numbered(3)) add(name)
    simulator.control.addFault(rule)
    expect(await read(['p0', 'p1', 'nobody'].map(upsert))).toMatchObject(trouble)
  })

  test('a 404 without JSON is nobody’s word that a contact is absent', async () => {
    simulator.control.addFault({ match: { kind: 'member.get' }, fault: { status: 404, html: '<html>' } })
    expect(await statusesOf([upsert('ada')])).toEqual({})
  })

  test('a status that nobody knows is none', async () => {
    simulator.control.addFault({ match: { kind: 'member.get' }, fault: { body: { status: 'resting' } } })
    expect(await statusesOf([upsert('ada')])).toEqual({})
  })

  test('is not read for ever from somebody who always has one more page', async () => {
    const asked: string[] = []
    const send = ({ path }: ApiRequest): Promise<Reply> => {
      asked.push(path)
      const total_items = path.includes('offset') ? asked.length * 1_000 + 1 : 0
      const json = { members: [], total_items, status: 'subscribed' }
      return Promise.resolve({ kind: 'answer', status: 200, json, retryAfter: undefined, requestId: undefined })
    }
    const endless: Client = { send, resize: () => undefined, close: () => Promise.resolve() }
    await readStatuses(endless, { audienceId: 'a/b', plans: numbered(5).map(update) }, () => NOW)
    expect(asked.filter(path => path.includes('offset'))).toHaveLength(5)
    expect(asked.every(path => path.startsWith('/lists/a%2Fb/members'))).toBe(true)
  })
})
