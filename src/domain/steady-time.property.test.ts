import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from './instant.ts'
import { setBackBy, steadyTime } from './steady-time.ts'

const steps = fc.array(
  fc.record({
    passed: fc.oneof(fc.double({ min: 0, max: 10 * SECOND, noNaN: true }), fc.integer({ min: 0, max: DAY })),
    set: fc.constantFrom(0, 0, 0, HOUR, -HOUR, 3 * DAY, -3 * DAY, 7, -7),
  }),
  { minLength: 1, maxLength: 40 },
)

/** What is shown after each step, beside what really passed. */
function shown(all: readonly { readonly passed: number; readonly set: number }[]) {
  let [passed, skew] = [0, 0]
  const start = 1_795_500_000_000
  let anchor = { wall: start, monotonic: 0 }
  return all.map(step => {
    passed += step.passed
    skew += step.set
    const wall = Math.floor(start + passed) + skew
    const clocks = { wall, monotonic: passed }
    const time = steadyTime(anchor, clocks)
    // What is set forward is followed after it was seen to.
    anchor = time.forward > 0 ? clocks : time.anchor
    return { at: time.at, passed, wall, forward: time.forward }
  })
}

test('R31: the time of the service never goes back, and is a whole number', () => {
  fc.assert(
    fc.property(steps, all => {
      const times = shown(all).map(({ at }) => at)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(times.every(Number.isInteger)).toBe(true)
    }),
  )
})

test('R31 I22: it runs at least as fast as time passes, so no wait is longer, however the clock is set', () => {
  fc.assert(
    fc.property(steps, all => {
      const times = shown(all)
      times.forEach((from, n) =>
        times.slice(n).forEach(to => {
          expect(to.at - from.at).toBeGreaterThan(to.passed - from.passed - 2)
        }),
      )
    }),
  )
})

test('R22 R31: it runs no faster either, until a step forward is followed', () => {
  fc.assert(
    fc.property(steps, all => {
      const times = shown(all)
      times.slice(1).forEach((to, n) => {
        const from = times[n] ?? to
        const seenTo = from.forward === 0
        if (seenTo) expect(to.at - from.at).toBeLessThan(to.passed - from.passed + SECOND + 2)
      })
    }),
  )
})

test('R31: it is the wall clock’s until that is set, but for what was not followed yet', () => {
  fc.assert(
    fc.property(steps, all => {
      const forward = shown(all.map(step => ({ ...step, set: Math.abs(step.set) })))
      expect(forward.map(each => each.at + each.forward)).toEqual(forward.map(({ wall }) => wall))
    }),
  )
})

test.each([
  ['time went on', 5_000, 9_000, 0],
  ['the two differ by less than a second', 5_000, 4_001, 0],
  ['the clock was set back', 5_000, 4_000, 1_000],
  ['the clock was set back by days', 3 * DAY, 0, 3 * DAY],
] as const)('R31: what the clock lost between two processes: %s', (_, noted, started, lost) => {
  expect(setBackBy(noted, started)).toBe(lost)
})
