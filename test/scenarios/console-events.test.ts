import { describe, expect, test } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import { IDLE_EXPLANATIONS } from '../../src/domain/standing.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'

type Listed = {
  readonly id: string
  readonly received_at: string
  readonly person: string | null
  readonly withdrawal: boolean
  readonly folds: boolean
  readonly deliveries: { status: string; reason: string | null; says: string | null }[]
}
type Shown = Listed & {
  readonly body: string
  readonly attempts: { outcome: string; carries: { fact_id: string }[] }[]
  readonly explanation: string | null
}
type Page = { readonly data: Listed[]; readonly next_cursor: string | null }

const says = (who: string | undefined, newsletter: boolean, at = '2026-11-20T10:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

const list = async (world: World, query = ''): Promise<Page> =>
  (await world.api<Page>('GET', `/v1/events${query}`)).body
const show = async (world: World, id = ''): Promise<Shown> => (await world.api<Shown>('GET', `/v1/events/${id}`)).body

describe('what came in', () => {
  test('an empty store has nothing to list', async () => {
    await using world = await startWorld()
    expect(await list(world)).toEqual({ data: [], next_cursor: null })
    expect(await list(world, '?person=%00')).toEqual({ data: [], next_cursor: null })
    expect((await world.api('GET', '/v1/events/fct_none')).status).toBe(404)
  })

  test('is listed newest first with what became of it, and by person and source', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    await world.receives(says(ADA, true))
    await world.settles()
    await world.receives(says(BOB, false), says(undefined, true))
    await world.settles()
    const { data } = await list(world)
    expect(data).toMatchObject([
      { type: 'event.created', source_id: world.source.id, person: null, deliveries: [] },
      { person: BOB, withdrawal: true, deliveries: [{ status: 'skipped', reason: 'no_such_contact' }] },
      { person: ADA, withdrawal: false, deliveries: [{ status: 'delivered', reason: null, says: null }] },
    ])
    expect(data[1]?.deliveries[0]?.says).toContain('no such contact')
    expect((await list(world, `?person=${encodeURIComponent(' Ada@MAIL.test')}`)).data).toEqual([data[2]])
    expect((await list(world, `?source_id=${world.source.id}`)).data).toEqual(data)
    expect((await list(world, '?source_id=src_other')).data).toEqual([])
    const first = await list(world, '?limit=2')
    expect(first.data).toEqual(data.slice(0, 2))
    expect((await list(world, `?limit=2&cursor=${first.next_cursor}`)).data).toEqual(data.slice(2))
  })

  test('is narrowed by time, by type, and by how the attempts that took it along ended', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { status: 500 } })
    await world.receives(says(ADA, true))
    await world.settles()
    await world.passes(HOUR)
    await world.receives(says(BOB, true), { ...says(ADA, false), type: 'event.updated' })
    await world.settles()
    const { data } = await list(world)
    const [newest, bobs, first] = data
    const found = async (query: string) => (await list(world, `?${query}`)).data
    expect(await found(`from=${newest?.received_at}`)).toEqual([newest, bobs])
    expect(await found(`to=${newest?.received_at}`)).toEqual([first])
    expect(await found(`from=${first?.received_at}&to=${newest?.received_at}&source_id=${world.source.id}`)).toEqual([
      first,
    ])
    expect(await found('type=event.updated')).toEqual([newest])
    expect(await found('answer_status=404')).toEqual([bobs])
    expect(await found('attempt_reason=server_error')).toEqual([first])
    expect(await found('answer_status=200')).toEqual([newest, first])
    expect(await found('answer_status=404&attempt_reason=server_error')).toEqual([])
    expect(await found('answer_status=none')).toEqual([])
    expect(await found(`answer_status=200&type=event.created&person=${ADA}&to=${newest?.received_at}`)).toEqual([first])
  })

  test('is shown with the body it came in with and the attempts that took it along', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    const [grant, withdrawal] = [says(ADA, true), says(ADA, false, '2026-11-20T11:00:00Z')]
    await world.receives(grant)
    await world.settles()
    await world.receives(withdrawal)
    await world.settles()
    const [newer, older] = (await list(world)).data
    const shown = await show(world, older?.id)
    expect(JSON.parse(shown.body)).toEqual(grant)
    expect(shown).toMatchObject({ ...older, explanation: null, attempts: [{ outcome: 'delivered' }] })
    expect(shown.attempts[0]?.carries).toMatchObject([{ fact_id: older?.id }])
    expect((await show(world, newer?.id)).attempts).toHaveLength(1)
  })

  test('R3 R4 R5 R7: says why it changes nothing', async () => {
    await using world = await startWorld({ feed: 'event' })
    const base = says(ADA, true)
    const { entity } = base.parameters
    const changed = (changes: object) => ({ ...base, parameters: { entity: { ...entity, ...changes } } })
    await world.receives(says(BOB, true))
    const explanations = async () =>
      Promise.all((await list(world)).data.map(async ({ id }) => (await show(world, id)).explanation))
    expect(await explanations()).toEqual(['No integration that is enabled reads this source.'])
    await world.integrates()
    await world.receives(
      says(undefined, true),
      {
        type: 'user.created',
        parameters: { entity: { id: 'u', organization_user_id: ADA, created_at: '2026-11-20T10:00:00Z' } },
      },
      changed({ id: 'pending', status: 'pending_approval' }),
      changed({ id: 'cpra', regulation: 'cpra' }),
    )
    await world.settles()
    expect(await explanations()).toEqual([
      IDLE_EXPLANATIONS.other_regulation,
      IDLE_EXPLANATIONS.pending_approval,
      IDLE_EXPLANATIONS.evidence,
      IDLE_EXPLANATIONS.anonymous,
      null,
    ])
  })

  test('a query that cannot be is refused with the field', async () => {
    await using world = await startWorld()
    const { status, body } = await world.api('GET', '/v1/events?limit=0&who=ada')
    expect(status).toBe(422)
    expect(body['errors']).toMatchObject([{ path: 'limit' }, { path: 'who' }])
  })

  test.each([
    ['from=yesterday', 'from', 'RFC 3339'],
    ['from=2026-11-20', 'from', 'RFC 3339'],
    ['to=2026-02-30T10:00:00Z', 'to', 'RFC 3339'],
    ['to=2026-11-20T10:00:00+01:00', 'to', 'write + as %2B'],
    ['from=2026-11-20T10:00:00Z&to=2026-11-20T11:00:00%2B01:00', 'to', 'is not after'],
    ['type=created', 'type', 'event.created'],
    ['answer_status=4xx', 'answer_status', 'such as 404'],
    ['attempt_reason=unchanged', 'attempt_reason', 'no_such_contact'],
  ])('%s is refused with the field and what it may be', async (query, path, remedy) => {
    await using world = await startWorld()
    const { status, body } = await world.api<{ errors: unknown[] }>('GET', `/v1/events?${query}`)
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ path, detail: expect.stringContaining(remedy) as string }])
  })
})
