import { describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../test/builders.ts'
import { MINUTE, SECOND } from './instant.ts'
import { recentTries, waitBeforeTry, type Try } from './sign-in.ts'

const tries = (count: number, email: (n: number) => string = () => 'ada'): Try[] =>
  Array.from({ length: count }, (_, n) => ({ email: email(n), at: MORNING + n * SECOND }))

const at = (now: number, email = 'ada'): Try => ({ email, at: now })

describe('for one address', () => {
  test('nine tries that failed let a tenth through, ten do not', () => {
    expect(waitBeforeTry(tries(9), at(minute(1)))).toBeUndefined()
    expect(waitBeforeTry(tries(10), at(minute(1)))).toBe(9 * MINUTE)
  })

  test('the wait ends when the tenth last is ten minutes old, and not before', () => {
    const failed = tries(12)
    const third = MORNING + 2 * SECOND
    expect(waitBeforeTry(failed, at(third + 10 * MINUTE - 1))).toBe(1)
    expect(waitBeforeTry(failed, at(third + 10 * MINUTE))).toBeUndefined()
  })

  test('another address is not concerned', () => {
    expect(waitBeforeTry(tries(10), at(minute(1), 'bob'))).toBeUndefined()
  })
})

test('fifty tries in all stop every address', () => {
  const spread = (count: number) => tries(count, n => `person ${n}`)
  expect(waitBeforeTry(spread(49), at(minute(1)))).toBeUndefined()
  expect(waitBeforeTry(spread(50), at(minute(1)))).toBe(9 * MINUTE)
})

test('what is ten minutes old counts no more', () => {
  expect(recentTries(tries(3), minute(10))).toEqual(tries(3).slice(1))
})
