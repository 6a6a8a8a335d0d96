import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import {
  backlogOf,
  batchesIn,
  CROWD,
  deliveriesOf,
  hashOf,
  inBatches,
  isGathered,
  peopleIn,
  says,
  singles,
  valueOf,
} from '../backlog.ts'
import { AUDIENCE, type World } from '../world.ts'

describe('R28: a backlog', () => {
  test('goes by batch and singly at once; withdrawals go singly and first, and everything ends right', async () => {
    await using backlog = await backlogOf({ telling: (who, n) => says(who, n % 3 > 0) })
    const { world } = backlog
    await world.passes(10 * SECOND)
    const [batch = []] = batchesIn(world)
    expect(batch.length).toBeGreaterThan(CROWD.length * 0.6)
    const early = singles(world).slice(0, 100)
    expect(early.every(({ body }) => JSON.stringify(body).includes('"false"'))).toBe(true)
    await world.passes(20 * MINUTE)

    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, dead: 0, held: 0 })
    expect(CROWD.map(who => valueOf(world, who))).toEqual(CROWD.map((_, n) => String(n % 3 > 0)))
    for (const { method, path, body } of inBatches(world)) {
      expect([method, body]).toEqual(['PATCH', '{"merge_fields":{"NEWS":"true"}}'])
      expect(path).toMatch(/\?skip_merge_validation=true$/)
    }
    const { body } = await world.api<{ data: { state: string; operations: number; errored: number }[] }>(
      'GET',
      '/v1/batches?state=finished',
    )
    expect(body.data).toMatchObject(
      batchesIn(world)
        .map(({ length }) => ({ operations: length, errored: 0 }))
        .reverse(),
    )
    // Each once: nobody goes by batch and singly.
    expect(inBatches(world).length + singles(world).length).toBe(CROWD.length)
    expect(world.mailchimp.stats().max_in_flight).toBeLessThanOrEqual(10)
  })

  test('R23: a live withdrawal is with Mailchimp in seconds meanwhile, and what its batch did before is asserted away', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    world.mailchimp.setBehaviour({ batchQueue: 'stands' })
    await world.passes(30 * SECOND)
    const [person] = peopleIn(world, inBatches(world))
    if (person === undefined) throw new Error('nobody is in a batch')
    await world.receives(says(person, false, '2026-11-23T09:30:00Z'))
    await world.passes(2 * SECOND)
    expect(valueOf(world, person)).toBe('false')

    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(20 * MINUTE)
    expect(valueOf(world, person)).toBe('false')
    // The batch has granted it in between: without the last assertion it would have stayed so (I15).
    const own = world.mailchimp.requests().filter(({ path }) => path.includes(hashOf(world, person)))
    expect(own.filter(({ method }) => method === 'PATCH').length).toBe(2)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
  })

  test('paused while a batch is put together: it never leaves, and the lane comes to rest', async () => {
    let onGathered: (() => void) | undefined
    const around = (db: Database): Database => ({
      ...db,
      async transaction(work) {
        const result = await db.transaction(work)
        if (isGathered(result)) onGathered?.()
        return result
      },
    })
    await using backlog = await backlogOf({ around })
    const { world, id } = backlog
    const paused = new Promise<void>((resolve, reject) => {
      onGathered = () => {
        onGathered = undefined
        world.api('POST', `/v1/integrations/${id}/pause`).then(() => resolve(), reject)
      }
    })
    await world.passes(10 * SECOND)
    await paused
    await world.passes(10 * MINUTE)
    expect(batchesIn(world)).toEqual([])
    expect((await deliveriesOf(world)).held).toBeGreaterThan(CROWD.length / 12)
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
  })

  test('with options.bulk off, no batch is made', async () => {
    await using backlog = await backlogOf({ options: { bulk: 'off' } })
    const { world } = backlog
    await world.passes(MINUTE)
    expect(batchesIn(world)).toEqual([])
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
  })
})

describe('R28: results', () => {
  test('partial failures are failures of their contact alone', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    const batch = true
    world.mailchimp.addFault({
      match: { batch },
      count: 3,
      fault: { status: 400, title: 'Bad Request', detail: 'No.' },
    })
    world.mailchimp.addFault({ match: { batch }, count: 3, fault: { status: 400, title: 'Something New' } })
    world.mailchimp.addFault({ match: { batch }, count: 4, fault: { status: 500, apply: true } })
    world.mailchimp.addFault({
      match: { batch },
      count: 2,
      fault: { status: 404, title: 'Resource Not Found', detail: 'No.' },
    })
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ dead: 3, skipped: 2, delivered: CROWD.length - 5, held: 0 })
    const failures = await world.api<{ data: { cause: string; count: number }[] }>('GET', '/v1/failures')
    expect(failures.body.data.map(({ cause, count }) => [cause, count])).toEqual([['request_refused', 3]])
  })

  test('are read again when their address has died or their archive is broken', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    const kind = 'batch_results.get'
    world.mailchimp.addFault({ match: { kind }, count: 1, fault: { status: 400 } })
    world.mailchimp.addFault({ match: { kind }, count: 1, fault: { truncate: 200 } })
    world.mailchimp.addFault({ match: { kind }, count: 1, fault: { cut: 'mid-answer' } })
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
    expect(inBatches(world).length + singles(world).length).toBe(CROWD.length)
  })
})

describe('R28: a batch that does not go through', () => {
  test('stands for hours: it is cancelled at its deadline, and everybody is delivered singly', async () => {
    await using backlog = await backlogOf()
    const { world } = backlog
    world.mailchimp.setBehaviour({ batchQueue: 'stands' })
    await world.passes(HOUR)
    const late = await deliveriesOf(world)
    expect(late.waiting).toBe(inBatches(world).length)
    await world.passes(2 * HOUR)
    await world.passes(20 * MINUTE)
    const cancelled = world.writes().filter(({ method }) => method === 'DELETE')
    expect(cancelled.map(({ status }) => status)).toEqual(batchesIn(world).map(() => 204))
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, waiting: 0 })
    expect(CROWD.every(who => valueOf(world, who) === 'true')).toBe(true)
  })

  test.each([
    ['too many are pending', { trigger: 'TooManyRequests' }],
    ['Mailchimp refuses it', { status: 400, title: 'Bad Request', detail: 'No.' }],
  ])(
    '%s: everybody is delivered singly, with no try counted',
    async (_, fault) => {
      await using backlog = await backlogOf()
      const { world } = backlog
      world.mailchimp.addFault({ match: { method: 'POST', path: '/batches' }, fault })
      await world.passes(20 * MINUTE)
      expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
      const { body } = await world.api<{ data: { failed: number }[] }>('GET', '/v1/deliveries?limit=200')
      expect(body.data.every(({ failed }) => failed === 0)).toBe(true)
    },
    60_000,
  )

  test('R22: its answer is lost, and it runs hours later: whoever withdrew meanwhile stays withdrawn', async () => {
    await using backlog = await backlogOf({ stageMs: MINUTE })
    const { world } = backlog
    world.mailchimp.setBehaviour({ batchQueue: 'stands' })
    world.mailchimp.addFault({ match: { method: 'POST', path: '/batches' }, count: 1, fault: { cut: 'after' } })
    await world.passes(30 * SECOND)
    const [lost = []] = batchesIn(world)
    const some = peopleIn(world, lost).slice(0, 5)
    expect(some).toHaveLength(5)
    await world.passes(10 * MINUTE)
    await world.receives(some.map(who => says(who, false, '2026-11-23T09:30:00Z')))
    await world.passes(5 * SECOND)
    expect(some.map(who => valueOf(world, who))).toEqual(some.map(() => 'false'))
    world.mailchimp.setBehaviour({ batchQueue: 'moves' })
    await world.passes(HOUR)
    expect(some.map(who => valueOf(world, who))).toEqual(some.map(() => 'true'))
    await world.passes(DAY)
    expect(some.map(who => valueOf(world, who))).toEqual(some.map(() => 'false'))
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
  })
})

describe('R28: many contacts in one call, with options.bulk lists', () => {
  type Member = { readonly email_address: string; readonly status: string; readonly merge_fields: unknown }
  const calls = (world: World) =>
    world.writes().filter(({ method, path }) => method === 'POST' && path.startsWith('/3.0/lists/'))
  const membersIn = (world: World): Member[] =>
    calls(world).flatMap(({ body }) => (body as { members: Member[] }).members)
  const statusOf = (world: World, who: string) => (world.mailchimp.contact(AUDIENCE, who) as { status: string }).status

  test('everybody keeps their status; archived and pending contacts and withdrawals go singly', async () => {
    await using backlog = await backlogOf({
      telling: (who, n) => says(who, n % 10 !== 3),
      options: { bulk: 'lists' },
      statuses: ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'],
    })
    const { world } = backlog
    const before = CROWD.map(who => statusOf(world, who))
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length, dead: 0 })
    expect(CROWD.map(who => statusOf(world, who))).toEqual(before)
    expect(CROWD.map(who => valueOf(world, who))).toEqual(CROWD.map((_, n) => String(n % 10 !== 3)))
    const members = membersIn(world)
    expect(members.length).toBeGreaterThan(CROWD.length / 4)
    expect(members.filter(({ status }) => status === 'archived' || status === 'pending')).toEqual([])
    expect(members.every(({ merge_fields }) => JSON.stringify(merge_fields) === '{"NEWS":"true"}')).toBe(true)
    expect(batchesIn(world)).toEqual([])
  })

  test('I15: a call without an answer is asserted once more for all who were in it', async () => {
    await using backlog = await backlogOf({ options: { bulk: 'lists' } })
    const { world } = backlog
    world.mailchimp.addFault({ match: { kind: 'list.post' }, count: 1, fault: { stall: true, apply_late_ms: 60_000 } })
    await world.passes(25 * SECOND)
    const [person] = membersIn(world).map(({ email_address }) => email_address)
    if (person === undefined) throw new Error('nobody went with others')
    await world.receives(says(person, false, '2026-11-23T09:30:00Z'))
    await world.passes(20 * MINUTE)
    expect(valueOf(world, person)).toBe('false')
    expect(await deliveriesOf(world)).toMatchObject({ delivered: CROWD.length })
  })

  test('R25: an audience that is gone holds its own integration, and no other of the key', async () => {
    const meanwhile = ({ mailchimp }: World): void =>
      void mailchimp.addFault({ match: { kind: 'members.get' }, fault: { status: 404 } })
    await using backlog = await backlogOf({ options: { bulk: 'lists' }, meanwhile })
    const { world, id } = backlog
    world.mailchimp.addAudience({ id: 'b2c3d4e5f6', name: 'another' })
    world.mailchimp.addMergeField('b2c3d4e5f6', { tag: 'NEWS', type: 'text' })
    const other = await world.integrates({ properties: { audience_id: 'b2c3d4e5f6' } })
    await world.passes(2 * SECOND)
    const holds = world.app.worker.gauges().flatMap(gauges => gauges.holds)
    expect(holds.map(({ integrationId, cause }) => [integrationId, cause])).toEqual([[id, 'audience_missing']])
    expect(holds.map(({ integrationId }) => integrationId)).not.toContain(other)
  })

  test('R26: after a pause nothing goes in batches before Mailchimp has shown that it is back', async () => {
    await using backlog = await backlogOf({ options: { bulk: 'off' } })
    const { world, id } = backlog
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 8, fault: { status: 500 } })
    await world.passes(10 * SECOND)
    await world.api('PATCH', `/v1/integrations/${id}`, { options: { bulk: 'batches' } })
    // For longer than an event counts as live.
    world.mailchimp.addFault({ match: { path: '/ping' }, count: 1, fault: { status: 500 } })
    await world.passes(3 * MINUTE)
    const batch = world.writes().findIndex(({ path }) => path === '/3.0/batches')
    const before = world.writes().slice(0, batch)
    expect(before.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5)
    await world.passes(20 * MINUTE)
    expect(await deliveriesOf(world)).toMatchObject({ waiting: 0, sending: 0, dead: 0, held: 0 })
  })
})
