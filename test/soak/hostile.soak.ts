import { test } from 'vitest'
import { readsAnyBody, readsDamagedBytes } from '../hostile-bodies.ts'
import { soak } from './rounds.ts'

test('no body makes the reader throw', context =>
  soak(context, {
    mode: 'hostile',
    unit: 'bodies',
    most: 20_000,
    usual: 1_000_000,
    round({ seed, count }) {
      readsAnyBody({ numRuns: count, seed })
      // Each of them is three bodies: bytes at random, one with damage, and one cut short.
      readsDamagedBytes({ numRuns: count, seed })
      return { damaged: 3 * count }
    },
  }))
