import { describe, expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { listedProblems } from './listed-problems.ts'
import { type FieldProblem } from './problem.ts'

const problem = (path: string): FieldProblem => ({
  path,
  code: 'unknown_key',
  detail: `${path} is none.`,
  remedy: 'Go.',
})
const many = (count: number, path = (n: number) => `a${n}`) => Array.from({ length: count }, (_, n) => problem(path(n)))

const most = LIMITS.listedProblems

describe('the problems that an answer lists', () => {
  test.each([0, 1, most - 1, most])('are all %d of them', count => {
    expect(listedProblems(many(count))).toEqual(many(count))
  })

  test.each([
    [most + 1, 'And 2 more problems.'],
    [250_000, 'And 249,901 more problems.'],
  ])('of %d are the first ones, and a count of those that are left out', (count, detail) => {
    const listed = listedProblems(many(count))
    expect(listed).toHaveLength(most)
    expect(listed.slice(0, -1)).toEqual(many(most - 1))
    expect(listed.at(-1)).toMatchObject({ path: '', code: 'more_problems', detail })
  })

  test.each(['x', 'é', '€', '\0', '"', '\ud83d'])(
    'take a bounded number of bytes, whatever their texts hold: %j',
    unit => {
      for (const length of [50, 5_000, 50_000]) {
        const listed = listedProblems(many(most, n => unit.repeat(length) + n))
        expect(Buffer.byteLength(JSON.stringify(listed))).toBeLessThan(LIMITS.listedProblemBytes + 1_000)
        expect(listed.length).toBeGreaterThan(1)
        const last = listed.at(-1)
        if (listed.length < most) expect(last?.detail).toBe(`And ${most - listed.length + 1} more problems.`)
      }
    },
  )

  test('say how long a text was cut', () => {
    const [listed] = listedProblems([problem('k'.repeat(LIMITS.problemText + 1))])
    expect(listed?.path).toBe(`${'k'.repeat(LIMITS.problemText)}…`)
  })
})
