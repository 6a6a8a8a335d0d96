import fc from 'fast-check'
import { expect, test } from 'vitest'
import { begin, end, newGovernor, room, type Governor } from './governor.ts'
import { SECOND } from './instant.ts'

const START = Date.UTC(2024, 4, 2, 9, 30)
const GHOST = 120 * SECOND

type Step = { readonly pass: number; readonly answer: 'none' | 'plain' | 'throttled' | 'cut' }

const someSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    pass: fc.nat({ max: 40 * SECOND }),
    answer: fc.constantFrom('none', 'none', 'plain', 'throttled', 'cut'),
  }),
  { maxLength: 80 },
)

/** A lane that fills all the room it is given, and Mailchimp, which counts requests that were cut for 120 s more. */
function play(most: number, steps: readonly Step[], look: (governor: Governor, ghosts: number) => void): void {
  let governor = newGovernor(most)
  let now = START
  const running: number[] = []
  let ghosts: number[] = []
  for (const { pass, answer } of steps) {
    now += pass
    const startedAt = answer === 'none' ? undefined : running.shift()
    if (startedAt !== undefined) {
      const mayStillRun = answer === 'cut'
      governor = end(governor, { startedAt, now, throttled: answer === 'throttled', mayStillRun })
      if (mayStillRun) ghosts.push(now + GHOST)
    }
    ghosts = ghosts.filter(until => until > now)
    while (room(governor, now) > 0) {
      governor = begin(governor)
      running.push(now)
      // Checked as each request begins: narrowing cannot call back those under way.
      look(governor, ghosts.length)
    }
  }
}

test('I13, R24: never more in flight than configured, nor than 10 with what Mailchimp still works on, but for the last two', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), someSteps, (most, steps) => {
      play(most, steps, ({ inFlight, limit }, ghosts) => {
        expect(inFlight).toBeLessThanOrEqual(Math.min(most, 10, limit))
        expect(inFlight + ghosts <= 10 || inFlight <= 2).toBe(true)
      })
    }),
    { numRuns: 300 },
  )
})

test('R24: there is always at least one connection to find out that the storm is over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), someSteps, (most, steps) => {
      play(most, steps, governor => {
        expect(governor.limit).toBeGreaterThanOrEqual(1)
        expect(governor.limit).toBeLessThanOrEqual(most)
        expect(governor.inFlight).toBeGreaterThanOrEqual(0)
      })
    }),
    { numRuns: 300 },
  )
})
