import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from './instant.ts'
import { byReason, seriesOf, spanOf, timingOf, type Hours } from './overview.ts'

const NOON = Date.UTC(2024, 4, 2, 12)
const someHours = fc.constantFrom<Hours>(1, 24, 168, 720)

describe('a span', () => {
  test.each([
    [1, 30, 2 * MINUTE],
    [24, 24, HOUR],
    [168, 28, 6 * HOUR],
    [720, 30, DAY],
  ] as const)('of %i hours has %i points', (hours, points, step) => {
    expect(spanOf(hours, NOON)).toMatchObject({ points, to: NOON, step })
  })

  test('begins with a whole step, and its last one is under way', () => {
    expect(spanOf(24, NOON + 17 * MINUTE)).toMatchObject({ from: NOON - 23 * HOUR, to: NOON + 17 * MINUTE })
  })

  test('holds its own end in its last step, whenever it is asked for', () => {
    fc.assert(
      fc.property(someHours, fc.integer({ min: 1e12, max: 3e12 }), (hours, now) => {
        const { from, step, points } = spanOf(hours, now)
        expect(from % step).toBe(0)
        expect(Math.floor((now - from) / step)).toBe(points - 1)
      }),
    )
  })
})

describe('a series', () => {
  const ENDS = { in_step: 0, not_in_audience: 0, unmatched: 0, contact_gone: 0 }
  const NONE = { received: [], delivered: [], skipped: [], failed: [] }

  test('has a point for every step, also where nothing was', () => {
    const span = { from: NOON, to: NOON + 3 * HOUR, step: HOUR, points: 3 }
    const received = [
      { bucket: 0, n: 2 },
      { bucket: 2, n: 1 },
      { bucket: 2, n: 4 },
    ]
    expect(seriesOf(span, { ...NONE, received, failed: [{ bucket: 1, n: 1 }] })).toEqual([
      { at: NOON, received: 2, delivered: 0, skipped: 0, failed: 0, skippedAs: ENDS },
      { at: NOON + HOUR, received: 0, delivered: 0, skipped: 0, failed: 1, skippedAs: ENDS },
      { at: NOON + 2 * HOUR, received: 5, delivered: 0, skipped: 0, failed: 0, skippedAs: ENDS },
    ])
  })

  test('R17, R18: says of what was skipped how it ended, step by step', () => {
    const span = { from: NOON, to: NOON + 2 * HOUR, step: HOUR, points: 2 }
    const skipped = [
      { bucket: 0, reason: 'unchanged', n: 3 },
      { bucket: 0, reason: 'nothing_mapped', n: 2 },
      { bucket: 0, reason: 'unresolvable', n: 1 },
      { bucket: 1, reason: 'no_such_contact', n: 4 },
      { bucket: 1, reason: 'contact_gone', n: 5 },
      { bucket: 1, reason: 'unknown', n: 6 },
    ]
    const series = seriesOf(span, { ...NONE, skipped })
    expect(series.map(({ skipped: all }) => all)).toEqual([6, 15])
    expect(series.map(({ skippedAs }) => skippedAs)).toEqual([
      { in_step: 5, not_in_audience: 0, unmatched: 1, contact_gone: 0 },
      { in_step: 0, not_in_audience: 4, unmatched: 0, contact_gone: 5 },
    ])
  })
})

test('reasons are summed over integrations, the commonest first', () => {
  const counts = [
    { reason: 'unchanged', n: 1 },
    { reason: 'no_such_contact', n: 2 },
    { reason: 'unchanged', n: 3 },
    { reason: 'unresolvable', n: 2 },
  ]
  expect(byReason(counts)).toEqual([
    { reason: 'unchanged', count: 4 },
    { reason: 'no_such_contact', count: 2 },
    { reason: 'unresolvable', count: 2 },
  ])
})

describe('how long it took', () => {
  test.each([
    [[], { count: 0, p50: undefined, p95: undefined }],
    [[7], { count: 1, p50: 7, p95: 7 }],
    [[30, 10, 20], { count: 3, p50: 20, p95: 30 }],
    [Array.from({ length: 100 }, (_, n) => 100 - n), { count: 100, p50: 50, p95: 95 }],
  ])('of %j', (waits, timing) => {
    expect(timingOf(waits)).toEqual(timing)
  })

  test('is a time that was seen, which half of all or more do not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), waits => {
        const { p50 = NaN, p95 = NaN } = timingOf(waits)
        expect(waits).toContain(p50)
        expect(waits.filter(wait => wait <= p50).length).toBeGreaterThanOrEqual(waits.length / 2)
        expect(waits.filter(wait => wait < p50).length).toBeLessThan(waits.length / 2)
        expect(p95).toBeGreaterThanOrEqual(p50)
      }),
    )
  })
})
