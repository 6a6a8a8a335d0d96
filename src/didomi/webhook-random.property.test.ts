import { expect, test } from 'vitest'
import { readsAnyBody, readsDamagedBytes } from '../../test/hostile-bodies.ts'

test('R2: no body makes the reader throw; what it cannot read it quarantines under a field’s path', () => {
  expect(readsAnyBody({ numRuns: 20_000 })).toEqual(['fact', 'ignored', 'quarantined'])
})

test('R2: nor do bytes at random, or a real body with some of its bytes changed or cut', () => {
  readsDamagedBytes({ numRuns: 5_000 })
})
