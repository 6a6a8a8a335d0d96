import { describe, expect, test } from 'vitest'
import { ALL_KINDS, type Kind } from '../worlds/kinds.ts'
import { endsRight } from '../worlds/trial.ts'

/** A share of what `npm run soak -- worlds` does at length, of worlds in which something has to be written. */
const SEEDS = [1, 2, 5, 6, 7]

test.each(SEEDS)('I18 I20: in world %i we wrote last what all facts give', async seed => {
  const { checked } = await endsRight({ seed, kinds: ALL_KINDS })
  expect(checked).toBeGreaterThan(0)
})

const MACHINE = ['commits', 'freezes', 'steps'] as const satisfies readonly Kind[]

describe('I1 I8 I18 I22: on a machine that is sick, everybody ends right and nothing waits', () => {
  test('the process ends between any two statements', async () => {
    const { checked, ended } = await endsRight({ seed: 1, kinds: ['crashes'] })
    expect([checked, ended].every(count => count > 0)).toBe(true)
  })

  test.each(MACHINE)('%s', async kind => {
    const { checked } = await endsRight({ seed: 2, kinds: [kind] })
    expect(checked).toBeGreaterThan(0)
  })
})
