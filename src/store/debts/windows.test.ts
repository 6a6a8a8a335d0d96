import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  AS_MADE,
  aStore,
  BOB,
  CREDENTIAL,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
} from '../../../test/store-builders.ts'
import { type Next } from '../../domain/delivery.ts'
import { type Window } from '../../domain/window.ts'
import { closeInterrupted, recordIntents } from './attempts.ts'
import { type Database } from '../engine/database.ts'
import { owe, PRIORITY, settle } from './deliveries.ts'
import { windowIn, type WindowRow } from './delivery-columns.ts'
import { dueDebts } from './due-debts.ts'
import { keepWindows, openAttempts, pullForward } from './windows.ts'

const WINDOW: Window = { until: minute(3), sent: { 'merge:NEWS': ['true', ''] }, contacts: ['c0ffee'] }
const failing = (over: Partial<Next> = {}): Next => ({
  status: 'waiting',
  dueAt: minute(60),
  reason: 'server_error',
  detail: 'HTTP 500',
  failed: 3,
  firstFailedAt: MORNING,
  ...over,
})

describe.each(databases)('what may still be applied, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const windowOf = async (person = ADA): Promise<Window | undefined> => {
    const [row] = await db.query<WindowRow>(
      'select window_until, window_sent, window_contacts from delivery where person = $1',
      [person],
    )
    return row && windowIn(row)
  }
  const settleWith = (
    next: Next,
    { revision = 1, person = ADA, window }: { revision?: number; person?: string; window?: Window } = {},
  ) => settle(db, [{ integrationId: INTEGRATION, person, revision, next, window, at: minute(1) }])
  const attempt = (id: string, over: { integrationId?: string; person?: string; batchId?: string } = {}) => ({
    id,
    integrationId: INTEGRATION,
    person: ADA,
    revision: 1,
    startedAt: MORNING,
    method: 'PATCH',
    path: '/lists/a/members/b',
    request: { merge_fields: { NEWS: 'true' } },
    ...over,
  })

  test('R22: is kept with the debt, and comes back with it when it is due', async () => {
    await oweOne(db)
    await settleWith(failing({ dueAt: minute(2) }), { window: WINDOW })
    expect(await windowOf()).toEqual(WINDOW)
    const query = { integration: AS_MADE, priority: PRIORITY.live, now: minute(2), limit: 5 }
    const [due] = await dueDebts(db, query)
    expect(due?.window).toEqual(WINDOW)
  })

  test('R22: outlasts a newer fact, which does not wait for it', async () => {
    await oweOne(db)
    await owe(db, [debt({ at: minute(1) })])
    await settleWith(failing(), { window: WINDOW })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(1), failed: 0 })
    expect(await windowOf()).toEqual(WINDOW)
    await owe(db, [debt({ at: minute(2) })])
    expect(await windowOf()).toEqual(WINDOW)
    await settleWith(failing(), { revision: 3 })
    expect(await windowOf()).toBeUndefined()
  })

  test('I6 R22: after a crash the open attempts are known, each with its debt’s window', async () => {
    await addIntegration(db, { id: 'int_b' })
    await owe(db, [debt(), debt({ person: BOB })])
    await keepWindows(db, [{ integrationId: INTEGRATION, person: BOB, window: WINDOW }])
    await recordIntents(db, [
      attempt('att_1'),
      attempt('att_2', { person: BOB }),
      attempt('att_3', { integrationId: 'int_b' }),
    ])
    const known = { credentialId: CREDENTIAL, request: { merge_fields: { NEWS: 'true' } } }
    const own = await openAttempts(db, INTEGRATION)
    expect(own).toHaveLength(2)
    expect(own).toContainEqual({ ...known, integrationId: INTEGRATION, person: ADA, window: undefined })
    expect(own).toContainEqual({ ...known, integrationId: INTEGRATION, person: BOB, window: WINDOW })
    expect(await openAttempts(db)).toHaveLength(3)
    await closeInterrupted(db, minute(2), INTEGRATION)
    expect((await openAttempts(db)).map(({ integrationId }) => integrationId)).toEqual(['int_b'])
  })

  test('R26: after a pause, what failed for Mailchimp’s sake is due, and is no older for it', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await settleWith(failing())
    await settleWith(failing({ reason: 'signup_throttled' }), { person: BOB })
    await pullForward(db, { credentialId: CREDENTIAL, now: minute(40), paused: minute(30) - MORNING })
    expect(await debtOf(db)).toMatchObject({ due_at: minute(40), failed: 3, first_failed_at: minute(30) })
    expect(await debtOf(db, BOB)).toMatchObject({ due_at: minute(60), first_failed_at: MORNING })
  })

  test('R26: what is due already stays first in line, and other credentials are left alone', async () => {
    await oweOne(db)
    await settleWith(failing({ dueAt: minute(10) }))
    await pullForward(db, { credentialId: 'crd_other', now: minute(40), paused: 1_000 })
    expect(await debtOf(db)).toMatchObject({ due_at: minute(10), first_failed_at: MORNING })
    await pullForward(db, { credentialId: CREDENTIAL, now: minute(40), paused: 1_000 })
    expect(await debtOf(db)).toMatchObject({ due_at: minute(10), first_failed_at: MORNING + 1_000 })
  })
})
