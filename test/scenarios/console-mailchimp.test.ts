import { describe, expect, test } from 'vitest'
import { AUDIENCE, KEY, startWorld, type World } from '../world.ts'

const AUTHENTICATION = { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' }

type Account = {
  readonly ok: boolean
  readonly audiences: { id: string; contacts: number }[]
  readonly problems: { path: string; code: string; remedy: string }[]
}
type Refused = { readonly code: string; readonly errors: { path: string; code: string }[] }

const account = (world: World, body: unknown) => world.api<Account>('POST', '/v1/mailchimp/account', body)
const pathsOf = (problems: readonly { path: string }[]) => problems.map(({ path }) => path)

describe('whose key it is', () => {
  test('and which audiences it opens, by the key itself or by an integration that holds it', async () => {
    await using world = await startWorld()
    world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'unsubscribed' })
    const { body } = await account(world, { authentication: AUTHENTICATION })
    expect(body).toMatchObject({ ok: true, account: { role: 'owner', data_centre: 'us6' }, problems: [] })
    expect(body.audiences).toMatchObject([{ id: AUDIENCE, contacts: 1 }])
    const id = await world.integrates()
    expect((await account(world, { integration_id: id })).body).toEqual(body)
  })

  test.each([
    ['a key that Mailchimp does not know', { api_key: KEY.replace('0', 'f'), url: 'us6' }, 'authentication.api_key'],
    ['a key that is none', { api_key: 'secret', url: 'us6' }, 'authentication.api_key'],
    ['a URL of another data centre', { api_key: KEY, url: 'us7' }, 'authentication.url'],
  ])('is not told of %s: a problem, no failure', async (_, authentication, path) => {
    await using world = await startWorld()
    const { status, body } = await account(world, { authentication })
    expect(status).toBe(200)
    expect(body).toMatchObject({ ok: false, account: null, audiences: [] })
    expect(pathsOf(body.problems)).toEqual([path])
    expect(body.problems[0]?.remedy).not.toBe('')
  })

  test('is refused when it is said twice or not at all', async () => {
    await using world = await startWorld()
    for (const body of [{}, { authentication: AUTHENTICATION, integration_id: 'int_x' }]) {
      const { status, body: refused } = await world.api<Refused>('POST', '/v1/mailchimp/account', body)
      expect([status, pathsOf(refused.errors)]).toEqual([422, ['authentication']])
    }
    expect((await account(world, { integration_id: 'int_none' })).status).toBe(404)
  })

  test('cannot be found out while Mailchimp is away', async () => {
    await using world = await startWorld()
    world.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    const { status, body } = await world.api('POST', '/v1/mailchimp/account', { authentication: AUTHENTICATION })
    expect([status, body['code']]).toEqual([502, 'mailchimp_unreachable'])
  })
})

describe('an audience', () => {
  const ask = (world: World, audience_id: string) =>
    world.api<Refused & { merge_fields: { tag: string }[] }>('POST', '/v1/mailchimp/audience', {
      authentication: AUTHENTICATION,
      audience_id,
    })

  test('shows its merge fields', async () => {
    await using world = await startWorld()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'PLAN', type: 'dropdown', options: { choices: ['a', 'b'] } })
    const { status, body } = await ask(world, AUDIENCE)
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: AUDIENCE, contacts: 0 })
    expect(body.merge_fields).toContainEqual(expect.objectContaining({ tag: 'NEWS', type: 'text', choices: [] }))
    expect(body.merge_fields).toContainEqual(expect.objectContaining({ tag: 'PLAN', choices: ['a', 'b'] }))
  })

  test('that is not there is refused with the field', async () => {
    await using world = await startWorld()
    const { status, body } = await ask(world, 'f00df00d')
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ path: 'audience_id', code: 'audience_missing' }])
  })
})

describe('a merge field', () => {
  const make = (world: World, changes: object = {}) =>
    world.api<Refused>('POST', '/v1/mailchimp/merge-fields', {
      authentication: AUTHENTICATION,
      audience_id: AUDIENCE,
      tag: 'OFFERS',
      name: 'Offers',
      ...changes,
    })

  test('is made as text, can be mapped to, and is in the audit', async () => {
    await using world = await startWorld()
    const { status, body } = await make(world)
    expect(status).toBe(201)
    expect(body).toEqual({ tag: 'OFFERS', name: 'Offers', type: 'text', choices: [] })
    await world.integrates({ mappings: [{ id: 'OFFERS', value: 'consents_purposes_offers_enabled' }] })
    const audit = await world.api<{ data: { action: string; subject: string }[] }>('GET', '/v1/audit')
    expect(audit.body.data).toContainEqual(
      expect.objectContaining({ action: 'merge_field.created', subject: `${AUDIENCE}/OFFERS` }),
    )
  })

  test('is refused with the field when its tag is taken or is none', async () => {
    await using world = await startWorld()
    for (const tag of ['NEWS', 'EMAIL', 'offers', 'TOO_LONG_A_TAG']) {
      const { status, body } = await make(world, { tag })
      expect([tag, status, pathsOf(body.errors)]).toEqual([tag, 422, ['tag']])
    }
    const audit = await world.api<{ data: { action: string }[] }>('GET', '/v1/audit')
    expect(audit.body.data.map(({ action }) => action)).not.toContain('merge_field.created')
  })

  test('is not made with a key that cannot be used', async () => {
    await using world = await startWorld()
    const { status, body } = await make(world, { authentication: { api_key: KEY, url: 'us7' } })
    expect([status, pathsOf(body.errors)]).toEqual([422, ['authentication.url']])
  })
})
