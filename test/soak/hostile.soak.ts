import { test } from 'vitest'
import { readsAnyBody, readsDamagedBytes } from '../hostile-bodies.ts'
import { driveBodies, startDriven } from '../hostile-requests.ts'
import { soak } from './rounds.ts'

const SHOWN = 20

test('no body makes the reader throw, or a route fail', async context => {
  const requests = await drivesRoutes()
  let sent = requests
  await soak(context, {
    mode: 'hostile',
    unit: 'bodies',
    most: 20_000,
    usual: 1_000_000,
    round({ seed, count }) {
      readsAnyBody({ numRuns: count, seed })
      // Each of them is three bodies: bytes at random, one with damage, and one cut short.
      readsDamagedBytes({ numRuns: count, seed })
      const figures = { damaged: 3 * count, requests: sent }
      sent = 0
      return figures
    },
  })
})

/** Tells which bodies cost most at which routes; gives how many were sent. */
async function drivesRoutes(): Promise<number> {
  await using driven = await startDriven()
  const { faults, costs } = await driveBodies(driven)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const slowest = costs.toSorted((a, b) => b.processorMs - a.processorMs).slice(0, SHOWN)
  for (const { what, bytes, processorMs } of slowest)
    process.stderr.write(`${processorMs.toFixed(0)} ms of processor time for ${bytes} bytes of ${what}\n`)
  return costs.length
}
