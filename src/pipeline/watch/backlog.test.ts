import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshSqlite } from '../../../test/databases.ts'
import { aStore, oweOne } from '../../../test/store-builders.ts'
import { MINUTE, SECOND } from '../../domain/instant.ts'
import { type Database } from '../../store/engine/database.ts'
import { createBacklogReader } from './backlog.ts'

let db: Database
beforeAll(async () => (db = (await freshSqlite('tables')).db))
beforeEach(() => aStore(db))
afterAll(() => db.close())

/** A reader on a clock of its own, and how often it asked the store; each statement takes so long. */
function aReader(took = 0) {
  const seen = { now: 0, statements: 0, isAway: false }
  const query: Database['query'] = (text, params) => {
    seen.statements += 1
    seen.now += took
    return seen.isAway ? Promise.reject(new Error('away')) : db.query(text, params)
  }
  return { seen, read: createBacklogReader({ db: { ...db, query }, clock: () => seen.now }) }
}

const waiting = ({ integrations }: Awaited<ReturnType<ReturnType<typeof createBacklogReader>>>) =>
  integrations[0]?.counts.find(({ status, priority }) => status === 'waiting' && priority === 'live')?.debts

test('the backlog is read again after 5 s, and by all who ask together once', async () => {
  const { seen, read } = aReader()
  const both = await Promise.all([read(), read()])
  expect(both.map(waiting)).toEqual([0, 0])
  const once = seen.statements
  await oweOne(db)
  seen.now += 5 * SECOND - 1
  expect(waiting(await read())).toBe(0)
  expect(seen.statements).toBe(once)
  seen.now += 1
  expect(waiting(await read())).toBe(1)
  expect(seen.statements).toBe(2 * once)
})

test('what takes long is read less often: a fiftieth of the time at most', async () => {
  const { seen, read } = aReader(SECOND)
  await read()
  const took = seen.now
  const once = seen.statements
  expect(took).toBeGreaterThan(3 * SECOND)
  seen.now += 50 * took - 1
  await read()
  expect(seen.statements).toBe(once)
  seen.now += MINUTE
  await read()
  expect(seen.statements).toBe(2 * once)
})

test('a failure is not kept', async () => {
  const { seen, read } = aReader()
  seen.isAway = true
  await expect(read()).rejects.toThrow('away')
  seen.isAway = false
  expect(waiting(await read())).toBe(0)
})
