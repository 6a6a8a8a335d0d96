import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/instant.ts'
import { AUDIENCE, event, KEY, startWorld, type World } from '../world.ts'

type Shown = {
  readonly id: string
  readonly kind: string
  readonly cause: string
  readonly count: number
  readonly state: string
  readonly changed_by: string | null
}
type Page = { readonly data: readonly Shown[]; readonly next_cursor: string | null }

const PEOPLE = ['ada@mail.test', 'bob@mail.test', 'eve@mail.test'] as const
const [ADA, BOB, EVE] = PEOPLE
const says = (who: string, newsletter: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

async function worldWithPeople(): Promise<World> {
  const world = await startWorld()
  for (const email_address of PEOPLE) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  return world
}

const failures = async (world: World, query = ''): Promise<readonly Shown[]> =>
  (await world.api<Page>('GET', `/v1/failures${query}`)).body.data

async function theFailure(world: World, query = ''): Promise<Shown> {
  const [failure, ...others] = await failures(world, query)
  if (!failure || others.length > 0) throw new Error('there is not exactly one failure')
  return failure
}

/** Mailchimp refuses everything, in a way that nobody expects. */
const refuses = (world: World): string =>
  world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { trigger: 'BadRequest' } })

describe('R26: failures are grouped by their cause', () => {
  test('with first and last time, count, an example, and what to do', async () => {
    await using world = await worldWithPeople()
    const id = await world.integrates()
    refuses(world)
    await world.receives(says(ADA, false))
    await world.settles()
    const first = new Date(world.now()).toISOString()
    await world.passes(HOUR)
    await world.receives(says(BOB, true))
    await world.settles()
    const last = new Date(world.now()).toISOString()

    const failure = await theFailure(world)
    expect(failure).toMatchObject({
      integration_id: id,
      kind: 'dead',
      cause: 'request_refused',
      says: 'Mailchimp refused the request in a way that we do not expect.',
      count: 2,
      withdrawals: 1,
      first_at: first,
      last_at: last,
      example: { person: BOB },
      state: 'open',
      changed_by: null,
      resolved_at: null,
    })
    expect((await world.api('GET', `/v1/failures/${failure.id}`)).body).toEqual(failure)
    expect((await world.api('GET', '/v1/failures/flr_0000000000000000000000000')).status).toBe(404)
    expect(await failures(world, '?kind=held')).toEqual([])
    expect(await failures(world, `?kind=dead&cause=request_refused&integration_id=${id}&state=open`)).toHaveLength(1)
  })

  test('pages show each once', async () => {
    await using world = await worldWithPeople()
    await world.integrates()
    world.mailchimp.addFault({ match: { contact: ADA }, fault: { trigger: 'BadRequest' } })
    world.mailchimp.act(AUDIENCE, BOB, 'forget')
    world.mailchimp.addFault({
      match: { contact: EVE },
      fault: { status: 400, title: 'Member Exists', detail: 'somebody else has this address' },
    })
    await world.receives(says(ADA, true), says(EVE, true))
    await world.settles()
    const one = (await world.api<Page>('GET', '/v1/failures?limit=1')).body
    const two = (await world.api<Page>('GET', `/v1/failures?limit=1&cursor=${one.next_cursor}`)).body
    expect([...one.data, ...two.data].map(({ cause }) => cause).sort()).toEqual(['address_conflict', 'request_refused'])
    expect(two.next_cursor).toBeNull()
  })
})

describe('R26: a failure goes by itself once its cause is gone', () => {
  test('R14: a merge tag that is deleted, restored, and deleted once more', async () => {
    await using world = await worldWithPeople()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    await world.integrates({
      mappings: [
        { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
        { id: 'OFFERS', value: 'consents_purposes_offers_enabled' },
      ],
    })
    await world.receives(says(ADA, true))
    await world.settles()
    expect(await failures(world)).toEqual([])

    await deleteMergeField(world, 'OFFERS')
    await world.passes(HOUR)
    const failure = await theFailure(world)
    expect(failure).toMatchObject({ kind: 'held', cause: 'merge_tag_missing', count: 0, state: 'open' })
    const offers = (who: string, at: string) => event({ who, at, purposes: { newsletter: true, offers: true } })
    await world.receives(offers(ADA, '2026-11-23T08:10:00Z'), offers(BOB, '2026-11-23T08:10:00Z'))
    await world.passes(MINUTE)
    expect(await theFailure(world)).toMatchObject({ id: failure.id, count: 2, example: { person: BOB } })

    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    await world.passes(HOUR)
    expect(await failures(world)).toEqual([])
    const resolved = { id: failure.id, count: 0, state: 'resolved', changed_by: null, example: null }
    expect(await theFailure(world, '?state=resolved')).toMatchObject(resolved)

    await deleteMergeField(world, 'OFFERS')
    await world.passes(HOUR)
    await world.receives(offers(EVE, '2026-11-23T08:20:00Z'))
    await world.passes(MINUTE)
    expect(await theFailure(world)).toMatchObject({ id: failure.id, count: 1, state: 'open', resolved_at: null })
  })

  test('R25: a bad key, with everything that waits behind it', async () => {
    await using world = await worldWithPeople()
    await world.integrates()
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.receives(says(ADA, true), says(BOB, false))
    await world.passes(MINUTE)
    const held = { kind: 'held', cause: 'key_invalid', count: 2, withdrawals: 1 }
    expect(await theFailure(world)).toMatchObject(held)
    world.mailchimp.setKeyState(KEY, 'active')
    await world.passes(HOUR)
    expect(await failures(world)).toEqual([])
  })

  test('a debt that is tried again is one failure all the while, also during a try', async () => {
    await using world = await worldWithPeople()
    await world.integrates()
    const fails = { match: { method: 'PATCH' }, fault: { trigger: 'InternalServerError' } }
    const rule = world.mailchimp.addFault(fails)
    await world.receives(says(ADA, true))
    await world.passes(MINUTE)
    const failure = await theFailure(world)
    expect(failure).toMatchObject({ kind: 'retrying', cause: 'server_error', count: 1 })

    world.mailchimp.removeFault(rule)
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { delay_ms: 20_000 } })
    for (let seconds = 0; (await world.stats()).deliveries.sending === 0; seconds++) {
      expect(seconds).toBeLessThan(3_600)
      await world.passes(1_000)
    }
    expect(await theFailure(world)).toEqual(failure)
    await world.settles()
    expect(await theFailure(world, '?state=resolved')).toMatchObject({ id: failure.id })
  })

  test('an integration that is removed takes its failures along', async () => {
    await using world = await worldWithPeople()
    const id = await world.integrates()
    refuses(world)
    await world.receives(says(ADA, true))
    await world.settles()
    await theFailure(world)
    expect((await world.api('DELETE', `/v1/integrations/${id}`)).status).toBe(204)
    expect(await failures(world)).toEqual([])
  })
})

describe('R26: somebody sees to a failure', () => {
  async function refused(world: World, who: string = ADA): Promise<Shown> {
    await world.receives(says(who, true))
    await world.settles()
    return theFailure(world)
  }
  const change = (world: World, id: string, verb: string) =>
    world.api<Shown & { code?: string }>('POST', `/v1/failures/${id}/${verb}`)

  test('acknowledged, it stays so while it grows, and is opened again once it comes back', async () => {
    await using world = await worldWithPeople()
    const integration = await world.integrates()
    const rule = refuses(world)
    const { id } = await refused(world)
    expect((await change(world, id, 'acknowledge')).body).toMatchObject({
      state: 'acknowledged',
      changed_by: 'bootstrap',
    })
    expect(await refused(world, BOB)).toMatchObject({ id, count: 2, state: 'acknowledged' })

    world.mailchimp.removeFault(rule)
    await world.api('PATCH', `/v1/integrations/${integration}`, {})
    await world.settles()
    expect(await failures(world)).toEqual([])
    const { status, body } = await change(world, id, 'acknowledge')
    expect([status, body.code]).toEqual([409, 'wrong_state'])

    refuses(world)
    expect(await refused(world, EVE)).toMatchObject({ id, count: 1, state: 'open', changed_by: null })
  })

  test('ignored, it stays so until somebody opens it', async () => {
    await using world = await worldWithPeople()
    const integration = await world.integrates()
    const rule = refuses(world)
    const { id } = await refused(world)
    expect((await change(world, id, 'ignore')).body).toMatchObject({ state: 'ignored' })
    world.mailchimp.removeFault(rule)
    await world.api('PATCH', `/v1/integrations/${integration}`, {})
    await world.settles()
    expect(await theFailure(world, '?state=ignored')).toMatchObject({ id, count: 0 })
    refuses(world)
    expect(await refused(world, BOB)).toMatchObject({ id, count: 1, state: 'ignored' })
    expect((await change(world, id, 'reopen')).body).toMatchObject({ state: 'open', changed_by: 'bootstrap' })
  })

  test('as an operator, and in the audit; a viewer only looks', async () => {
    await using world = await worldWithPeople()
    await world.integrates()
    refuses(world)
    const { id } = await refused(world)
    const made = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'looks', role: 'viewer' })
    const asViewer = async (method: string, path: string) =>
      (await fetch(world.app.url + path, { method, headers: { authorization: `Bearer ${made.body.token}` } })).status
    expect(await asViewer('GET', '/v1/failures')).toBe(200)
    expect(await asViewer('GET', `/v1/failures/${id}`)).toBe(200)
    for (const verb of ['acknowledge', 'ignore', 'reopen'])
      expect(await asViewer('POST', `/v1/failures/${id}/${verb}`)).toBe(403)
    expect(await theFailure(world)).toMatchObject({ state: 'open' })

    await change(world, id, 'acknowledge')
    await change(world, id, 'acknowledge')
    const { data } = (await world.api<{ data: { action: string; subject: string }[] }>('GET', '/v1/audit')).body
    expect(data.filter(({ subject }) => subject === id)).toMatchObject([{ action: 'failure.acknowledged' }])
  })
})

async function deleteMergeField(world: World, tag: string): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}` }
  const list = await fetch(`${world.simulator.url}/3.0/lists/${AUDIENCE}/merge-fields?count=100`, { headers })
  const { merge_fields } = (await list.json()) as { merge_fields: { tag: string; merge_id: number }[] }
  const id = merge_fields.find(field => field.tag === tag)?.merge_id
  await fetch(`${world.simulator.url}/3.0/lists/${AUDIENCE}/merge-fields/${id}`, { method: 'DELETE', headers })
}
