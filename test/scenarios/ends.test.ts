import { describe, expect, test } from 'vitest'
import { EXPLANATIONS } from '../../src/domain/reason.ts'
import { ran } from '../command.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const AT = '2026-11-20T10:00:00Z'
const says = (who: string, purposes: Readonly<Record<string, boolean>>, at = AT) => event({ who, at, purposes })

type Debt = {
  readonly person: string
  readonly status: string
  readonly end: string | null
  readonly reason: string | null
  readonly says: string | null
}
type Page = { readonly data: readonly Debt[] }

const listed = async (world: World, query = ''): Promise<readonly Debt[]> =>
  (await world.api<Page>('GET', `/v1/deliveries${query}`)).body.data

const peopleIn = async (world: World, query: string) => (await listed(world, query)).map(({ person }) => person).sort()

/** One person for each way to end, by the name that starts the address. */
async function everyEnd(): Promise<World> {
  const world = await startWorld({ feed: 'event' })
  for (const name of ['written', 'again', 'gone', 'refused'])
    world.mailchimp.addContact(AUDIENCE, { email_address: `${name}@mail.test`, status: 'subscribed' })
  await world.integrates()
  await world.receives(
    says('written@mail.test', { newsletter: true }),
    says('again@mail.test', { newsletter: true }),
    says('gone@mail.test', { newsletter: true }),
    says('absent@mail.test', { newsletter: true }),
    says('elsewhere@mail.test', { offers: true }),
    says('Customer-42', { newsletter: false }),
  )
  await world.settles()
  world.mailchimp.act(AUDIENCE, 'gone@mail.test', { do: 'delete' })
  await world.api('POST', '/v1/replays', { person: 'again@mail.test' })
  await world.receives(says('gone@mail.test', { newsletter: false }, '2026-11-21T10:00:00Z'))
  await world.settles()
  return world
}

const ENDS = {
  in_step: ['again@mail.test', 'elsewhere@mail.test', 'written@mail.test'],
  not_in_audience: ['absent@mail.test'],
  unmatched: ['Customer-42'],
  contact_gone: ['gone@mail.test'],
}

describe('how a debt ended well', () => {
  test('R16, R17, R18, R21: is shown beside its status, with the reason in words', async () => {
    await using world = await everyEnd()
    const shown = Object.fromEntries((await listed(world)).map(each => [each.person, each]))
    expect(shown).toMatchObject({
      'written@mail.test': { status: 'delivered', end: 'in_step', says: null },
      'again@mail.test': { status: 'skipped', end: 'in_step', says: EXPLANATIONS.unchanged.says },
      'elsewhere@mail.test': { status: 'skipped', end: 'in_step', says: EXPLANATIONS.nothing_mapped.says },
      'absent@mail.test': { status: 'skipped', end: 'not_in_audience', reason: 'no_such_contact' },
      'Customer-42': { status: 'skipped', end: 'unmatched', reason: 'unresolvable' },
      'gone@mail.test': { status: 'skipped', end: 'contact_gone', reason: 'contact_gone' },
    })
    const { body: person } = await world.api('GET', '/v1/people/absent%40mail.test')
    expect(person).toMatchObject({ sources: [{ deliveries: [{ status: 'skipped', end: 'not_in_audience' }] }] })
    const { body: events } = await world.api('GET', '/v1/events?person=Customer-42')
    expect(events).toMatchObject({ data: [{ deliveries: [{ status: 'skipped', end: 'unmatched' }] }] })
  })

  test('is what the list can be narrowed by; the statuses find what they always found', async () => {
    await using world = await everyEnd()
    for (const [end, people] of Object.entries(ENDS)) expect(await peopleIn(world, `?end=${end}`)).toEqual(people)
    const skipped = Object.values(ENDS)
      .flat()
      .filter(person => person !== 'written@mail.test')
    expect(await peopleIn(world, '?status=skipped')).toEqual(skipped.sort())
    expect(await peopleIn(world, '?status=delivered')).toEqual(['written@mail.test'])
    expect(await peopleIn(world, '?status=skipped&end=in_step')).toEqual(['again@mail.test', 'elsewhere@mail.test'])
    expect(await peopleIn(world, '?status=dead&end=in_step')).toEqual([])
    const { status, body } = await world.api('GET', '/v1/deliveries?end=skipped')
    expect([status, body['errors']]).toMatchObject([422, [{ path: 'end' }]])
  })

  test('is counted beside the old totals, for the API, the overview and the command line', async () => {
    await using world = await everyEnd()
    const { deliveries, ends } = await world.stats()
    expect(deliveries).toMatchObject({ delivered: 1, skipped: 5, dead: 0, held: 0 })
    expect(ends).toEqual({ in_step: 3, not_in_audience: 1, unmatched: 1, contact_gone: 1 })
    const { body: overview } = await world.api<{ skipped: readonly { end: string; count: number }[] }>(
      'GET',
      '/v1/overview',
    )
    expect(overview.skipped.map(({ end, count }) => `${end} ${count}`).toSorted()).toEqual([
      'contact_gone 1',
      'in_step 1',
      'in_step 1',
      'not_in_audience 1',
      'unmatched 1',
    ])
    const { body } = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'status', role: 'viewer' })
    const env = { CONSENT_RELAY_URL: world.app.url, CONSENT_RELAY_TOKEN: body.token }
    const { out } = await ran(['status'], { env, terminal: true })
    expect(out).toMatch(/Ended well\n.*in_step {2}not_in_audience {2}unmatched {2}contact_gone.*\n +3 +1 +1 +1\n/)
  })

  test('is none of a debt that still waits, or is held', async () => {
    await using world = await startWorld({ feed: 'event' })
    const id = await world.integrates()
    await world.api('POST', `/v1/integrations/${id}/pause`)
    await world.receives(says('ada@mail.test', { newsletter: false }))
    expect(await listed(world)).toMatchObject([{ status: 'held', end: null }])
  })
})
