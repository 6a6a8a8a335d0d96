import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { aStore, debtOf, openStore, oweOne, putDebt, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { PRIORITY } from './deliveries.ts'
import { renameInDebts } from './renaming.ts'

const [OLD, NAME] = ['ada@BÜCHER.test', 'ada@bücher.test']

/** What becomes of the debt under the name that goes and of the one under the name that stays. */
const JOINED = [
  ['delivered', 'delivered', 'delivered'],
  ['delivered', 'skipped', 'skipped'],
  ['waiting', 'delivered', 'waiting'],
  ['delivered', 'waiting', 'waiting'],
  ['dead', 'delivered', 'waiting'],
  ['delivered', 'held', 'waiting'],
  ['sending', 'skipped', 'waiting'],
] as const

describe.each(databases)('debts of a person who is called otherwise, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const rename = () => db.transaction(tx => renameInDebts(tx, { sourceId: SOURCE, person: OLD, to: NAME }))

  test('R16a: a debt goes by the new name, with its attempts', async () => {
    await oweOne(db, { person: OLD })
    await db.query(
      `insert into attempt (id, integration_id, person, revision, started_at, method, path, request)
       values ('att_1', 'int_a', $1, 1, 0, 'PATCH', '/', '{}')`,
      [OLD],
    )
    const before = await debtOf(db, OLD)
    await rename()
    expect(await debtOf(db, NAME)).toEqual(before)
    expect(await debtOf(db, OLD)).toBeUndefined()
    expect(await db.query('select person from attempt')).toEqual([{ person: NAME }])
  })

  test.each(JOINED)('R16a: one that is %s and one that is %s become one that is %s', async (old, stays, joined) => {
    await oweOne(db, { person: OLD })
    await oweOne(db, { person: NAME })
    await putDebt(db, old, { person: OLD })
    await putDebt(db, stays, { person: NAME })
    await rename()
    expect(await debtOf(db, NAME)).toMatchObject({ status: joined, revision: 2 })
    expect(await db.query('select person, doubted_at from delivery')).toEqual([{ person: NAME, doubted_at: 2 }])
  })

  test('R23: two become as urgent as the more urgent one that is not paid, and as old', async () => {
    await oweOne(db, { person: OLD, priority: PRIORITY.withdrawal, at: minute(1) })
    await oweOne(db, { person: NAME, priority: PRIORITY.backfill, at: minute(5) })
    await rename()
    const withdrawal = { priority: PRIORITY.withdrawal, carries_withdrawal: 1, due_at: minute(1), owed_at: minute(1) }
    expect(await debtOf(db, NAME)).toMatchObject(withdrawal)
    await oweOne(db, { person: OLD, priority: PRIORITY.withdrawal, at: minute(7) })
    await putDebt(db, 'delivered', { person: OLD })
    await putDebt(db, 'delivered', { person: NAME })
    await oweOne(db, { person: NAME, priority: PRIORITY.live, at: minute(8) })
    await rename()
    expect(await debtOf(db, NAME)).toMatchObject({ priority: PRIORITY.live, carries_withdrawal: 0 })
  })
})
