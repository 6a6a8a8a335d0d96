import { expect, test } from 'vitest'
import { freshSqlite } from '../../../test/databases.ts'
import { storeFailure } from './errors.ts'
import { startThread } from './sqlite-thread.ts'

const failureOf = (promise: Promise<unknown>) => promise.then(() => 'none', storeFailure)

const script = (text: string) => new URL(`data:text/javascript,${encodeURIComponent(text)}`)

test('a thread that is stopped at whatever moment of its start ends, and takes nobody along', async () => {
  for (let round = 0; round < 20; round++) {
    const threads = [startThread(), startThread()]
    // A few turns of the loop more each time.
    for (let turn = 0; turn < round * 20; turn++) await new Promise(setImmediate)
    await Promise.all(threads.map(thread => thread.stop()))
    await expect(threads[0]?.ask({ kind: 'close' })).rejects.toThrow('the database thread has ended')
  }
})

test('a thread that is stopped in the middle of a statement answers it first', async () => {
  const { db, file } = await freshSqlite()
  const thread = startThread()
  await thread.ask({ kind: 'open', file, role: 'reader' })
  const report =
    'with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select max(i) as n from n'
  const asked = thread.ask({ kind: 'run', text: report, params: [], scope: 'alone' })
  await thread.stop()
  expect(await asked).toEqual([{ n: 300_000 }])
  expect(await failureOf(thread.ask({ kind: 'rollback' }))).toBe('unavailable')
  expect(thread.died.aborted).toBe(false)
  await db.close()
})

test.each([
  ['ends by itself', `process.exit(3)`],
  ['throws', `throw new Error('out of luck')`],
])('a thread that %s rejects what was asked and what is asked later as unavailable', async (_, what) => {
  const thread = startThread(
    script(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${what} })`),
  )
  const asked = ['rollback', 'close'] as const
  expect(await Promise.all(asked.map(kind => failureOf(thread.ask({ kind }))))).toEqual(['unavailable', 'unavailable'])
  expect(thread.died.aborted).toBe(true)
  expect(await failureOf(thread.ask({ kind: 'rollback' }))).toBe('unavailable')
  await thread.stop()
})
