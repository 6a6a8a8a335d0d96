import { describe, expect, test } from 'vitest'
import { count, counted, duration, fromLocalInput, relativeTime, toLocalInput, utcTime } from './time.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const ago = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString()

describe('a time, seen from now', () => {
  test.each([
    [0, 'just now'],
    [4, 'just now'],
    [5, '5 s ago'],
    [59, '59 s ago'],
    [60, '1 min ago'],
    [3_599, '59 min ago'],
    [3_600, '1 h ago'],
    [86_400, '1 d ago'],
    [14 * 86_400, '14 Nov 2026'],
    [-30, 'in 30 s'],
    [-7_200, 'in 2 h'],
  ])('%d seconds before now is %s', (seconds, text) => {
    expect(relativeTime(ago(seconds), NOW)).toBe(text)
  })

  test('in UTC says so', () => {
    expect(utcTime('2026-11-28T09:05:07Z')).toBe('28 Nov 2026, 09:05:07 UTC')
  })
})

describe('a length of time', () => {
  test.each([
    [0, '0 ms'],
    [820.4, '820 ms'],
    [1_000, '1.0 s'],
    [3_240, '3.2 s'],
    [42_400, '42 s'],
    [60_000, '1 min'],
    [252_000, '4 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('of %d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})

test('numbers are grouped, and counted things agree with their number', () => {
  expect(count(1234567)).toBe('1,234,567')
  expect(counted(1, ['person', 'people'])).toBe('1 person')
  expect(counted(2_000, ['person', 'people'])).toBe('2,000 people')
})

describe('a time in an input', () => {
  test('is the same time to the minute, whatever the time zone', () => {
    expect(toLocalInput('2026-03-05T04:07:59.999Z')).toMatch(/^2026-03-0\dT\d\d:\d\d$/)
    expect(fromLocalInput(toLocalInput('2026-03-05T04:07:59.999Z'))).toBe('2026-03-05T04:07:00.000Z')
  })

  test.each(['', '2026-13-01T00:00', 'soon'])('is none while it is %j', text => {
    expect(fromLocalInput(text)).toBeUndefined()
  })
})
