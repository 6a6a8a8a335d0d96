import { describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type JsonObject } from './json.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'
const LIST = `/3.0/lists/${DEFAULT_AUDIENCE}`

const simulator = freshSimulator()
const call = simulator.caller('')

const setUp = (body: unknown, id = DEFAULT_AUDIENCE) => call('POST', `/_simulator/audiences/${id}`, body)
const audience = async () => (await call('GET', LIST)).body
const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, name)

describe('POST /_simulator/audiences/{id}', () => {
  test('changes what it names, and leaves the contacts and everything else', async () => {
    const before = simulator.control.addContact(DEFAULT_AUDIENCE, {
      email_address: ADA,
      merge_fields: { FNAME: 'Ada' },
    })
    const named = await audience()
    expect((await setUp({ double_optin: true })).status).toBe(200)
    expect(await audience()).toEqual({ ...named, double_optin: true })
    await setUp({ name: 'Readers' })
    expect(await audience()).toEqual({ ...named, double_optin: true, name: 'Readers' })
    await setUp({ double_optin: false })
    expect(await audience()).toMatchObject({ double_optin: false, name: 'Readers' })
    expect(held(ADA)).toEqual(before)
  })

  test('makes an audience that is not there', async () => {
    expect((await setUp({ double_optin: true, merge_fields: [{ tag: 'NEWS', type: 'text' }] }, 'f00d')).status).toBe(
      200,
    )
    expect((await call('GET', '/3.0/lists/f00d')).body).toMatchObject({
      double_optin: true,
      marketing_permissions: false,
    })
    expect((await call('GET', '/3.0/lists/f00d/merge-fields')).body['total_items']).toBe(5)
  })

  test('merge_fields: adds, changes in place, and makes a field of another type anew', async () => {
    await setUp({ merge_fields: [{ tag: 'NEWS', type: 'text' }] })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA, merge_fields: { NEWS: 'true', FNAME: 'Ada' } })
    const field = async (tag: string) => {
      const { body } = await call('GET', `${LIST}/merge-fields?count=100`)
      return (body['merge_fields'] as readonly JsonObject[]).find(known => known['tag'] === tag)
    }
    const before = await field('NEWS')
    await setUp({
      merge_fields: [
        { tag: 'NEWS', required: true, name: 'Newsletter' },
        { tag: 'FNAME', required: true },
      ],
    })
    expect(await field('NEWS')).toEqual({ ...before, required: true, name: 'Newsletter' })
    expect(held(ADA)).toMatchObject({ merge_fields: { NEWS: 'true', FNAME: 'Ada' } })
    await setUp({ merge_fields: [{ tag: 'NEWS', type: 'number' }] })
    expect((await field('NEWS'))?.['merge_id']).not.toBe(before?.['merge_id'])
    expect(held(ADA)).toMatchObject({ merge_fields: { NEWS: '', FNAME: 'Ada' } })
  })

  test.each([
    [{ double_optin: 'yes' }, 'double_optin must be true or false, not "yes".'],
    [{ doubleOptin: true }, 'doubleOptin is unknown; known are id, name'],
    [{ marketing_permissions: [{ text: 'Email' }] }, 'marketing_permissions[0].id is missing.'],
    [{ merge_fields: [{ tag: 'NEWS' }] }, 'Required fields were not provided: type'],
    [{ merge_fields: [{ tag: 'ELEVENCHARS', type: 'text' }] }, 'merge_fields[0].tag must be 1 to 10 letters'],
    [{ merge_fields: [{ tag: 'X', type: 'checkbox' }] }, 'merge_fields[0].type must be one of text, number'],
    [{ contacts: [{ email_address: 'x' }] }, 'contacts[0].email_address must be an e-mail address, not "x".'],
  ])('%j is refused', async (body, message) => {
    const answered = await setUp(body)
    expect([answered.status, answered.body['error']]).toEqual([400, expect.stringContaining(message)])
    expect(await audience()).toMatchObject({ double_optin: false, marketing_permissions: false })
  })
})

describe('marketing permissions', () => {
  type Shown = Readonly<{ marketing_permission_id: string; text: string; enabled: boolean }>
  const shownOf = (name: string) => (held(name)?.['marketing_permissions'] ?? []) as unknown as readonly Shown[]
  const textsOf = (name: string) => shownOf(name).map(({ text, enabled }) => [text, enabled])

  test.each<readonly [sent: unknown, texts: readonly string[]]>([
    [true, ['Email', 'Direct Mail', 'Customized Online Advertising']],
    [
      ['Mail', 'Letter'],
      ['Mail', 'Letter'],
    ],
    [[{ id: 'abc', text: 'Mail' }], ['Mail']],
    [false, []],
    [[], []],
  ])('%j: an audience shows that it has them, and each contact which', async (sent, texts) => {
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
    await setUp({ marketing_permissions: sent })
    expect((await audience())['marketing_permissions']).toBe(texts.length > 0)
    expect(textsOf(ADA)).toEqual(texts.map(text => [text, false]))
  })

  test.each(['PUT', 'POST', 'POST of many', 'control call'])(
    'a contact made by %s without them has refused each of them; one that names them has not',
    async how => {
      await setUp({
        marketing_permissions: [
          { id: 'a1', text: 'Mail' },
          { id: 'b2', text: 'Letter' },
        ],
      })
      const make = async (email_address: string, more: object) => {
        const body = { email_address, status: 'subscribed', ...more }
        if (how === 'PUT') return call('PUT', `${LIST}/members/${subscriberHash(email_address)}`, body)
        if (how === 'POST') return call('POST', `${LIST}/members`, body)
        if (how === 'POST of many') return call('POST', LIST, { members: [body] })
        return call('POST', `/_simulator/contacts/${DEFAULT_AUDIENCE}/${email_address}`, { do: 'add', ...more })
      }
      expect((await make(ADA, {})).status).toBe(200)
      const marketing_permissions = [{ marketing_permission_id: 'b2', enabled: true }]
      expect((await make(GRACE, { marketing_permissions })).status).toBe(200)
      expect([textsOf(ADA), textsOf(GRACE)]).toEqual([
        [
          ['Mail', false],
          ['Letter', false],
        ],
        [
          ['Mail', false],
          ['Letter', true],
        ],
      ])
    },
  )

  test('a text that stays keeps its id and what was said, one that is new has been refused by all', async () => {
    await setUp({ marketing_permissions: ['Mail'] })
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
    const path = `${LIST}/members/${subscriberHash(ADA)}`
    const marketing_permissions = shownOf(ADA).map(shown => ({ ...shown, text: undefined, enabled: true }))
    expect((await call('PATCH', path, { marketing_permissions })).status).toBe(200)
    await setUp({ marketing_permissions: ['Letter', 'Mail'] })
    expect(textsOf(ADA)).toEqual([
      ['Letter', false],
      ['Mail', true],
    ])
    expect(shownOf(ADA)[1]?.marketing_permission_id).toBe(marketing_permissions[0]?.marketing_permission_id)
  })
})

test.each([false, true])('with double opt-in %s, the API subscribes at once when it is told to', async double_optin => {
  await setUp({ double_optin })
  const path = `${LIST}/members/${subscriberHash(ADA)}`
  const put = await call('PUT', path, { email_address: ADA, status_if_new: 'subscribed' })
  expect([put.body['status'], (await audience())['double_optin']]).toEqual(['subscribed', double_optin])
})
