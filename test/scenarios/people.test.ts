import { describe, expect, test } from 'vitest'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'

type PersonAnswer = {
  sources: {
    choices: { place: string; answer: unknown }[]
    facts: unknown[]
    facts_total: number
    deleted_users: unknown[]
  }[]
}

const user = (type: string, parameters: Readonly<Record<string, unknown>>) => ({ type, parameters })
const newsletter = (enabled: boolean) => ({ purposes: [{ id: 'newsletter', enabled }] })
const adaAs = (id: string, version: number, at: string, enabled: boolean) => ({
  id,
  organization_user_id: ADA,
  version,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: at,
  consents: newsletter(enabled),
})

async function worldWithAda(feed: 'user' | 'event', changes?: Readonly<Record<string, unknown>>): Promise<World> {
  const world = await startWorld({ feed })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates(changes)
  return world
}

const held = (world: World): unknown => world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields']

describe('one person, several Didomi users', () => {
  test('R7: the latest choice of any of them wins, whatever the order of arrival', async () => {
    await using world = await worldWithAda('user')
    await world.receives(
      user('user.updated', { new_entity: adaAs('phone', 7, '2026-11-20T12:00:00Z', false) }),
      user('user.created', { entity: { ...adaAs('laptop', 1, '2026-11-20T11:00:00Z', true) } }),
    )
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })

  test('R16: ids that differ only in case and outer space are one person', async () => {
    await using world = await worldWithAda('event')
    await world.receives(
      event({ who: ' Ada@Mail.TEST', user: 'u1', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
      event({ who: ADA, user: 'u2', at: '2026-11-20T11:00:00Z', purposes: { newsletter: false } }),
    )
    await world.settles()
    const { body } = await world.api<PersonAnswer>('GET', `/v1/people/${encodeURIComponent('ADA@mail.test')}`)
    expect(body.sources[0]?.facts).toHaveLength(2)
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })

  test('R16a: spellings of one address are one person and one contact, and an address that hides a character is told as unresolvable', async () => {
    await using world = await worldWithAda('event')
    world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@bücher.test', status: 'subscribed' })
    await world.receives(
      event({ who: 'Ada@BÜCHER.test\u200b', user: 'u1', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
      event({
        who: '\ufeffada@bu\u0308cher.test',
        user: 'u2',
        at: '2026-11-20T11:00:00Z',
        purposes: { newsletter: false },
      }),
      event({ who: 'a\u200bda@mail.test', user: 'u3', at: '2026-11-20T10:00:00Z', purposes: { newsletter: false } }),
    )
    await world.settles()
    expect(new Set(world.writes().map(({ path, status }) => `${status} ${path.split('/').at(-1)}`)).size).toBe(1)
    expect(world.mailchimp.contact(AUDIENCE, 'ada@bücher.test')?.['merge_fields']).toMatchObject({ NEWS: 'false' })
    const { body } = await world.api<{ data: { reason: string; says: string }[] }>(
      'GET',
      `/v1/deliveries?person=${encodeURIComponent('a\u200bda@mail.test')}`,
    )
    expect(body.data).toMatchObject([{ reason: 'unresolvable', says: expect.stringContaining('invisible') as string }])
  })

  test('R5a: two ids that are long numbers are two people, by the webhook and by the API', async () => {
    await using world = await worldWithAda('event')
    const body = (id: string, newsletter: boolean) =>
      JSON.stringify(
        event({ who: 'WHO', id: `of ${id}`, at: '2026-11-20T10:00:00Z', purposes: { newsletter } }),
      ).replace('"WHO"', id)
    await world.receives(body('12345678901234567890', true))
    const answer = await fetch(`${world.app.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer an-owner-token-for-tests,-of-32-characters-or-more',
        'content-type': 'application/json',
      },
      body: `{"source_id":"${world.source.id}","events":[${body('12345678901234567891', false)}]}`,
    })
    expect(answer.status).toBe(202)
    for (const [id, newsletter] of [
      ['12345678901234567890', true],
      ['12345678901234567891', false],
    ] as const) {
      const { body: page } = await world.api<PersonAnswer>('GET', `/v1/people/${id}`)
      expect(page.sources[0]?.facts).toMatchObject([{ entity_id: `of ${id}`, states: [{ answer: newsletter }] }])
    }
  })

  test('of somebody of whom very much was told, the newest is shown, and how much it is', async () => {
    await using world = await worldWithAda('event')
    const told = Array.from({ length: 230 }, (_, n) =>
      event({
        who: ADA,
        at: new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString(),
        purposes: { newsletter: n % 2 > 0 },
      }),
    )
    await world.receives(told)
    const { body } = await world.api<PersonAnswer>('GET', `/v1/people/${ADA}`)
    const { facts = [], facts_total } = body.sources[0] ?? {}
    expect(facts_total).toBe(230)
    expect(facts).toHaveLength(200)
    expect(facts.at(-1)).toMatchObject({ at: '2026-11-20T13:49:00.000Z' })
  })

  test('R6: a deleted user is shown, and by choice withdraws what it granted', async () => {
    await using world = await worldWithAda('user', { options: { on_user_deleted: 'withdraw' } })
    await world.receives(user('user.created', { entity: adaAs('phone', 1, '2026-11-20T12:00:00Z', true) }))
    await world.settles()
    await world.receives(user('user.deleted', { entity: { id: 'phone' } }))
    await world.settles()
    const { body } = await world.api<PersonAnswer>('GET', `/v1/people/${ADA}`)
    expect(body.sources[0]?.deleted_users).toMatchObject([{ user_id: 'phone' }])
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })

  test('R6: deleting a withdrawal does not grant anything again', async () => {
    await using world = await worldWithAda('event')
    await world.receives(
      event({ who: ADA, id: 'grant', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
      event({ who: ADA, id: 'withdrawal', at: '2026-11-20T11:00:00Z', purposes: { newsletter: false } }),
      { type: 'event.deleted', parameters: { entity: { id: 'withdrawal', created_at: '2026-11-20T11:00:00Z' } } },
    )
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })

  test('R6: deleting a grant takes it back to what was before, also when the deletion comes first', async () => {
    await using world = await worldWithAda('event')
    await world.receives(
      { type: 'event.deleted', parameters: { entity: { id: 'grant' } } },
      event({ who: ADA, id: 'refusal', at: '2026-11-20T09:00:00Z', purposes: { newsletter: false } }),
      event({ who: ADA, id: 'grant', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
    )
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })
})

describe('what does not count', () => {
  test('R7: the other family is evidence, kept and shown, until the operator changes the feed', async () => {
    await using world = await startWorld()
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    await world.receives(
      event({ who: ADA, at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
      user('user.updated', { new_entity: adaAs('phone', 2, '2026-11-20T11:00:00Z', false) }),
    )
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'true' })
    expect((await world.stats()).inbox).toMatchObject({ folded: 1, evidence: 1 })

    await world.api('PATCH', `/v1/sources/${world.source.id}`, { feed: 'user' })
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'false' })
    expect((await world.stats()).inbox).toMatchObject({ folded: 1, evidence: 1 })
  })

  test('R3 R4: a pending approval and another regulation change nothing until they may', async () => {
    await using world = await worldWithAda('event')
    const pending = event({ who: ADA, id: 'double opt-in', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })
    const entity = { ...pending.parameters.entity, status: 'pending_approval' }
    await world.receives(
      { type: 'event.created', parameters: { entity } },
      {
        type: 'event.created',
        parameters: { entity: { ...entity, id: 'c', status: 'confirmed', regulation: 'cpra' } },
      },
    )
    await world.settles()
    expect(world.writes()).toEqual([])

    const new_entity = { ...entity, status: 'confirmed', updated_at: '2026-11-20T10:05:00Z' }
    await world.receives({ type: 'event.updated', parameters: { old_entity: entity, new_entity } })
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'true' })
  })

  test('R10: a grant dated next year is withheld, a withdrawal dated next year counts now', async () => {
    await using world = await worldWithAda('event')
    await world.receives(event({ who: ADA, at: '2027-11-20T10:00:00Z', purposes: { newsletter: true } }))
    await world.settles()
    expect((await world.stats()).inbox).toMatchObject({ quarantined: 1, folded: 0 })
    await world.receives(event({ who: ADA, at: '2027-11-20T10:00:00Z', purposes: { newsletter: false } }))
    await world.settles()
    expect(held(world)).toMatchObject({ NEWS: 'false' })
  })
})

describe('the dry run', () => {
  test('shows the very request that would be sent for a supposed event, and writes nothing', async () => {
    await using world = await startWorld()
    const id = await world.integrates({ upsert_mode: true })
    const events = [event({ who: ADA, at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })]
    const { body } = await world.api('POST', `/v1/integrations/${id}/plan`, { person: ADA, events })
    expect(body).toMatchObject({
      do: 'upsert',
      request: {
        method: 'PUT',
        body: { email_address: ADA, status_if_new: 'transactional', merge_fields: { NEWS: 'true' } },
      },
      choices: [{ place: 'purpose "newsletter"', answer: true }],
    })
    expect(world.writes()).toEqual([])
    expect((await world.stats()).inbox.received).toBe(0)
  })

  test('says why nothing would be sent', async () => {
    await using world = await startWorld()
    const id = await world.integrates()
    const { body } = await world.api('POST', `/v1/integrations/${id}/plan`, { person: 'crm-4711' })
    expect(body).toMatchObject({ do: 'skip', because: 'unresolvable', request: null })
  })
})
