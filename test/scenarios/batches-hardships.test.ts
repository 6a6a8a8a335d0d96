import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database, type Row } from '../../src/store/engine/database.ts'
import {
  backlogOf,
  batchesIn,
  CROWD,
  deliveriesOf,
  inBatches,
  OTHER_KEY,
  peopleIn,
  says,
  singles,
  singlesOf,
  valueOf,
} from '../backlog.ts'
import { AUDIENCE, KEY, startWorld, type World } from '../world.ts'

const OTHER_AUDIENCE = 'b2c3d4e5f6'

function addAudience(world: World): void {
  world.mailchimp.addAudience({ id: OTHER_AUDIENCE, name: 'another' })
  world.mailchimp.addMergeField(OTHER_AUDIENCE, { tag: 'NEWS', type: 'text' })
}

/** An integration of the same key, which reads a source of its own. */
async function addNeighbour(world: World): Promise<void> {
  addAudience(world)
  const made = await world.api<{ id: string }>('POST', '/v1/sources', { name: 'b', authentication: { type: 'bearer' } })
  await world.integrates({ source_id: made.body.id, properties: { audience_id: OTHER_AUDIENCE } })
}

const isHeld = (world: World): boolean => world.app.worker.gauges().some(({ holds }) => holds.length > 0)

describe('I5: an answer to what was decided by an older document', () => {
  test('proves nothing about another audience', async () => {
    await using world = await startWorld()
    addAudience(world)
    const ada = 'ada@mail.test'
    world.mailchimp.addContact(AUDIENCE, { email_address: ada, status: 'subscribed' })
    const seed = { email_address: ada, status: 'subscribed', merge_fields: { NEWS: 'true' } } as const
    world.mailchimp.addContact(OTHER_AUDIENCE, seed)
    const id = await world.integrates()
    const fault = { delay_ms: 9_000 }
    world.mailchimp.addFault({ match: { method: 'PATCH', path: `/lists/${AUDIENCE}` }, count: 1, fault })
    await world.receives(says(ada, false))
    await world.passes(SECOND)
    await world.api('PATCH', `/v1/integrations/${id}`, { properties: { audience_id: OTHER_AUDIENCE } })
    await world.passes(10 * MINUTE)
    expect(world.mailchimp.contact(OTHER_AUDIENCE, ada)?.['merge_fields']).toMatchObject({ NEWS: 'false' })
  })
})

describe('R28: when something goes wrong about a batch', () => {
  test('the store is away for the moment in which it was taken: it is still the same batch', async () => {
    let failures = 0
    const around = (db: Database): Database => ({
      ...db,
      query<R extends Row>(text: string, params?: Parameters<Database['query']>[1]) {
        if (text.includes("set state = 'submitted'") && failures++ < 1) throw new Error('the store is away')
        return db.query<R>(text, params)
      },
    })
    await using backlog = await backlogOf({ around })
    const { world } = backlog
    await world.passes(20 * MINUTE)
    expect(failures).toBeGreaterThan(1)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
    expect(inBatches(world).length + singles(world).length).toBe(CROWD.length)
  })

  test('its key is revoked and one of two integrations moves to another: it is given up after a day', async () => {
    await using backlog = await backlogOf()
    const { world, id } = backlog
    await addNeighbour(world)
    world.mailchimp.setBehaviour({ batchQueue: 'stands' })
    await world.passes(30 * SECOND)
    const [person] = peopleIn(world, inBatches(world))
    if (person === undefined) throw new Error('nobody is in a batch')
    world.mailchimp.addKey({ key: OTHER_KEY, account: KEY })
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.api('PATCH', `/v1/integrations/${id}`, { authentication: { api_key: OTHER_KEY } })
    await world.receives(says(person, false, '2026-11-23T09:30:00Z'))
    await world.passes(HOUR)
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(DAY)
    expect(valueOf(world, person)).toBe('false')
    expect(singlesOf(world, person)).toHaveLength(2)
  })

  const NOT_PERMITTED = { status: 403, title: 'Forbidden', detail: 'You are not permitted to do that.' }

  test('a key that may not use batches holds nothing, and everybody goes singly', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    world.mailchimp.addFault({ match: { path: '/batches' }, fault: NOT_PERMITTED })
    for (let n = 0; n < 100; n++) {
      await world.passes(500)
      expect(isHeld(world)).toBe(false)
    }
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })

  test('a batch that may not be asked about is given up at its deadline', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    for (const method of ['GET', 'DELETE'])
      world.mailchimp.addFault({ match: { method, path: '/batches/' }, fault: NOT_PERMITTED })
    await world.passes(HOUR)
    expect(isHeld(world)).toBe(false)
    await world.passes(2 * HOUR)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })
})

describe('I13 R24: a batch takes a connection, too', () => {
  test('with all ten in use, one that stalls leads to no 429', async () => {
    await using backlog = await backlogOf({ options: { bulk: 'batches', connections: 10 } })
    const { world } = backlog
    world.mailchimp.addFault({ match: { method: 'POST', path: '/batches' }, count: 1, fault: { stall: true } })
    await world.passes(MINUTE)
    expect(batchesIn(world).length).toBeGreaterThan(0)
    expect(world.mailchimp.stats().max_in_flight).toBeLessThanOrEqual(10)
    expect(world.mailchimp.requests().filter(({ status }) => status === 429)).toEqual([])
  })

  test('with one alone there are none, so that no withdrawal waits behind one', async () => {
    await using backlog = await backlogOf({ options: { bulk: 'batches', connections: 1 } })
    const { world } = backlog
    await world.passes(MINUTE)
    expect(batchesIn(world)).toEqual([])
  })
})
