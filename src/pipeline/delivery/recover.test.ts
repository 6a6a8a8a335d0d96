import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { merging, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, aStore, INTEGRATION, openStore, oweOne } from '../../../test/store-builders.ts'
import { WINDOW_LENGTH } from '../../domain/window.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { debtKey } from '../../store/debts/delivery-columns.ts'
import { markSending } from '../../store/debts/deliveries.ts'
import { currentWindows } from '../../store/debts/windows.ts'
import { type Database } from '../../store/engine/database.ts'
import { recover } from './recover.ts'

const DEBT = { integrationId: INTEGRATION, person: ADA }

describe.each(databases)('what was under way when its process ended, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  test('R22 I8: may still be applied for as long as a request that leaves at the start', async () => {
    await oweOne(db)
    await markSending(db, [{ ...DEBT, contact: 'a contact', carriesWithdrawal: false }])
    await recordIntents(db, [
      {
        ...DEBT,
        id: 'att_1',
        revision: 1,
        startedAt: MORNING,
        method: 'PATCH',
        path: '/lists/a/members/b',
        request: { merge_fields: { NEWS: 'true' } },
      },
    ])
    const now = minute(2)
    const recovery = { now, windowMs: WINDOW_LENGTH, dueAt: now }
    expect(await db.transaction(tx => recover(tx, recovery))).toBe(1)
    const windows = await currentWindows(db, [DEBT])
    expect(windows.get(debtKey(DEBT))).toMatchObject({ until: now + WINDOW_LENGTH, sent: merging({ NEWS: ['true'] }) })
  })
})
