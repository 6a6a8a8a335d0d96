import { expect, test } from 'vitest'
import { ALL_KINDS } from '../worlds/kinds.ts'
import { endsRight } from '../worlds/trial.ts'

/** A share of what `npm run soak -- worlds` does at length, of worlds in which something has to be written. */
const SEEDS = [1, 2, 4, 5, 6, 7]

test.each(SEEDS)('I18 I20: in world %i we wrote last what all facts give', async seed => {
  const { checked } = await endsRight({ seed, kinds: ALL_KINDS })
  expect(checked).toBeGreaterThan(0)
})
