import { expect, test } from 'vitest'
import { DAY } from './instant.ts'
import { changedBy, DEFAULT_RETENTION, expiredBefore } from './retention.ts'

const NOW = Date.UTC(2026, 10, 28)

test('each kind expires after its own days, or never', () => {
  const retention = { ...DEFAULT_RETENTION, bodies: 2, audit: null }
  expect(expiredBefore(retention, 'bodies', NOW)).toBe(NOW - 2 * DAY)
  expect(expiredBefore(retention, 'attempts', NOW)).toBe(NOW - 90 * DAY)
  expect(expiredBefore(retention, 'audit', NOW)).toBeUndefined()
})

test('a change leaves what it does not name', () => {
  const change = { attempts: 7, audit: null, bodies: undefined }
  expect(changedBy(DEFAULT_RETENTION, change)).toEqual({
    bodies: 30,
    quarantine: 90,
    anonymous: 90,
    attempts: 7,
    audit: null,
  })
})
