import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { freshSqlite } from '../../../test/databases.ts'
import { aStore, oweOne, putDebt } from '../../../test/store-builders.ts'
import { SECOND } from '../../domain/instant.ts'
import { type Database } from '../../store/engine/database.ts'
import { allFailures } from '../../store/debts/failure-rows.ts'
import { createIds } from '../../store/engine/ids.ts'
import { createFailures } from './failures.ts'

describe('sweeps', () => {
  let store: Database
  let now = MORNING
  let looks = 0
  /** How long a look takes. */
  let takes = 0
  const slow = (): Database => ({
    ...store,
    query: (text, params) => {
      if (text.includes('failure f')) looks += 1
      if (text.includes('failure f')) now += takes
      return store.query(text, params)
    },
  })
  const failures = () => createFailures({ db: slow(), clock: () => now, newId: createIds(() => now) })

  beforeAll(async () => {
    store = (await freshSqlite('tables')).db
  })
  beforeEach(async () => {
    await aStore(store)
    ;[now, looks, takes] = [MORNING, 0, 0]
  })
  afterAll(() => store.close())

  test('that are asked for during a sweep are one, and see what was there when they were asked for', async () => {
    const { sweep } = failures()
    const first = sweep()
    await oweOne(store)
    await putDebt(store, 'dead', { reason: 'forgotten' })
    await Promise.all([first, sweep(), sweep(), sweep()])
    expect(looks).toBe(2)
    expect(await allFailures(store)).toMatchObject([{ kind: 'dead', cause: 'forgotten', debts: 1 }])
  })

  test('by the clock rest for twenty times as long as the last one took; those for a reader do not', async () => {
    const { tick, sweep } = failures()
    takes = SECOND
    await tick()
    now += 19 * SECOND
    await tick()
    expect(looks).toBe(1)
    now += SECOND
    await tick()
    expect(looks).toBe(2)
    await sweep()
    expect(looks).toBe(3)
  })

  test('that fail are told to whoever asked, and the next one is tried', async () => {
    let isAway = true
    const db: Database = {
      ...store,
      query: (text, params) => (isAway ? Promise.reject(new Error('the store is away')) : store.query(text, params)),
    }
    const { sweep, stop } = createFailures({ db, clock: () => now, newId: createIds(() => now) })
    await expect(sweep()).rejects.toThrow('away')
    isAway = false
    await sweep()
    await stop()
  })
})
