import { describe, expect, test } from 'vitest'
import { pairsOf, shareOf } from './share.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index)

describe('of what a scenario has, npm test', () => {
  test.each([
    [70, 12, 3],
    [12, 70, 4],
    [5, 3, 3],
    [4, 4, 1],
  ])('takes each of %i with some of %i, and the other way round, every %i', (a, b, every) => {
    const pairs = pairsOf(upTo(a), upTo(b), { every })
    expect(new Set(pairs.map(([one]) => one)).size).toBe(a)
    expect(new Set(pairs.map(([, other]) => other)).size).toBe(b)
    expect(pairs.length).toBeLessThanOrEqual(Math.ceil((a * b) / every) + a)
  })

  test('takes the share', () => {
    expect(shareOf(1, 9)).toBe(1)
  })
})
