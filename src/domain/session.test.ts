import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MORNING } from '../../test/builders.ts'
import { DAY, HOUR, MINUTE } from './instant.ts'
import { expiresAt, isLive, isSeenAnew, liveBounds } from './session.ts'

test('a session that nobody uses ends after 12 hours', () => {
  const times = { createdAt: MORNING, seenAt: MORNING + HOUR }
  expect(expiresAt(times)).toBe(MORNING + 13 * HOUR)
  expect(isLive(times, MORNING + 13 * HOUR - 1)).toBe(true)
  expect(isLive(times, MORNING + 13 * HOUR)).toBe(false)
})

test('a session that is used all the time ends after 7 days', () => {
  const seenAt = MORNING + 7 * DAY - MINUTE
  expect(expiresAt({ createdAt: MORNING, seenAt })).toBe(MORNING + 7 * DAY)
})

test('the bounds for the store say the same as the rule', () => {
  const some = fc.integer({ min: 0, max: 10 * DAY })
  fc.assert(
    fc.property(some, some, some, (createdAt, idle, now) => {
      const times = { createdAt, seenAt: createdAt + idle }
      const bounds = liveBounds(now)
      expect(createdAt > bounds.createdAt && times.seenAt > bounds.seenAt).toBe(isLive(times, now))
    }),
  )
})

test('being used is marked once a minute', () => {
  const times = { createdAt: MORNING, seenAt: MORNING }
  expect(isSeenAnew(times, MORNING + MINUTE - 1)).toBe(false)
  expect(isSeenAnew(times, MORNING + MINUTE)).toBe(true)
})
