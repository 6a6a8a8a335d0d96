import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  addSource,
  aStore,
  BOB,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { owe, PRIORITY, settle } from './deliveries.ts'

const SETTLED = ['delivered', 'skipped', 'dead', 'held'] as const

describe.each(databases)('owing a delivery on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  test('a new debt waits, due at once, untried, in revision 1', async () => {
    expect(await oweOne(db)).toEqual([INTEGRATION])
    expect(await debtOf(db)).toEqual({
      status: 'waiting',
      priority: PRIORITY.live,
      due_at: MORNING,
      revision: 1,
      failed: 0,
      first_failed_at: null,
      carries_withdrawal: 0,
      reason: null,
      detail: null,
      owed_at: MORNING,
      settled_at: null,
    })
  })

  test('R23: a debt that may withdraw carries that with it', async () => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    expect(await debtOf(db)).toMatchObject({ priority: PRIORITY.withdrawal, carries_withdrawal: 1 })
  })

  test('ten facts for one person are one debt, of a higher revision, and it keeps the time it was first owed', async () => {
    for (let n = 0; n < 10; n++) await oweOne(db, { at: minute(n) })
    expect(await db.query('select count(*) as n from delivery')).toEqual([{ n: 1 }])
    expect(await debtOf(db)).toMatchObject({ revision: 10, due_at: minute(9), owed_at: MORNING })
  })

  test('a newer fact forgets how often the older one failed, and is due now', async () => {
    await oweOne(db)
    const retry = { status: 'waiting', dueAt: minute(60), reason: 'timed_out', detail: 'no answer in time' } as const
    const next = { ...retry, failed: 7, firstFailedAt: MORNING }
    await settle(db, [{ integrationId: INTEGRATION, person: ADA, revision: 1, next, at: MORNING }])
    await oweOne(db, { at: minute(1) })
    expect(await debtOf(db)).toMatchObject({
      status: 'waiting',
      due_at: minute(1),
      failed: 0,
      first_failed_at: null,
      reason: null,
      detail: null,
    })
  })

  test.each([
    [PRIORITY.backfill, PRIORITY.withdrawal, PRIORITY.withdrawal],
    [PRIORITY.backfill, PRIORITY.live, PRIORITY.live],
    [PRIORITY.live, PRIORITY.backfill, PRIORITY.live],
    [PRIORITY.withdrawal, PRIORITY.live, PRIORITY.withdrawal],
  ])('R23: a waiting debt of priority %i that is owed again with %i has %i', async (before, again, expected) => {
    await oweOne(db, { priority: before })
    await oweOne(db, { priority: again })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', priority: expected })
  })

  test.each(['waiting', 'sending'])('R23: a grant does not hide the withdrawal of a debt that is %s', async status => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await putDebt(db, status)
    await oweOne(db, { priority: PRIORITY.live })
    expect(await debtOf(db)).toMatchObject({ priority: PRIORITY.withdrawal, carries_withdrawal: 1 })
  })

  test('R23: a withdrawal makes a waiting grant carry it', async () => {
    await oweOne(db)
    await oweOne(db, { priority: PRIORITY.withdrawal })
    expect(await debtOf(db)).toMatchObject({ priority: PRIORITY.withdrawal, carries_withdrawal: 1 })
  })

  test('I12: a fact during an attempt leaves it sending, with a higher revision', async () => {
    await oweOne(db)
    await putDebt(db, 'sending')
    await oweOne(db, { at: minute(1) })
    expect(await debtOf(db)).toMatchObject({ status: 'sending', revision: 2, due_at: minute(1), owed_at: MORNING })
  })

  test.each(SETTLED)('I7: a debt that is %s waits again, from the new fact on', async status => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await putDebt(db, status, { reason: 'expired' })
    await oweOne(db, { at: minute(5) })
    // R23: a withdrawal that never reached Mailchimp stays one, whatever was chosen since.
    const unpaid = status === 'dead' || status === 'held'
    expect(await debtOf(db)).toEqual({
      status: 'waiting',
      priority: unpaid ? PRIORITY.withdrawal : PRIORITY.live,
      due_at: minute(5),
      revision: 2,
      failed: 0,
      first_failed_at: null,
      carries_withdrawal: unpaid ? 1 : 0,
      reason: null,
      detail: null,
      owed_at: minute(5),
      settled_at: null,
    })
  })

  test('every integration of the source owes, no other, and none that is disabled', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_b' })
    await addIntegration(db, { id: 'int_off', settings: { enabled: false } })
    await addIntegration(db, { id: 'int_other', sourceId: 'src_b' })
    expect(new Set(await owe(db, [debt(), debt({ person: BOB })]))).toEqual(new Set([INTEGRATION, 'int_b']))
    const rows = await db.query('select integration_id, person from delivery order by integration_id, person')
    expect(rows).toEqual([
      { integration_id: INTEGRATION, person: ADA },
      { integration_id: INTEGRATION, person: BOB },
      { integration_id: 'int_b', person: ADA },
      { integration_id: 'int_b', person: BOB },
    ])
  })

  test('people are told apart by their whole id', async () => {
    const people = ['__proto__', 'a b', `a' or '1'='1`, '😀', 'K@x.test', 'k@x.test', '%', '_', '{"a":1}', '$1']
    await owe(
      db,
      people.map(person => debt({ person })),
    )
    const rows = await db.query<{ person: string }>('select person from delivery')
    expect(new Set(rows.map(({ person }) => person))).toEqual(new Set(people))
  })

  test('nothing is owed by nobody, and by a source without integrations', async () => {
    await addSource(db, { id: 'src_b' })
    expect(await owe(db, [])).toEqual([])
    expect(await oweOne(db, { sourceId: 'src_b' })).toEqual([])
  })

  test('the ids of debts name nobody and are all different', async () => {
    await owe(
      db,
      Array.from({ length: 100 }, (_, n) => debt({ person: `person-${n}` })),
    )
    const rows = await db.query<{ id: string }>('select id from delivery')
    expect(new Set(rows.map(({ id }) => id)).size).toBe(100)
    expect(rows.filter(({ id }) => !/^dlv_[0-9a-f]{28}$/.test(id))).toEqual([])
  })

  test('transactions that owe the same people in another order do not block each other', async () => {
    const people = Array.from({ length: 20 }, (_, n) => debt({ person: `person-${n}` }))
    const backwards = [...people].reverse()
    const all = Array.from({ length: 10 }, (_, n) => db.transaction(tx => owe(tx, n % 2 === 0 ? people : backwards)))
    await Promise.all(all)
    expect(await db.query('select min(revision) as least, max(revision) as most from delivery')).toEqual([
      { least: 10, most: 10 },
    ])
  })
})
