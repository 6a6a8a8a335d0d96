import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'
import { waitBeforeRetry, type Tries } from './retry.ts'

const START = Date.UTC(2024, 4, 2)
const EXACTLY = 0.5
const GRANT = { carriesWithdrawal: false, signup: false }
const WITHDRAWAL = { carriesWithdrawal: true, signup: false }
const HIGHEST = 0.999_999

/** The waits of something that never succeeds, as it is tried again and again. */
function waitsOf(kind: Pick<Tries, 'carriesWithdrawal' | 'signup'>, { most = 200, dice = EXACTLY } = {}): number[] {
  const waits: number[] = []
  for (let now = START; waits.length < most;) {
    const wait = waitBeforeRetry({ ...kind, failed: waits.length + 1, firstFailedAt: START }, now, dice)
    if (wait === undefined) return waits
    waits.push(wait)
    now += wait
  }
  return waits
}

const sum = (waits: readonly number[]) => waits.reduce((a, b) => a + b, 0)

describe('R26: the schedule of a grant', () => {
  const waits = waitsOf(GRANT)

  test('is 0, 5 s, 15 s, 45 s, 2 m, 5 m, 15 m, 30 m, 1 h, 2 h, 4 h', () => {
    const minutes = [2, 5, 15, 30, 60, 120, 240].map(count => count * MINUTE)
    expect(waits.slice(0, 11)).toEqual([0, 5 * SECOND, 15 * SECOND, 45 * SECOND, ...minutes])
  })

  test('then every 6 h', () => {
    expect(new Set(waits.slice(11))).toEqual(new Set([6 * HOUR]))
  })

  test.each([0, EXACTLY, HIGHEST])('up to 6.8 days and not much longer, then no more (dice %d)', dice => {
    const lasted = sum(waitsOf(GRANT, { dice }))
    expect(lasted).toBeGreaterThanOrEqual(6.8 * DAY)
    expect(lasted).toBeLessThan(6.8 * DAY + 1.2 * 6 * HOUR)
  })

  test('I9: is bounded in number too', () => {
    expect(waits.length).toBeLessThan(45)
    expect(waitsOf(GRANT, { dice: 0 }).length).toBeLessThan(50)
  })

  test('looks at its age, not at how often it was tried', () => {
    const tries = { ...GRANT, firstFailedAt: START }
    expect(waitBeforeRetry({ ...tries, failed: 1 }, START + 6.8 * DAY, EXACTLY)).toBeUndefined()
    expect(waitBeforeRetry({ ...tries, failed: 900 }, START + 6.8 * DAY - 1, EXACTLY)).toBe(6 * HOUR)
  })
})

describe('R26, I17: a withdrawal never expires', () => {
  const waits = waitsOf(WITHDRAWAL, { most: 2_000 })

  test('it is tried at 0, 5 s, 15 s, 45 s, 2 m, 5 m', () => {
    expect(waits.slice(0, 6)).toEqual([0, 5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE])
  })

  test('then every 15 m for a day', () => {
    const firstHourly = waits.indexOf(HOUR)
    expect(new Set(waits.slice(6, firstHourly))).toEqual(new Set([15 * MINUTE]))
    const eager = sum(waits.slice(0, firstHourly))
    expect(eager).toBeGreaterThanOrEqual(DAY)
    expect(eager).toBeLessThan(DAY + 15 * MINUTE)
  })

  test('then hourly, without end', () => {
    expect(new Set(waits.slice(waits.indexOf(HOUR)))).toEqual(new Set([HOUR]))
    expect(waits).toHaveLength(2_000)
    const years = { ...WITHDRAWAL, failed: 50_000, firstFailedAt: START }
    expect(waitBeforeRetry(years, START + 3_650 * DAY, EXACTLY)).toBe(HOUR)
  })
})

describe('R26: ±20 % jitter', () => {
  test.each([GRANT, WITHDRAWAL])('of every wait: %j', kind => {
    for (let failed = 1; failed <= 14; failed++) {
      const wait = (dice: number) => waitBeforeRetry({ ...kind, failed, firstFailedAt: START }, START, dice) ?? -1
      const plain = wait(EXACTLY)
      expect(wait(0)).toBe(Math.round(plain * 0.8))
      expect(wait(0.999)).toBeGreaterThan(plain * 1.199 - 1)
      expect(wait(HIGHEST)).toBeLessThanOrEqual(plain * 1.2)
      expect(Number.isInteger(wait(0.123))).toBe(true)
    }
  })
})

describe('"signed up to a lot of lists": a throttle of one address for minutes to days', () => {
  const SIGNUP = { carriesWithdrawal: false, signup: true }

  test('R26: waits 5 m, 1 d, 2 d, 7 d, then no more', () => {
    expect(waitsOf(SIGNUP)).toEqual([5 * MINUTE, DAY, 2 * DAY, 7 * DAY])
  })

  test('R26: a grant that had failed otherwise before is not given up within minutes', () => {
    const tries = { ...SIGNUP, failed: 6, firstFailedAt: START }
    expect(waitBeforeRetry(tries, START + 4 * MINUTE, EXACTLY)).toBeGreaterThan(0)
  })

  test('I17: a withdrawal does not expire that way either', () => {
    const waits = waitsOf({ carriesWithdrawal: true, signup: true }, { most: 50 })
    expect(waits).toHaveLength(50)
    expect(Math.max(...waits)).toBe(7 * DAY)
  })
})
