import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  AS_MADE,
  aStore,
  BOB,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { recordEndings, recordIntents } from './attempts.ts'
import { closeWindows, countDue, dueForBatch, handOver, preferWithdrawals, stillInBatch } from './batch-debts.ts'
import { type Database } from '../engine/database.ts'
import { debtKey } from './delivery-columns.ts'
import { PRIORITY } from './deliveries.ts'
import { currentWindows } from './windows.ts'

const key = (person: string) => ({ integrationId: INTEGRATION, person })
const WINDOW = { until: minute(600), sent: { 'merge:NEWS': ['true'] } }
const WINDOW_MS = 130_000

describe.each(databases)('R28: debts and batches on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const found = async (priority: number) =>
    (await dueForBatch(db, { integration: AS_MADE, priority, dueBefore: minute(1), limit: 10 })).map(
      ({ person }) => person,
    )

  const windowEnd = async (person: string) => [...(await currentWindows(db, [key(person)])).values()][0]?.until

  test('due debts of all priorities are counted, as far as wanted', async () => {
    await oweOne(db, { person: 'a@mail.test', priority: PRIORITY.withdrawal })
    await oweOne(db, { person: 'b@mail.test', priority: PRIORITY.live })
    await oweOne(db, { person: 'c@mail.test', priority: PRIORITY.backfill })
    await oweOne(db, { person: 'd@mail.test', at: minute(5) })
    const counted = (most: number) => countDue(db, { integrationIds: [INTEGRATION, 'int_b'], now: minute(1), most })
    expect([await counted(10), await counted(2)]).toEqual([3, 2])
  })

  test.each([
    ['takes something back', 'carries_withdrawal = 1'],
    ['failed before', 'failed = 1'],
    ['had a value refused', `refused = '{"NEWS":"true"}'`],
    ['is being taken apart', `isolation = '[["NEWS"]]'`],
    ['may still be changed by an attempt', 'window_until = 1'],
    ['is due later', `due_at = ${minute(2)}`],
    ['is being sent', `status = 'sending'`],
  ])('one that %s does not go with a batch', async (_, change) => {
    await oweOne(db)
    await oweOne(db, { person: BOB })
    await db.query(`update delivery set ${change} where person = '${BOB}'`)
    expect(await found(PRIORITY.live)).toEqual([ADA])
  })

  test('one that turns out to take something back is the single lane’s, before all others', async () => {
    await oweOne(db)
    await preferWithdrawals(db, [key(ADA)])
    expect(await found(PRIORITY.live)).toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', priority: PRIORITY.withdrawal, carries_withdrawal: 1 })
  })

  test('R22: what goes with a batch waits for its end', async () => {
    await oweOne(db)
    await handOver(db, [{ ...key(ADA), contact: 'c0ffee', revision: 1, window: WINDOW }], minute(120))
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', reason: 'in_batch', due_at: minute(120), revision: 1 })
    expect([...(await currentWindows(db, [key(ADA), key(BOB)])).values()]).toEqual([WINDOW])
  })

  test('I17: one of whom something newer came in since it was read does not go', async () => {
    await oweOne(db)
    await oweOne(db, { person: BOB })
    await oweOne(db, { at: minute(1), priority: PRIORITY.withdrawal })
    const both = [ADA, BOB].map(person => ({ ...key(person), contact: 'c0ffee', revision: 1, window: WINDOW }))
    expect([...(await handOver(db, both, minute(120)))]).toEqual([debtKey(key(BOB))])
    expect(await debtOf(db)).toMatchObject({ due_at: minute(1), priority: PRIORITY.withdrawal, reason: null })
    expect(await windowEnd(ADA)).toBeUndefined()
  })

  test('I12: a newer fact, or a request of its own, takes a debt out of its batch', async () => {
    await oweOne(db)
    await oweOne(db, { person: BOB })
    await handOver(
      db,
      [
        { ...key(ADA), contact: 'c0ffee', revision: 1, window: WINDOW },
        { ...key(BOB), contact: 'c0ffee', revision: 1, window: WINDOW },
      ],
      minute(120),
    )
    const still = async () =>
      (
        await stillInBatch(
          db,
          [ADA, BOB].map(person => ({ ...key(person), revision: 1 })),
        )
      ).map(({ person }) => person)
    expect((await still()).sort()).toEqual([ADA, BOB].sort())
    await oweOne(db, { at: minute(1) })
    expect(await still()).toEqual([BOB])
    await db.query(`update delivery set status = 'sending' where person = '${BOB}'`)
    expect(await still()).toEqual([])
    expect(await windowEnd(ADA)).toBe(WINDOW.until)
  })

  const close = (over: object = {}) =>
    closeWindows(db, { debts: [key(ADA)], now: minute(10), until: minute(10), windowMs: WINDOW_MS, ...over })

  test('the end of a batch makes due what still waits for it', async () => {
    await oweOne(db)
    await handOver(db, [{ ...key(ADA), contact: 'c0ffee', revision: 1, window: WINDOW }], minute(120))
    await close({ until: minute(12) })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(10) })
    expect(await windowEnd(ADA)).toBe(minute(12))
  })

  test('I15: and has asserted once more what a newer request has passed, once nothing can arrive late', async () => {
    await oweOne(db)
    await handOver(db, [{ ...key(ADA), contact: 'c0ffee', revision: 1, window: WINDOW }], minute(120))
    await putDebt(db, 'waiting', { reason: 'assert_again' })
    await close({ until: minute(12) })
    expect(await debtOf(db)).toMatchObject({ due_at: minute(12) })
  })

  test('R22: another attempt of unknown outcome keeps the window open for longer', async () => {
    await oweOne(db)
    await handOver(db, [{ ...key(ADA), contact: 'c0ffee', revision: 1, window: WINDOW }], minute(120))
    await putDebt(db, 'waiting', { reason: 'assert_again' })
    const attempt = { ...key(ADA), revision: 1, method: 'PATCH', path: '/x', request: {} }
    await recordIntents(db, [{ ...attempt, id: 'att_1', startedAt: minute(9) }])
    const ending = {
      status: undefined,
      answer: undefined,
      requestId: undefined,
      reason: 'timed_out',
      detail: undefined,
    }
    await recordEndings(db, [{ ...ending, id: 'att_1', finishedAt: minute(9), outcome: 'retry' }])
    await close()
    expect(await windowEnd(ADA)).toBe(minute(9) + WINDOW_MS)
    expect(await debtOf(db)).toMatchObject({ due_at: minute(9) + WINDOW_MS })
  })
})
