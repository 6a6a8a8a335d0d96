import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { AUDIENCE, event, KEY, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

type Found = { readonly data: { person: string; source_id: string; facts: number; last_at: string }[] }

const search = (world: World, text: string) => world.api<Found>('GET', `/v1/people?search=${encodeURIComponent(text)}`)

const says = (who: string, newsletter = true, at = '2026-11-20T10:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

describe('looking for people', () => {
  test('finds nobody where nobody is', async () => {
    await using world = await startWorld()
    for (const text of ['ada', md5(ADA), '%00', '\0']) expect((await search(world, text)).body).toEqual({ data: [] })
  })

  test('finds them by the beginning of their id in any case, and by the MD5 of what was delivered to', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    await world.receives(says(ADA), says(ADA, false, '2026-11-20T11:00:00Z'), says('Customer-42'))
    await world.settles()
    const { body } = await search(world, ' ADA@')
    expect(body.data).toEqual([
      { person: ADA, source_id: world.source.id, facts: 2, last_at: new Date(world.now()).toISOString() },
    ])
    expect((await search(world, md5(ADA).toUpperCase())).body).toEqual(body)
    const hash = md5(ADA)
    await world.receives(says(hash))
    expect((await search(world, hash)).body.data).toMatchObject([
      { person: ADA, facts: 2 },
      { person: hash, facts: 1 },
    ])
    expect((await search(world, 'cUsTomer')).body.data).toMatchObject([{ person: 'Customer-42', facts: 1 }])
    expect((await search(world, md5('bob@mail.test'))).body.data).toEqual([])
  })

  test('shows whom the newest events are about when there is nothing to look for', async () => {
    await using world = await startWorld()
    await world.receives(says(ADA), says('bob@mail.test'), says(ADA, false, '2026-11-21T10:00:00Z'))
    for (const query of ['', '?search=', '?search=%20']) {
      const { body } = await world.api<Found>('GET', `/v1/people${query}`)
      expect(body.data.map(({ person }) => person)).toEqual([ADA, 'bob@mail.test'])
    }
  })
})

describe('what Mailchimp holds of a person', () => {
  type Now = Readonly<Record<'status' | 'held' | 'should_hold' | 'last_delivered' | 'drift', unknown>> & {
    readonly found: boolean
    readonly read_at: string
    readonly last_written_at: string | null
  }
  const ask = (world: World, who: string, integrationId: string) =>
    world.api<Now>('GET', `/v1/people/${encodeURIComponent(who)}/mailchimp?integration_id=${integrationId}`)

  test('is shown beside what it should hold, and what was changed there meanwhile', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'unsubscribed' })
    const id = await world.integrates()
    await world.receives(says(ADA))
    await world.settles()
    const inStep = { NEWS: 'true' }
    const written = world.now()
    await world.passes(MINUTE)
    const { body: now } = await ask(world, ADA, id)
    expect(now).toEqual({
      found: true,
      status: 'unsubscribed',
      read_at: expect.any(String) as string,
      held: inStep,
      should_hold: inStep,
      last_delivered: inStep,
      last_written_at: expect.any(String) as string,
      drift: [],
    })
    expect(Date.parse(now.last_written_at ?? '')).toBeLessThanOrEqual(written)
    expect(Date.parse(now.read_at)).toBeGreaterThanOrEqual(written + MINUTE)
    const writes = world.writes().length
    await fetch(`${world.simulator.url}/3.0/lists/${AUDIENCE}/members/${md5(ADA)}`, {
      method: 'PATCH',
      headers: { authorization: `Basic ${btoa(`x:${KEY}`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ merge_fields: { NEWS: 'false' } }),
    })
    expect((await ask(world, ADA, id)).body).toMatchObject({ held: { NEWS: 'false' }, drift: ['NEWS'] })
    expect(world.writes()).toHaveLength(writes + 1)
  })

  test('is nothing of whom it does not know, or who names no contact', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    await world.receives(says(ADA), says('Customer-42'))
    await world.settles()
    const nothing = {
      found: false,
      status: null,
      read_at: expect.any(String) as string,
      held: {},
      should_hold: { NEWS: 'true' },
      last_delivered: null,
      last_written_at: null,
      drift: [],
    }
    expect((await ask(world, ADA, id)).body).toEqual(nothing)
    expect((await ask(world, 'Customer-42', id)).body).toEqual(nothing)
  })

  test('is not asked of people or integrations that are unknown here, and refused without an integration', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    expect((await ask(world, ADA, id)).status).toBe(404)
    expect((await ask(world, ADA, 'int_none')).status).toBe(404)
    const { status, body } = await world.api('GET', `/v1/people/${ADA}/mailchimp`)
    expect([status, body['errors']]).toMatchObject([422, [{ path: 'integration_id' }]])
  })
})

describe('a test write', () => {
  type Started = { readonly delivery_id: string; readonly errors: unknown }
  const write = (world: World, id: string, person: string) =>
    world.api<Started>('POST', `/v1/integrations/${id}/test-write`, { person })

  test('asserts every field of one person by the ordinary way, and is in the audit without an address', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    world.mailchimp.addContact(AUDIENCE, { email_address: 'bob@mail.test', status: 'subscribed' })
    const id = await world.integrates()
    await world.receives(says(ADA), says('bob@mail.test'))
    await world.settles()
    const before = world.writes()
    const { status, body } = await write(world, id, ' ADA@mail.test')
    expect(status).toBe(202)
    await world.settles()
    expect(world.writes().slice(before.length)).toEqual([before.find(({ path }) => path.includes(md5(ADA)))])
    const { data } = (
      await world.api<{ data: { id: string; status: string }[] }>('GET', `/v1/deliveries?person=${ADA}`)
    ).body
    expect(data).toMatchObject([{ id: body.delivery_id, status: 'delivered' }])
    expect(await auditOf(world)).toMatchObject([{ action: 'test_write.started', subject: body.delivery_id }])
  })

  test('is refused for nobody who is known, and in an integration that delivers nothing', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    const unknown = await write(world, id, ADA)
    expect([unknown.status, unknown.body.errors]).toMatchObject([422, [{ path: 'person', code: 'person_unknown' }]])
    await world.receives(says(ADA))
    expect((await write(world, 'int_none', ADA)).status).toBe(404)
    await world.api('PATCH', `/v1/integrations/${id}`, { enabled: false })
    expect((await write(world, id, ADA)).status).toBe(409)
    expect(await auditOf(world)).toEqual([])
  })
})

test('looking at a hidden address is in the audit, which does not say whose it is', async () => {
  await using world = await startWorld({ feed: 'event' })
  const reveal = () => world.api('POST', `/v1/people/${encodeURIComponent('Ada@mail.test')}/reveal`)
  expect((await reveal()).status).toBe(404)
  await world.receives(says(ADA))
  expect((await reveal()).status).toBe(204)
  expect(await auditOf(world)).toMatchObject([{ action: 'person.revealed', subject: md5(ADA) }])
})

async function auditOf(world: World) {
  const { data } = (await world.api<{ data: { action: string; subject: string }[] }>('GET', '/v1/audit')).body
  return data.filter(({ action }) => ['test_write.started', 'person.revealed'].includes(action))
}
