import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { emptyStore, openStore } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { deleteSetup, isSetup, replaceSetup, takeSetup } from './setup.ts'

describe.each(databases)('the set-up token on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  test('a newer one takes the place of the one before', async () => {
    await replaceSetup(db, { hash: 'first', at: MORNING })
    await replaceSetup(db, { hash: 'second', at: minute(1) })
    expect([await isSetup(db, 'first'), await isSetup(db, 'second')]).toEqual([false, true])
  })

  test('of two that use it at once, one does', async () => {
    await replaceSetup(db, { hash: 'h', at: MORNING })
    expect(await takeSetup(db, 'another')).toBe(false)
    const taken = await Promise.all([1, 2].map(() => db.transaction(tx => takeSetup(tx, 'h'))))
    expect(taken.toSorted()).toEqual([false, true])
    expect(await isSetup(db, 'h')).toBe(false)
  })

  test('is gone when it is deleted', async () => {
    await replaceSetup(db, { hash: 'h', at: MORNING })
    await deleteSetup(db)
    expect(await isSetup(db, 'h')).toBe(false)
  })
})
