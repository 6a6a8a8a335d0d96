import { describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../test/builders.ts'
import { MINUTE, SECOND } from './instant.ts'
import { isTrusted, LONGEST_WAIT, mayBeginAt, NO_TRIES, oneLess, oneMore, type Tries } from './sign-in.ts'

const tries = (count: number): Tries => ({ count, at: MORNING })
const wait = (forAccount: number, fromNetwork: number): number =>
  mayBeginAt({ forAccount: tries(forAccount), fromNetwork: tries(fromNetwork) }, MORNING) - MORNING

describe('a stranger', () => {
  test.each([
    [0, 0, 0],
    [2, 19, 0],
    [3, 3, 1],
    [4, 4, 2],
    [5, 5, 4],
    [6, 6, 8],
    [7, 7, 15],
    [50, 50, 15],
    [5_000, 5_000, 15],
    [Number.MAX_SAFE_INTEGER, 0, 15],
    [0, 20, 1],
    [1, 22, 4],
    [0, 5_000, 15],
    [6, 21, 8],
  ])('after %i tries for the account and %i from the network waits %i s', (forAccount, fromNetwork, seconds) => {
    expect(wait(forAccount, fromNetwork)).toBe(seconds * SECOND)
  })

  test('waits from the last try on, and no longer than the wait', () => {
    const many = { forAccount: tries(9), fromNetwork: tries(0) }
    expect(mayBeginAt(many, MORNING + 5 * SECOND)).toBe(MORNING + LONGEST_WAIT)
    expect(mayBeginAt(many, minute(1))).toBe(minute(1))
  })

  test('is forgotten half an hour after the last try, and not before', () => {
    expect(oneMore(tries(9), minute(30) - 1)).toEqual({ count: 10, at: minute(30) - 1 })
    expect(oneMore(tries(9), minute(30))).toEqual({ count: 1, at: minute(30) })
  })
})

test('a known device is trusted with ten mistakes, and again half an hour after them', () => {
  expect([0, 9, 10, 5_000].map(count => isTrusted(tries(count), minute(1)))).toEqual([true, true, false, false])
  expect(isTrusted(tries(10), MORNING + 30 * MINUTE)).toBe(true)
})

test('a try that was right is taken back', () => {
  expect(oneLess(tries(3))).toEqual(tries(2))
  expect(oneLess(NO_TRIES)).toEqual(NO_TRIES)
})
