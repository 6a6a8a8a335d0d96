import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, addPeople, aStore, BOB, INTEGRATION, openStore, oweOne, SOURCE } from '../../../test/store-builders.ts'
import { PRIORITY } from '../../store/debts/deliveries.ts'
import { dueDebts } from '../../store/debts/due-debts.ts'
import { stillToOwe } from '../../store/settings/to-owe.ts'
import { type Database } from '../../store/engine/database.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { existingIntegration } from '../existing.ts'
import { changeFeed } from './sources.ts'

describe.each(databases)('changing what a source folds on $name', ({ open }) => {
  let db: Database
  let ids = 0
  let told: string[]
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    told = []
    await aStore(db)
    await addPeople(db, [ADA, BOB])
  })
  afterAll(() => db.close())

  const change = () =>
    changeFeed(
      {
        db,
        clock: () => MORNING,
        newId: prefix => `${prefix}_${ids++}`,
        worker: { reload: () => Promise.resolve(void told.push('reload')) },
        owing: { begin: () => Promise.resolve(void told.push('owe')) },
      },
      { id: SOURCE, feed: 'user', actor: 'ada' },
    )

  const read = (): Promise<Integration> => existingIntegration(db, INTEGRATION)

  test('R30: nothing is taken for an integration that was read with the family before', async () => {
    await oweOne(db)
    const before = await read()
    const due = async (integration: Integration) =>
      (await dueDebts(db, { integration, priority: PRIORITY.live, now: minute(1), limit: 9 })).map(
        ({ person }) => person,
      )
    expect(await due(before)).toEqual([ADA])
    expect(await change()).toMatchObject({ id: SOURCE, feed: 'user' })
    expect(await due(before)).toEqual([])
    expect(await due(await read())).toEqual([ADA])
    expect(await read()).toMatchObject({ feed: 'user' })
  })

  test('everyone is to be owed, and lanes know of it first', async () => {
    await change()
    expect(await stillToOwe(db, INTEGRATION)).toEqual({ since: MORNING, owed: 0 })
    expect(told).toEqual(['reload', 'owe'])
  })
})
