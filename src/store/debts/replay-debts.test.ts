import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  addPeople,
  addSource,
  AS_MADE,
  aStore,
  BOB,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { settled, TRANSITIONS, type Status } from '../../domain/delivery.ts'
import { HOUR } from '../../domain/instant.ts'
import { type Database } from '../engine/database.ts'
import { markSending, owe, PRIORITY, settle } from './deliveries.ts'
import { doubtsOf, dueDebts } from './due-debts.ts'
import { setPaused } from '../settings/integrations.ts'
import {
  debtsOf,
  extentOf,
  extentOfResync,
  findMatching,
  findPeople,
  replayDebts,
  resyncPeople,
  type Criteria,
} from './replay-debts.ts'
import { advanceReplay, closeReplays, endReplay, findReplay, insertReplay, listReplays, nextReplay } from './replays.ts'

const STATUSES = Object.keys(TRANSITIONS) as Status[]
const LATER = MORNING + HOUR

describe.each(databases)('R26: replays on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await db.query('delete from replay')
  })
  afterAll(() => db.close())

  const idOf = async (person = ADA) => (await debtsOf(db, person))[0] ?? ''
  const replay = async (person = ADA, criteria: Criteria = {}, at = LATER) => {
    const ids = [await idOf(person)]
    return replayDebts(db, { deliveryIds: ids, ...criteria }, { ids, replayId: 'rpl_1', at })
  }
  const extent = async (criteria: Criteria) => (await extentOf(db, criteria)).total

  test.each(STATUSES)('a debt that is %s becomes what the table says, and is due', async status => {
    await oweOne(db)
    await putDebt(db, status, { reason: 'fields_invalid' })
    // Waiting for a retry that is not due yet.
    await db.query('update delivery set due_at = $1, failed = 4, refused = $2', [LATER + HOUR, '{"NEWS":"1"}'])
    expect(await replay()).toEqual([INTEGRATION])
    const next = { status: TRANSITIONS[status].replayed, due_at: LATER, revision: 2, failed: 0, first_failed_at: null }
    expect(await debtOf(db)).toMatchObject({ ...next, reason: null, detail: null, settled_at: null })
    const [rest] = await db.query('select refused, isolation, replay_id from delivery')
    expect(rest).toEqual({ refused: null, isolation: null, replay_id: 'rpl_1' })
  })

  test('a person made due by themselves joins no replay, and leaves none', async () => {
    const byThemselves = () =>
      resyncPeople(db, { people: [ADA], integrationId: INTEGRATION, replayId: undefined, at: LATER })
    const replayIds = async () => (await db.query('select replay_id from delivery')).map(row => row['replay_id'])
    expect(await byThemselves(), 'nothing was told of them, or it was erased').toEqual([])
    await addPeople(db, [ADA])
    expect(await byThemselves()).toEqual([INTEGRATION])
    expect(await replayIds()).toEqual([null])
    await putDebt(db, 'dead', { reason: 'forgotten' })
    await replay()
    await putDebt(db, 'delivered')
    expect(await byThemselves()).toEqual([INTEGRATION])
    expect(await replayIds()).toEqual(['rpl_1'])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: LATER })
  })

  test('one that is due already only joins the replay', async () => {
    await oweOne(db)
    const before = await debtOf(db)
    await replay()
    expect(await debtOf(db)).toEqual(before)
    expect(await db.query('select replay_id from delivery')).toEqual([{ replay_id: 'rpl_1' }])
  })

  test('I12: one that is being sent is due again once it has ended', async () => {
    await oweOne(db)
    await markSending(db, [{ integrationId: INTEGRATION, person: ADA, contact: 'c0ffee', carriesWithdrawal: false }])
    await replay()
    const next = settled('delivered', undefined)
    await settle(db, [{ integrationId: INTEGRATION, person: ADA, revision: 1, next, at: LATER }])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: LATER })
    const query = { integration: AS_MADE, priority: PRIORITY.live, now: LATER, limit: 9 }
    expect(await dueDebts(db, query)).toHaveLength(1)
  })

  test('R23: a withdrawal that is not with Mailchimp yet goes first, everything else after live events', async () => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await oweOne(db, { person: BOB })
    await putDebt(db, 'dead')
    await putDebt(db, 'dead', { person: BOB })
    await replay()
    await replay(BOB)
    expect(await debtOf(db)).toMatchObject({ priority: PRIORITY.withdrawal, carries_withdrawal: 1, owed_at: MORNING })
    expect(await debtOf(db, BOB)).toMatchObject({ priority: PRIORITY.backfill, carries_withdrawal: 0 })
  })

  test('what was delivered is a new debt, and its withdrawal is done with', async () => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await putDebt(db, 'delivered')
    expect((await extentOf(db, { status: 'delivered' })).withdrawals).toBe(0)
    await replay()
    expect(await debtOf(db)).toMatchObject({ carries_withdrawal: 0, priority: PRIORITY.backfill, owed_at: LATER })
  })

  test('only what still matches is replayed', async () => {
    await oweOne(db)
    await putDebt(db, 'delivered')
    expect(await replay(ADA, { status: 'dead' })).toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'delivered', revision: 1 })
  })

  test('criteria join; without any it is what failed', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_b', sourceId: 'src_b' })
    await addIntegration(db, { id: 'int_off', settings: { enabled: false } })
    await owe(
      db,
      STATUSES.map(person => debt({ person })),
    )
    for (const status of STATUSES) await putDebt(db, status, { person: status, reason: 'fields_invalid' })
    await owe(db, [debt({ sourceId: 'src_b' })])
    expect(await extent({})).toBe(2)
    await db.query(`update delivery set failed = 1 where person in ('waiting', 'sending', 'delivered')`)
    expect(await extent({})).toBe(4)
    expect(await extent({ integrationId: 'int_b' })).toBe(0)
    expect(await extent({ reason: 'fields_invalid' })).toBe(6)
    expect(await extent({ reason: 'fields_invalid', status: 'dead' })).toBe(1)
    expect(await extent({ status: 'waiting' })).toBe(2)
    expect(await extent({ status: 'waiting', integrationId: 'int_b' })).toBe(1)
    expect(await extent({ deliveryIds: [] })).toBe(0)
    expect(await extent({ deliveryIds: [await idOf('skipped')] })).toBe(1)
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await extent({ status: 'held' })).toBe(2)
  })

  test('debts are found by id, in parts, and no further than the last that there was', async () => {
    const people = Array.from({ length: 7 }, (_, n) => `p${n}`)
    await owe(
      db,
      people.map(person => debt({ person })),
    )
    for (const person of people) await putDebt(db, 'dead', { person })
    const { total, through } = await extentOf(db, {})
    await oweOne(db, { at: LATER })
    await putDebt(db, 'dead')
    const found: string[] = []
    for (let after = ''; ;) {
      const part = await findMatching(db, {}, { after, through, limit: 3 })
      if (part.length === 0) break
      found.push(...part)
      after = part.at(-1) ?? ''
    }
    expect(found).toHaveLength(total)
    expect(new Set(found).size).toBe(7)
    expect(found).not.toContain(await idOf())
  })

  test('a resync makes everyone due whom the source knows, and believes nothing', async () => {
    await addPeople(db, [ADA, BOB])
    await oweOne(db)
    await putDebt(db, 'delivered')
    expect(await extentOfResync(db, INTEGRATION)).toEqual({ total: 2, withdrawals: 0, through: '' })
    const people = await findPeople(db, INTEGRATION, { after: '', limit: 9 })
    expect(people).toEqual([ADA, BOB])
    expect(await findPeople(db, INTEGRATION, { after: ADA, limit: 9 })).toEqual([BOB])
    await resyncPeople(db, { people, integrationId: INTEGRATION, replayId: 'rpl_1', at: LATER })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: LATER, revision: 2 })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'waiting', due_at: LATER, revision: 1 })
    const keys = people.map(person => ({ integrationId: INTEGRATION, person }))
    expect([...(await doubtsOf(db, keys)).values()]).toEqual([2, 1])
    // The ids of debts sort by time, whichever statement made them.
    const [first, second] = [await idOf(ADA), await idOf(BOB)]
    expect(second > first && second.length === first.length).toBe(true)
  })

  test('R21: a resync asked for during a request believes nothing that the request writes', async () => {
    await oweOne(db)
    await markSending(db, [{ integrationId: INTEGRATION, person: ADA, contact: 'c0ffee', carriesWithdrawal: false }])
    await addPeople(db, [ADA])
    await resyncPeople(db, { people: [ADA], integrationId: INTEGRATION, replayId: 'rpl_1', at: LATER })
    expect(await debtOf(db)).toMatchObject({ status: 'sending', revision: 2 })
    expect([...(await doubtsOf(db, [{ integrationId: INTEGRATION, person: ADA }])).values()]).toEqual([2])
  })

  test('its progress is kept with the debts, and it is closed once all of them have ended', async () => {
    await oweOne(db)
    await putDebt(db, 'dead')
    const extentNow = await extentOf(db, {})
    const made = { kind: 'debts', criteria: {}, actor: 'Eve', createdAt: MORNING, fingerprint: 'f' } as const
    expect(await insertReplay(db, { ...made, ...extentNow, id: 'rpl_1', idempotencyKey: 'k' })).toBe(true)
    expect(await insertReplay(db, { ...made, ...extentNow, id: 'rpl_2', idempotencyKey: 'k' })).toBe(false)
    expect((await nextReplay(db))?.id).toBe('rpl_1')
    await replay()
    await advanceReplay(db, { id: 'rpl_1', madeDue: 1, lastDone: 'x' })
    await endReplay(db, { id: 'rpl_1', at: LATER })
    await closeReplays(db, LATER)
    expect(await findReplay(db, 'rpl_1')).toMatchObject({ madeDue: 1, open: 1, madeAt: LATER, finishedAt: undefined })
    expect(await nextReplay(db)).toBeUndefined()
    await putDebt(db, 'delivered')
    await closeReplays(db, LATER)
    expect(await listReplays(db, { before: '', limit: 9 })).toMatchObject([
      { open: 0, finishedAt: LATER, lastDone: '' },
    ])
  })
})
