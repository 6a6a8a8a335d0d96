import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { minute, MORNING } from '../../../test/builders.ts'
import {
  ADA,
  addIntegration,
  aStore,
  BOB,
  CREDENTIAL,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { settled } from '../../domain/delivery.ts'
import { countBatchOperations, countGone, countHeld, countUnpaid, oldestWithdrawal } from './backlog.ts'
import { endBatch, addOperations, insertBatch, markSubmitted, recordProgress } from './batches.ts'
import { type Database } from '../engine/database.ts'
import { markSending, PRIORITY, settle } from './deliveries.ts'
import { insertFailures } from './failure-rows.ts'

describe.each(databases)('what is owed, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => (db = await openStore(open)))
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const some = async () => {
    const rows = await countUnpaid(db, INTEGRATION)
    return rows.filter(({ n }) => n > 0).sort((a, b) => a.status.localeCompare(b.status) || a.priority - b.priority)
  }

  test('is counted by status and priority, with the time since when', async () => {
    await oweOne(db, { person: ADA, at: minute(3) })
    await oweOne(db, { person: BOB, at: minute(1) })
    await oweOne(db, { person: 'c', at: minute(2), priority: PRIORITY.withdrawal })
    await oweOne(db, { person: 'd', at: minute(4) })
    await oweOne(db, { person: 'e', at: minute(5) })
    await oweOne(db, { person: 'f', at: minute(0), priority: PRIORITY.backfill })
    await markSending(db, [{ integrationId: INTEGRATION, person: 'd', contact: 'c0ffee', carriesWithdrawal: false }])
    await putDebt(db, 'dead', { person: 'e' })
    await putDebt(db, 'held', { person: 'f', reason: 'value_unfit' })

    expect(await some()).toEqual([
      { status: 'dead', priority: 1, n: 1, owedAt: minute(5) },
      { status: 'held', priority: 2, n: 1, owedAt: minute(0) },
      { status: 'sending', priority: 1, n: 1, owedAt: minute(4) },
      { status: 'waiting', priority: 0, n: 1, owedAt: minute(2) },
      { status: 'waiting', priority: 1, n: 2, owedAt: minute(1) },
    ])
    expect(await countHeld(db, INTEGRATION)).toEqual([{ reason: 'value_unfit', n: 1 }])
  })

  test.each([
    ['open', 2],
    ['acknowledged', 1],
    ['ignored', 0],
    ['resolved', 2],
  ] as const)('R16e: withdrawals whose contact is gone are counted while the failure is %s: %i', async (state, n) => {
    await addIntegration(db, { id: 'int_b' })
    for (const [person, at] of [
      [ADA, 1],
      [BOB, 3],
    ] as const) {
      await oweOne(db, { person, priority: PRIORITY.withdrawal })
      await settle(db, [
        {
          integrationId: INTEGRATION,
          person,
          revision: 1,
          next: settled('skipped', 'contact_gone'),
          at: minute(at),
        },
      ])
    }
    expect([await countGone(db, INTEGRATION), await countGone(db, 'int_b')], 'not looked at yet').toEqual([2, 0])
    const seen = { debts: 1, withdrawals: 1, firstAt: minute(1), lastAt: minute(1), resolvedAt: undefined }
    await insertFailures(db, [
      {
        id: 'flr_1',
        integrationId: INTEGRATION,
        kind: 'gone',
        cause: 'contact_gone',
        state,
        ...seen,
        changedAt: minute(2),
        changedBy: 'Eve',
      },
    ])
    expect(await countGone(db, INTEGRATION)).toBe(n)
  })

  test('is nothing of what is paid, and nothing of another integration', async () => {
    await addIntegration(db, { id: 'int_b' })
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await putDebt(db, 'delivered')
    expect(await some()).toEqual([])
    expect(await countHeld(db, INTEGRATION)).toEqual([])
    expect(await oldestWithdrawal(db, INTEGRATION)).toBeUndefined()
    expect(await oldestWithdrawal(db, 'int_b')).toBe(MORNING)
  })

  test('R26: of withdrawals the oldest that waits or is being sent', async () => {
    await oweOne(db, { person: ADA, at: minute(0) })
    expect(await oldestWithdrawal(db, INTEGRATION)).toBeUndefined()
    await oweOne(db, { person: BOB, at: minute(2), priority: PRIORITY.withdrawal })
    await oweOne(db, { person: 'c', at: minute(1), priority: PRIORITY.withdrawal })
    expect(await oldestWithdrawal(db, INTEGRATION)).toBe(minute(1))
    await markSending(db, [{ integrationId: INTEGRATION, person: 'c', contact: 'c0ffee', carriesWithdrawal: true }])
    expect(await oldestWithdrawal(db, INTEGRATION)).toBe(minute(1))
    await putDebt(db, 'delivered', { person: 'c' })
    expect(await oldestWithdrawal(db, INTEGRATION)).toBe(minute(2))
  })

  test('R26: a debt that turns out to take something back when it is sent is a withdrawal from then on', async () => {
    await oweOne(db, { at: minute(1) })
    await markSending(db, [{ integrationId: INTEGRATION, person: ADA, contact: 'c0ffee', carriesWithdrawal: true }])
    await putDebt(db, 'waiting', { reason: 'server_error' })
    expect(await oldestWithdrawal(db, INTEGRATION)).toBe(minute(1))
  })

  test('R22: one that only waits to be asserted once more is not late', async () => {
    await oweOne(db, { priority: PRIORITY.withdrawal })
    await putDebt(db, 'waiting', { reason: 'assert_again' })
    expect(await oldestWithdrawal(db, INTEGRATION)).toBeUndefined()
  })

  test('R28: operations of batches that have not ended', async () => {
    const batch = { credentialId: CREDENTIAL, createdAt: MORNING, deadlineAt: minute(60) }
    for (const id of ['bat_a', 'bat_b', 'bat_c']) {
      await insertBatch(db, { ...batch, id })
      await addOperations(db, { id, operations: 500 })
    }
    await markSubmitted(db, { id: 'bat_b', mailchimpId: 'm', submittedAt: MORNING, pollAt: minute(1) })
    await recordProgress(db, { id: 'bat_b', pollAt: minute(2), finished: 100, errored: 3 })
    await endBatch(db, { id: 'bat_c', state: 'finished', endedAt: minute(3) })
    expect(await countBatchOperations(db)).toEqual([{ credentialId: CREDENTIAL, operations: 900 }])
    await db.query('delete from batch')
  })
})
