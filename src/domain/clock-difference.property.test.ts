import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  behindSince,
  correctionBy,
  differenceIn,
  ENOUGH_OF_DATABASE,
  spanOf,
  withSpan,
  type Span,
} from './clock-difference.ts'
import { DAY, MINUTE, SECOND } from './instant.ts'

type Answer = { readonly pause: number; readonly trip: number; readonly named: number; readonly lie: number }

const answer = fc.record({
  pause: fc.integer({ min: 2 * SECOND, max: MINUTE }),
  trip: fc.integer({ min: 0, max: 900 }),
  /** How far on its way it was dated. */
  named: fc.double({ min: 0, max: 1, noNaN: true }),
  lie: fc.integer({ min: 10 * SECOND, max: DAY }).map(ms => ms * (ms % 2 === 0 ? 1 : -1)),
})

/** What is heard of a clock that is `ahead` of the monotonic one, where the answers at these places lie. */
function heard(answers: readonly Answer[], ahead: number, liars: readonly number[] = []): readonly Span[] {
  let now = 0
  let spans: readonly Span[] = []
  answers.forEach(({ pause, trip, named, lie }, place) => {
    const askedAt = (now += pause)
    const answeredAt = (now += trip)
    const true_ = askedAt + trip * named + ahead + (liars.includes(place) ? lie : 0)
    const second = Math.floor(true_ / SECOND) * SECOND
    spans = withSpan(spans, spanOf({ askedAt, answeredAt, named: second, precision: SECOND }))
  })
  return spans
}

const ahead = fc.integer({ min: 0, max: 3_000 * DAY })
const lead = fc.integer({ min: -DAY, max: DAY })
const WIDEST = SECOND + 900

describe('R31: what the answers of another clock prove', () => {
  test('the difference is right to within a second and a round trip, and never more than it is', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 3, maxLength: 12 }), ahead, lead, (answers, start, off) => {
        const found = differenceIn(heard(answers, start), start - off)
        expect(Math.abs((found ?? Infinity) - off)).toBeLessThanOrEqual(WIDEST)
        expect(Math.abs(found ?? Infinity)).toBeLessThanOrEqual(Math.abs(off) + 1)
      }),
    )
  })

  test('a clock that is right differs by nothing', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 3, maxLength: 12 }), ahead, (answers, start) => {
        expect(differenceIn(heard(answers, start), start)).toBe(0)
      }),
    )
  })

  test('fewer than half of the answers cannot move it, wherever they are and whatever they name', () => {
    const liars = fc.uniqueArray(fc.nat(8), { maxLength: 4 })
    fc.assert(
      fc.property(fc.array(answer, { minLength: 9, maxLength: 9 }), ahead, liars, (answers, start, wrong) => {
        expect(Math.abs(differenceIn(heard(answers, start, wrong), start) ?? Infinity)).toBeLessThanOrEqual(WIDEST)
      }),
    )
  })

  test('what a cache says again and again proves nothing', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 3, maxLength: 12 }), ahead, (answers, start) => {
        let now = 0
        let spans: readonly Span[] = []
        for (const { pause, trip } of answers) {
          const askedAt = (now += pause)
          spans = withSpan(spans, spanOf({ askedAt, answeredAt: (now += trip), named: start, precision: SECOND }))
        }
        expect(differenceIn(spans, start)).toBeUndefined()
      }),
    )
  })

  test('it is taken back once most of the last answers say otherwise', () => {
    const wrong = Array.from({ length: 9 }, (_, place) => place)
    fc.assert(
      fc.property(fc.array(answer, { minLength: 14, maxLength: 14 }), ahead, (answers, start) => {
        const sameLie = answers.map(each => ({ ...each, lie: DAY }))
        const before = differenceIn(heard(sameLie.slice(0, 9), start, wrong), start)
        expect(before).toBeGreaterThan(DAY - WIDEST - 1)
        expect(differenceIn(heard(sameLie, start, wrong), start)).toBe(0)
      }),
    )
  })

  test.each([0, 1, 2])('%i answers are too few', n => {
    const spans = Array.from({ length: n }, (_, i) => ({ least: DAY, most: DAY + SECOND, answeredAt: i * MINUTE }))
    expect(differenceIn(spans, 0)).toBeUndefined()
  })

  test('one answer of the database is enough, and is right to within its trip', () => {
    fc.assert(
      fc.property(
        fc.nat(5 * SECOND),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ahead,
        lead,
        (trip, place, start, off) => {
          const named = Math.floor(trip * place + start)
          const span = spanOf({ askedAt: 0, answeredAt: trip, named, precision: 1 })
          const found = differenceIn([span], start - off, ENOUGH_OF_DATABASE)
          expect(Math.abs((found ?? Infinity) - off)).toBeLessThanOrEqual(trip + 1)
          expect(differenceIn([span], start, ENOUGH_OF_DATABASE)).toBe(0)
          expect(differenceIn([span], start)).toBeUndefined()
        },
      ),
    )
  })

  test('answers that come together count as one', () => {
    const span = { least: 0, most: SECOND, answeredAt: 0 }
    const first = withSpan([], span)
    expect(withSpan(first, { ...span, answeredAt: 2 * SECOND - 1 })).toBe(first)
    expect(withSpan(first, { ...span, answeredAt: 2 * SECOND })).toHaveLength(2)
  })
})

describe('R10 R31: what a receipt is corrected by', () => {
  test.each([
    ['what Mailchimp says', [2 * DAY, 3 * DAY, DAY], 2 * DAY],
    ['the same of a clock that is ahead', [-2 * DAY, 3 * DAY, DAY], -2 * DAY],
    ['nothing, if Mailchimp says that the clock is right', [0, 3 * DAY, DAY], 0],
    ['what was noted, until Mailchimp is heard', [undefined, undefined, DAY], DAY],
    ['what was noted, if the database shares our clock', [undefined, 0, DAY], DAY],
    ['what was noted, if the database is behind', [undefined, -DAY, DAY], DAY],
    ['what the database says, if that is later', [undefined, 2 * DAY, DAY], 2 * DAY],
    ['what the database says, if nothing was noted', [undefined, 2 * DAY, 0], 2 * DAY],
    ['the same of a clock that is ahead, if nothing was noted', [undefined, -2 * DAY, 29 * SECOND], -2 * DAY],
    ['nothing below 30 s', [30 * SECOND - 1, undefined, 0], 0],
    ['30 s', [30 * SECOND, undefined, 0], 30 * SECOND],
  ] as const)('%s', (_, [mailchimp, database, noted], ms) => {
    expect(correctionBy({ mailchimp, database, noted })).toBe(ms)
  })

  test('at a start: no time before one that was right, no less than the clock was behind, and never ahead', () => {
    fc.assert(
      fc.property(ahead, lead, lead, (at, off, step) => {
        const behind = behindSince({ at, rightAt: at + off }, at + step)
        expect(behind).toBeGreaterThanOrEqual(Math.max(0, off))
        expect(at + step + behind).toBeGreaterThanOrEqual(at + off)
        expect([0, off, off - step]).toContain(behind)
      }),
    )
  })
})
