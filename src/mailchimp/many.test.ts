import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator } from '../../simulator/simulator.ts'
import { type ContactRef } from '../domain/person.ts'
import { type Fields, type Request } from '../domain/plan.ts'
import { contactKey } from './address.ts'
import { createClient, type Client, type Reply } from './client.ts'
import { manyRequest, MOST_MEMBERS, readMany, type Item, type Many } from './many.ts'
import { readStatuses, type ContactStatus, type Statuses } from './statuses.ts'
import { merging } from '../../test/builders.ts'

const NOW = Date.UTC(2026, 10, 23, 9)

const contact = (name: string) => ({ by: 'address' as const, address: `${name}@mail.test` })
const update = (name: string, fields: Fields = { FNAME: name }): Item => ({
  attemptId: `att_${name}`,
  plan: { do: 'update', contact: contact(name), fields: merging(fields) },
})
const upsert = (name: string, statusIfNew = 'subscribed'): Item => ({
  attemptId: `att_${name}`,
  plan: { do: 'upsert', contact: contact(name), statusIfNew, fields: merging({ FNAME: name }) },
})
const statusesOf = (statuses: Readonly<Record<string, ContactStatus | 'absent'>>): Statuses =>
  new Map(Object.entries(statuses).map(([name, status]) => [contactKey(contact(name)), status]))
const membersOf = ({ request }: Many) => (request?.body as { members: unknown[] } | undefined)?.members
const names = (items: readonly Item[]) => items.map(({ attemptId }) => attemptId.replace('att_', ''))

describe('R28: what goes into a call for many contacts', () => {
  test.each(['subscribed', 'unsubscribed', 'cleaned', 'transactional'] as const)(
    'I5: one who is %s goes as just that, whatever the plan would have them be if new',
    status => {
      const many = manyRequest([upsert('ada'), update('bob')], statusesOf({ ada: status, bob: status }), 'a1')
      expect(many.request).toEqual({
        method: 'POST',
        path: '/lists/a1?skip_merge_validation=true',
        body: {
          members: [
            { email_address: 'ada@mail.test', status, merge_fields: { FNAME: 'ada' } },
            { email_address: 'bob@mail.test', status, merge_fields: { FNAME: 'bob' } },
          ],
          update_existing: true,
        },
      })
      expect(names(many.sent)).toEqual(['ada', 'bob'])
      const changed = status === 'subscribed' ? [] : many.sent.map(item => ({ item, status }))
      expect(many.toVerify).toEqual(changed)
    },
  )

  test('R19 R20: one who is absent is created by an upsert, as its plan says, and by nothing else', () => {
    const many = manyRequest(
      [upsert('ada', 'transactional'), update('bob')],
      statusesOf({ ada: 'absent', bob: 'absent' }),
      'a1',
    )
    expect(membersOf(many)).toEqual([
      { email_address: 'ada@mail.test', status: 'transactional', merge_fields: { FNAME: 'ada' } },
    ])
    expect([names(many.sent), many.toVerify]).toEqual([['ada'], []])
  })

  test.each([
    ['archived', 'archived'],
    ['pending', 'pending'],
    ['of unknown status', undefined],
  ] as const)('one who is %s is left out', (_, status) => {
    const statuses = status === undefined ? new Map() : statusesOf({ ada: status })
    const many = manyRequest([upsert('ada')], statuses, 'a1')
    expect(many).toMatchObject({ request: undefined, sent: [], toVerify: [] })
  })

  test.each([
    [{ by: 'hash', hash: contactKey(contact('ada')) }],
    [{ by: 'contact_id', contactId: contactKey(contact('ada')) }],
  ] as const)('one who is not known by address is left out: %j', (ref: ContactRef) => {
    const plan: Request = { do: 'update', contact: ref, fields: { FNAME: 'x' } }
    const many = manyRequest([{ attemptId: 'att_ada', plan }], statusesOf({ ada: 'subscribed' }), 'a1')
    expect(names(many.sent)).toEqual([])
  })

  test('I4: one contact goes once, and the first counts', () => {
    const twice = { ...update('ada', { FNAME: 'second' }), attemptId: 'att_again' }
    const many = manyRequest([update('ada'), twice], statusesOf({ ada: 'subscribed' }), 'a1')
    expect(many.sent.map(({ attemptId }) => attemptId)).toEqual(['att_ada'])
    expect(membersOf(many)).toHaveLength(1)
  })

  test('never more than Mailchimp takes', () => {
    const items = Array.from({ length: MOST_MEMBERS + 1 }, (_, n) => update(`p${n}`))
    const statuses = statusesOf(Object.fromEntries(items.map((_, n) => [`p${n}`, 'subscribed' as const])))
    expect(membersOf(manyRequest(items.slice(1), statuses, 'a1'))).toHaveLength(MOST_MEMBERS)
    expect(() => manyRequest(items, statuses, 'a1')).toThrow('501 contacts in one call')
  })
})

describe('R28: a call for many contacts at Mailchimp', () => {
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

  const add = (name: string, status: 'subscribed' | 'unsubscribed' | 'cleaned' | 'transactional' = 'subscribed') =>
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `${name}@mail.test`, status })
  const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, `${name}@mail.test`)
  const read = async (items: readonly Item[]): Promise<Statuses> => {
    const plans = items.map(({ plan }) => plan)
    const statuses = await readStatuses(client, { audienceId: DEFAULT_AUDIENCE, plans }, () => NOW)
    if (statuses.kind !== 'read') throw new Error(statuses.detail)
    return statuses.value
  }
  const send = async (many: Many) => {
    if (!many.request) throw new Error('nobody to send')
    return Object.fromEntries(readMany(await client.send(many.request), many.sent, NOW))
  }

  test('gives each the outcome that they would have had alone, and changes nobody’s status', async () => {
    const before = { ada: 'subscribed', bob: 'unsubscribed', eve: 'cleaned', dan: 'transactional' } as const
    for (const [name, status] of Object.entries(before)) add(name, status)
    simulator.control.addMergeField(DEFAULT_AUDIENCE, { tag: 'AGE', type: 'number' })
    simulator.control.setBehaviour({ mergeTagCase: 'any' })
    add('old')
    const items = [
      ...Object.keys(before).map(name => upsert(name)),
      update('old', { age: 'very' }),
      upsert('new', 'transactional'),
    ]
    const many = manyRequest(items, await read(items), DEFAULT_AUDIENCE)
    expect(await send(many)).toMatchObject({
      att_ada: { kind: 'delivered', accepted: merging({ FNAME: 'ada' }), dropped: [] },
      att_bob: { kind: 'delivered', accepted: merging({ FNAME: 'bob' }) },
      att_eve: { kind: 'delivered', accepted: merging({ FNAME: 'eve' }) },
      att_dan: { kind: 'delivered', accepted: merging({ FNAME: 'dan' }) },
      att_old: { kind: 'rejected', cause: 'fields_invalid', fields: ['merge:age'] },
      att_new: { kind: 'delivered', accepted: merging({ FNAME: 'new' }) },
    })
    for (const [name, status] of Object.entries(before)) expect(held(name)?.['status'], name).toBe(status)
    expect(held('new')?.['status']).toBe('transactional')
    expect(many.toVerify.map(({ item, status }) => [item.attemptId, status])).toEqual([
      ['att_bob', 'unsubscribed'],
      ['att_eve', 'cleaned'],
      ['att_dan', 'transactional'],
    ])
  })

  test('R14: a merge field that the audience lacks is dropped', async () => {
    add('ada')
    const items = [update('ada', { FNAME: 'Ada', NOTAG: 'true' })]
    expect(await send(manyRequest(items, await read(items), DEFAULT_AUDIENCE))).toMatchObject({
      att_ada: { kind: 'delivered', accepted: merging({ FNAME: 'Ada' }), dropped: ['merge:NOTAG'] },
    })
  })

  test('the hazard: one who leaves between the reading and the call goes again alone, and is not brought back', async () => {
    add('ada')
    add('bob')
    const items = [update('ada'), update('bob')]
    const many = manyRequest(items, await read(items), DEFAULT_AUDIENCE)
    simulator.control.act(DEFAULT_AUDIENCE, 'ada@mail.test', 'unsubscribe')
    expect(await send(many)).toMatchObject({
      att_ada: { kind: 'retry', cause: 'answer_unreadable', ambiguous: false },
      att_bob: { kind: 'delivered' },
    })
    expect(held('ada')?.['status']).toBe('unsubscribed')
  })

  test('a fault of form in one is a verdict on nobody', async () => {
    for (const name of ['ada', 'bob']) add(name)
    const bad = update('bob', { FNAME: true as unknown as string })
    const items = [update('ada'), bad]
    expect(await send(manyRequest(items, await read(items), DEFAULT_AUDIENCE))).toMatchObject({
      att_ada: { kind: 'retry', ambiguous: false },
      att_bob: { kind: 'retry', ambiguous: false },
    })
    expect(held('ada')?.['merge_fields']).toMatchObject({ FNAME: '' })
  })

  test.each([
    ['a 500', { status: 500 }, { kind: 'retry', cause: 'server_error', ambiguous: true }],
    ['a lost answer', { cut: 'after' }, { kind: 'retry', cause: 'connection_failed', ambiguous: true }],
    ['half an answer', { truncate: 200 }, { kind: 'retry', cause: 'answer_unreadable', ambiguous: true }],
    ['an answer without lists', { body: {} }, { kind: 'retry', cause: 'answer_unreadable', ambiguous: true }],
    ['a bad key', { trigger: 'APIKeyInvalid' }, { kind: 'blocked', cause: 'key_invalid' }],
    ['a missing audience', { status: 404 }, { kind: 'blocked', cause: 'audience_missing' }],
  ] as const)('R22 R25: %s is everybody’s outcome', async (_, fault, outcome) => {
    simulator.control.addFault({ match: { kind: 'list.post' }, fault })
    const many = manyRequest(
      [update('ada'), update('bob')],
      statusesOf({ ada: 'subscribed', bob: 'subscribed' }),
      DEFAULT_AUDIENCE,
    )
    expect(await send(many)).toMatchObject({ att_ada: outcome, att_bob: outcome })
  })
})

describe('the answer to a call for many contacts', () => {
  const answer = (json: unknown): Reply => ({
    kind: 'answer',
    status: 200,
    json: { new_members: [], updated_members: [], errors: [], ...(json as object) },
    retryAfter: undefined,
    requestId: undefined,
  })
  const outcomeOf = (json: unknown) => readMany(answer(json), [update('ada')], NOW).get('att_ada')
  const email_address = 'Ada@Mail.test'

  test('names contacts in Mailchimp’s spelling', () => {
    expect(outcomeOf({ updated_members: [{ email_address, merge_fields: { FNAME: 'ada' } }] })).toMatchObject({
      kind: 'delivered',
    })
    expect(outcomeOf({ new_members: [{ email_address, merge_fields: { FNAME: 'ada' } }] })).toMatchObject({
      kind: 'delivered',
    })
  })

  test('R25: an error is a verdict only where it names a merge field of the request', () => {
    const error = {
      email_address,
      error: 'in words',
      error_code: 'ERROR_GENERIC',
      field_message: 'Please enter a value',
    }
    expect(outcomeOf({ errors: [{ ...error, field: 'FNAME' }] })).toEqual({
      kind: 'rejected',
      cause: 'fields_invalid',
      detail: 'FNAME: Please enter a value',
      fields: ['merge:FNAME'],
    })
    for (const field of ['', 'LNAME', undefined])
      expect(outcomeOf({ errors: [{ ...error, field }] })).toMatchObject({
        kind: 'retry',
        detail: 'in words',
        ambiguous: false,
      })
  })

  test('of one who is in both lists, the error counts', () => {
    const both = { updated_members: [{ email_address, merge_fields: { FNAME: 'ada' } }], errors: [{ email_address }] }
    expect(outcomeOf(both)).toMatchObject({ kind: 'retry' })
  })

  test.each([[{}], [{ updated_members: [{ email_address: 'bob@mail.test' }] }], [{ errors: [null, 'x', {}] }]])(
    'R22: one who is not mentioned in %j may have been written',
    json => {
      expect(outcomeOf(json)).toMatchObject({ kind: 'retry', cause: 'answer_unreadable', ambiguous: true })
    },
  )

  test('one without merge fields may have been written', () => {
    expect(outcomeOf({ updated_members: [{ email_address }] })).toMatchObject({ kind: 'retry', ambiguous: true })
  })
})
