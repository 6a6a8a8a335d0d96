import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import {
  backlogOf,
  batchesIn,
  CROWD,
  deliveriesOf,
  inBatches,
  isGathered,
  OTHER_KEY,
  peopleIn,
  says,
  singles,
  singlesOf,
  valueOf,
} from '../backlog.ts'
import { AUDIENCE, KEY, type World } from '../world.ts'

const cancellations = (world: World) => world.writes().filter(({ method }) => method === 'DELETE')

/** A backlog of which one batch stands at Mailchimp, and somebody who is in it. */
async function standing() {
  const backlog = await backlogOf()
  const { world } = backlog
  world.mailchimp.setBehaviour({ batchQueue: 'stands' })
  await world.passes(30 * SECOND)
  const [person] = peopleIn(world, inBatches(world))
  if (person === undefined) throw new Error('nobody is in a batch')
  return { ...backlog, person, withdraws: () => world.receives(says(person, false, '2026-11-23T09:30:00Z')) }
}

describe('R28 I15: what a batch may still do is not left to chance', () => {
  test('its results can never be read: whoever withdrew meanwhile is withdrawn as soon as it has ended', async () => {
    await using backlog = await standing()
    const { world, person } = backlog
    world.mailchimp.addFault({ match: { kind: 'batch_results.get' }, fault: { status: 403 } })
    await backlog.withdraws()
    await world.passes(MINUTE)
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(5 * MINUTE)
    expect(valueOf(world, person)).toBe('false')
    expect(singlesOf(world, person)).toHaveLength(2)
    expect((await deliveriesOf(world)).waiting).toBeGreaterThan(500)

    await world.passes(3 * HOUR)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
    const { body } = await world.api<{ data: { failed: number }[] }>('GET', '/v1/deliveries?limit=200')
    expect(body.data.every(({ failed }) => failed === 0)).toBe(true)
  })

  test('its integration is removed: it is cancelled at once, and only then is the key forgotten', async () => {
    await using backlog = await standing()
    const { world, id } = backlog
    await world.api('DELETE', `/v1/integrations/${id}`)
    await world.passes(SECOND)
    expect(cancellations(world).map(({ status }) => status)).toEqual(batchesIn(world).map(() => 204))
    await world.passes(5 * MINUTE)
    expect(world.app.worker.gauges()).toEqual([])
  })

  test('its integration gets another key: it is cancelled with the old one, and a withdrawal stands', async () => {
    await using backlog = await standing()
    const { world, id, person } = backlog
    world.mailchimp.addKey({ key: OTHER_KEY, account: KEY })
    const changed = await world.api('PATCH', `/v1/integrations/${id}`, { authentication: { api_key: OTHER_KEY } })
    expect(changed.status).toBe(200)
    await world.passes(SECOND)
    expect(cancellations(world).map(({ status }) => status)).toEqual(batchesIn(world).map(() => 204))
    await backlog.withdraws()
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(30 * MINUTE)
    expect(valueOf(world, person)).toBe('false')
    expect(world.app.worker.gauges()).toHaveLength(1)
    const { delivered, skipped, waiting } = await deliveriesOf(world)
    expect({ ended: delivered + skipped, waiting }).toEqual({ ended: CROWD.length, waiting: 0 })
  })

  test('its key is revoked and replaced: it may run for a day, and then the newest state is asserted', async () => {
    await using backlog = await standing()
    const { world, id, person } = backlog
    world.mailchimp.addKey({ key: OTHER_KEY, account: KEY })
    world.mailchimp.setKeyState(KEY, 'disabled')
    await world.api('PATCH', `/v1/integrations/${id}`, { authentication: { api_key: OTHER_KEY } })
    await backlog.withdraws()
    await world.passes(HOUR)
    expect(valueOf(world, person)).toBe('false')
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(22 * HOUR)
    expect(valueOf(world, person)).toBe('true')
    await world.passes(2 * HOUR)
    expect(valueOf(world, person)).toBe('false')
    expect(world.app.worker.gauges()).toHaveLength(1)
    const { delivered, skipped, waiting } = await deliveriesOf(world)
    expect({ ended: delivered + skipped, waiting }).toEqual({ ended: CROWD.length, waiting: 0 })
  })

  test('its document is replaced: it is cancelled, and everybody is delivered by the new one', async () => {
    await using backlog = await standing()
    const { world, id } = backlog
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const mappings = [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }]
    await world.api('PATCH', `/v1/integrations/${id}`, { mappings, options: { bulk: 'off' } })
    await world.passes(20 * MINUTE)
    expect(cancellations(world).map(({ status }) => status)).toEqual(batchesIn(world).map(() => 204))
    const values = CROWD.map(who => world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { OFFERS: string })
    expect(values.every(({ OFFERS }) => OFFERS === 'true')).toBe(true)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })
})

/** Calls `then` once when the first part of a batch is on disk. */
function afterFirstPart(then: (db: Database) => Promise<unknown>) {
  let done: Promise<unknown> | undefined
  const around = (db: Database): Database => ({
    ...db,
    async transaction(work) {
      const result = await db.transaction(work)
      if (isGathered(result)) await (done ??= then(db))
      return result
    },
  })
  return around
}

describe('R28: while a batch is put together', () => {
  test('whoever withdraws does not leave with it', async () => {
    const withdrawn = new Set<string>()
    const around = afterFirstPart(async db => {
      const rows = await db.query<{ person: string }>(`select person from delivery where reason = 'in_batch'`)
      for (const { person } of rows.slice(0, 5)) withdrawn.add(person)
      await world.receives([...withdrawn].map(who => says(who, false, '2026-11-23T09:30:00Z')))
    })
    await using backlog = await backlogOf({ around })
    const { world } = backlog
    await world.passes(20 * MINUTE)
    expect(withdrawn.size).toBe(5)
    expect(peopleIn(world, inBatches(world)).filter(who => withdrawn.has(who))).toEqual([])
    expect([...withdrawn].map(who => [valueOf(world, who), singlesOf(world, who).length])).toEqual(
      [...withdrawn].map(() => ['false', 1]),
    )
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })

  test('a commit of unknown outcome makes nobody wait', async () => {
    let isLost = false
    const around = (db: Database): Database => ({
      ...db,
      async transaction(work) {
        const result = await db.transaction(work)
        if (isLost || !isGathered(result)) return result
        isLost = true
        throw new Error('the answer to the commit was lost')
      },
    })
    await using backlog = await backlogOf({ around })
    const { world } = backlog
    await world.passes(15 * MINUTE)
    expect(isLost).toBe(true)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })
})

describe('R28: when a batch has ended', () => {
  test('its results count although its integration is paused by then', async () => {
    await using backlog = await standing()
    const { world, id } = backlog
    await world.passes(10 * MINUTE)
    const inBatch = inBatches(world).length
    const before = singles(world).length
    await world.api('POST', `/v1/integrations/${id}/pause`)
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(10 * MINUTE)
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.passes(10 * MINUTE)
    expect(inBatch).toBeGreaterThan(500)
    expect(singles(world).length).toBe(before)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
  })
})
