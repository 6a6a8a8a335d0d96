import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIds, timeOf } from './ids.ts'

describe('ids', () => {
  test('sort by the time they were made', () => {
    const time = fc.integer({ min: 0, max: 2 ** 50 - 1 })
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(earlier < later)
        expect(createIds(() => earlier)('att') < createIds(() => later)('att')).toBe(true)
      }),
    )
  })

  test('sort in the order in which they were made, whatever the clock does, and after those before', () => {
    const time = fc.integer({ min: 0, max: 2 ** 44 })
    fc.assert(
      fc.property(fc.array(time, { minLength: 2 }), time, (times, after) => {
        let n = 0
        const newId = createIds(() => times[n++] ?? 0, after)
        const ids = [createIds(() => after)('fct'), ...times.map(() => newId('fct'))]
        expect(ids.toSorted()).toEqual(ids)
        expect(timeOf(ids.at(-1) ?? '')).toBe(Math.max(after + 1, ...times))
      }),
    )
  })

  test('go on in the next millisecond when one is full', () => {
    const newId = createIds(() => 5)
    const ids = Array.from({ length: 32 ** 4 + 2 }, () => newId('fct').slice(0, 18))
    expect(ids.slice(-3)).toEqual(['fct_0000000005zzzz', 'fct_00000000060000', 'fct_00000000060001'])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('are all different in the same millisecond', () => {
    const newId = createIds(() => 1_700_000_000_000)
    expect(new Set(Array.from({ length: 20_000 }, () => newId('fct'))).size).toBe(20_000)
  })

  test('are a prefix and 26 letters that nobody takes for another', () => {
    const newId = createIds(Date.now)
    for (let n = 0; n < 200; n++) expect(newId('int')).toMatch(/^int_[0-9a-hjkmnp-tv-z]{26}$/)
  })

  test('the time is in them, and the rest is chance', () => {
    const [one, other] = [createIds(() => 0)('x'), createIds(() => 31)('x')]
    expect(one.slice(0, 12)).toBe('x_0000000000')
    expect(other.slice(0, 12)).toBe('x_000000000z')
    expect(one.slice(12)).not.toBe(other.slice(12))
  })
})
