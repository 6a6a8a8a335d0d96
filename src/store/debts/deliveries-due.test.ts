import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING, settingsOf } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  AS_MADE,
  aStore,
  BOB,
  CREDENTIAL,
  debt,
  INTEGRATION,
  openStore,
  putDebt,
  SOURCE,
} from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { owe, PRIORITY } from './deliveries.ts'
import { dueDebts, nextDueAt } from './due-debts.ts'
import { findIntegration, setPaused, updateIntegration } from '../settings/integrations.ts'

describe.each(databases)('due deliveries on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const live: number = PRIORITY.live
  const query = { integration: AS_MADE, priority: live, now: minute(10), limit: 100 }
  const due = async (over: Partial<typeof query> = {}) =>
    (await dueDebts(db, { ...query, ...over })).map(({ person }) => person)

  test('come the longest waiting first, and no more than asked for', async () => {
    await owe(db, [
      debt({ person: 'third', at: minute(3) }),
      debt({ person: 'first', at: minute(1) }),
      debt({ person: 'second', at: minute(2) }),
    ])
    expect(await due()).toEqual(['first', 'second', 'third'])
    expect(await due({ limit: 2 })).toEqual(['first', 'second'])
  })

  test('are due from their moment on, not before', async () => {
    await owe(db, [debt({ at: minute(10) })])
    expect(await due({ now: minute(10) - 1 })).toEqual([])
    expect(await due({ now: minute(10) })).toEqual([ADA])
  })

  test('R23: are found by priority, withdrawals apart from the rest', async () => {
    await owe(db, [
      debt({ person: 'withdrawal', priority: PRIORITY.withdrawal }),
      debt({ person: 'live' }),
      debt({ person: 'backfill', priority: PRIORITY.backfill }),
    ])
    expect(await due({ priority: PRIORITY.withdrawal })).toEqual(['withdrawal'])
    expect(await due({ priority: PRIORITY.live })).toEqual(['live'])
    expect(await due({ priority: PRIORITY.backfill })).toEqual(['backfill'])
  })

  test('R23: of withdrawals the one that was received last goes first, and those that failed go last', async () => {
    const withdrawal = (person: string, at: number) => debt({ person, at, priority: PRIORITY.withdrawal })
    await owe(db, [
      withdrawal('older', minute(1)),
      withdrawal('newest', minute(3)),
      withdrawal('newer', minute(2)),
      withdrawal('failed again', minute(5)),
      withdrawal('failed', minute(4)),
      withdrawal('to come', minute(11)),
    ])
    await db.query(`update delivery set failed = 1 where person in ('failed', 'failed again')`)
    const own = { priority: PRIORITY.withdrawal as number }
    expect(await due(own)).toEqual(['newest', 'newer', 'older', 'failed', 'failed again'])
    expect(await due({ ...own, limit: 2 })).toEqual(['newest', 'newer'])
  })

  test.each(['sending', 'held', 'delivered', 'skipped', 'dead'])('leave out what is %s', async status => {
    await owe(db, [debt()])
    await putDebt(db, status)
    expect(await due()).toEqual([])
    expect(await nextDueAt(db, [INTEGRATION])).toBeUndefined()
  })

  test('are those of one integration', async () => {
    await owe(db, [debt()])
    await addIntegration(db, { id: 'int_b' })
    expect(await due({ integration: { ...AS_MADE, id: 'int_b' } })).toEqual([])
    expect(await due()).toEqual([ADA])
  })

  test('are none for a document that was replaced since, however soon, until it is read again', async () => {
    await owe(db, [debt()])
    const replaced = {
      ...AS_MADE,
      credentialId: CREDENTIAL,
      sourceId: SOURCE,
      settings: settingsOf(),
      createdAt: MORNING,
    }
    await updateIntegration(db, replaced)
    expect(await due()).toEqual([])
    const read = await findIntegration(db, INTEGRATION)
    expect(read?.updatedAt).toBeGreaterThan(MORNING)
    expect(read && (await due({ integration: read }))).toEqual([ADA])
  })

  test('are none while their integration is paused', async () => {
    await owe(db, [debt()])
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await due()).toEqual([])
    await setPaused(db, { id: INTEGRATION, paused: false })
    expect(await due()).toEqual([ADA])
  })

  test('say what is known of the debt', async () => {
    await owe(db, [debt({ priority: PRIORITY.withdrawal })])
    expect(await dueDebts(db, { ...query, priority: PRIORITY.withdrawal })).toEqual([
      {
        integrationId: INTEGRATION,
        person: ADA,
        revision: 1,
        failed: 0,
        firstFailedAt: undefined,
        carriesWithdrawal: true,
        refused: {},
        isolation: [],
        window: undefined,
        owedAt: MORNING,
        doubtedAt: 0,
        isBraked: false,
      },
    ])
  })

  test('the next is the earliest of all priorities and all the integrations asked about', async () => {
    await addIntegration(db, { id: 'int_b' })
    await owe(db, [debt({ at: minute(9) }), debt({ person: BOB, priority: PRIORITY.backfill, at: minute(4) })])
    await db.query(`update delivery set due_at = $1 where integration_id = 'int_b' and person = $2`, [minute(2), ADA])
    expect(await nextDueAt(db, [INTEGRATION])).toBe(minute(4))
    expect(await nextDueAt(db, [INTEGRATION, 'int_b'])).toBe(minute(2))
    expect(await nextDueAt(db, ['int_unknown'])).toBeUndefined()
    expect(await nextDueAt(db, [])).toBeUndefined()
  })

  test('a debt due at the very start of time is the next', async () => {
    await owe(db, [debt({ at: 0 }), debt({ person: BOB, at: MORNING })])
    expect(await nextDueAt(db, [INTEGRATION])).toBe(0)
  })

  test('whatever is owed, taking from the front by priority and time takes everything that is due', async () => {
    const someDebts = fc.uniqueArray(
      fc.record({
        person: fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !text.includes('\0')),
        priority: fc.constantFrom(...Object.values(PRIORITY)),
        at: fc.integer({ min: 0, max: 20 }).map(minute),
      }),
      { selector: ({ person }) => person, maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(someDebts, async debts => {
        await db.query('delete from delivery')
        await owe(db, debts.map(debt))
        for (const priority of Object.values(PRIORITY)) {
          const expected = debts.filter(each => each.priority === priority && each.at <= minute(10))
          expect((await due({ priority })).sort()).toEqual(expected.map(({ person }) => person).sort())
        }
        expect(await nextDueAt(db, [INTEGRATION])).toBe(
          debts.length === 0 ? undefined : Math.min(...debts.map(({ at }) => at)),
        )
      }),
      { numRuns: 25 },
    )
  })
})
