import { expect, test } from 'vitest'
import { startThread } from './sqlite-thread.ts'

test('a thread that is stopped at whatever moment of its start ends, and takes nobody along', async () => {
  for (let round = 0; round < 20; round++) {
    const threads = [startThread(), startThread()]
    // A few turns of the loop more each time.
    for (let turn = 0; turn < round * 20; turn++) await new Promise(setImmediate)
    await Promise.all(threads.map(thread => thread.stop()))
    await expect(threads[0]?.ask({ kind: 'close' })).rejects.toThrow('the database thread has ended')
  }
})
