import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, addPeople, aStore, BOB, debt, INTEGRATION, openStore } from '../../../test/store-builders.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { endToOwe, oweEveryone } from '../../store/settings/to-owe.ts'
import { type Database } from '../../store/engine/database.ts'
import { keyedHashOf } from '../../store/settings/erasure-key.ts'
import { createSeal } from '../../store/settings/sealed.ts'
import { askErasure } from './erase.ts'
import { createErasures } from './erasures.ts'

describe.each(databases)('erasing a person on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await addPeople(db, [ADA, BOB])
  })
  afterAll(() => db.close())

  let ids = 0
  /** `before` happens after the first look, when what was asked for is about to be carried out. */
  const erases = async (before: () => Promise<unknown> = () => Promise.resolve()) => {
    const late: Database = {
      ...db,
      transaction: async (work, use) => {
        await before()
        return db.transaction(work, use)
      },
    }
    const deps = {
      clock: () => MORNING,
      newId: (prefix: string) => `${prefix}_${ids++}`,
      onOwed: () => undefined,
      telemetry: { stepFailed: (_: string, error: unknown) => expect.fail(String(error)) },
      keyedHash: await keyedHashOf(db, createSeal(new Uint8Array(32))),
    }
    const asked = { person: ADA, atMailchimp: 'leave', isThorough: false, actor: 'owner' } as const
    return createErasures({ ...deps, db: late }).carryOn(await askErasure({ ...deps, db }, asked))
  }
  const people = async () =>
    (await db.query<{ person: string }>('select person from fact order by person')).map(({ person }) => person)

  test('I17: what withdraws between the two looks is not erased with its person', async () => {
    const withdraws = () => owe(db, [debt({ priority: PRIORITY.withdrawal })])
    expect((await erases(withdraws)).erased).toBeUndefined()
    expect(await people()).toEqual([ADA, BOB])
  })

  test('nobody goes while everyone is being owed, and somebody does after that', async () => {
    expect((await erases(() => oweEveryone(db, { integrationId: INTEGRATION, at: MORNING }))).erased).toBeUndefined()
    await endToOwe(db, INTEGRATION)
    expect(await erases()).toMatchObject({ person: undefined, erased: { facts: 1 }, endedAt: MORNING })
    expect(await people()).toEqual([BOB])
  })
})
