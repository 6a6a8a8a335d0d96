import { describe, expect, test } from 'vitest'
import { isTripped, isTrouble, newBreaker, noted, onTrial, type Breaker } from './breaker.ts'
import { MINUTE, SECOND } from './instant.ts'
import { type Outcome, type RetryCause } from './outcome.ts'

const failed = (cause: RetryCause = 'server_error'): Outcome => ({
  kind: 'retry',
  cause,
  detail: '',
  ambiguous: false,
  throttled: false,
  waitMs: undefined,
})
const fine: Outcome = { kind: 'delivered', accepted: {}, dropped: [] }

/** So many answers of one kind, a second apart. */
function after(breaker: Breaker, outcomes: readonly Outcome[], apart = SECOND): Breaker {
  return outcomes.reduce((before, outcome) => noted(before, outcome, before.at + apart), breaker)
}
const times = (n: number, outcome: Outcome): Outcome[] => Array.from({ length: n }, () => outcome)

describe('R26: the circuit breaker of a credential', () => {
  test('opens after ten failures in a row, not after nine', () => {
    expect(isTripped(after(newBreaker(0), times(9, failed())))).toBe(false)
    expect(isTripped(after(newBreaker(0), times(10, failed())))).toBe(true)
    expect(isTripped(after(newBreaker(0), [...times(9, failed()), fine, ...times(9, failed())]))).toBe(false)
  })

  test('opens when half of at least twenty answers of a minute are failures', () => {
    const alternating = times(20, fine).map((outcome, n) => (n % 2 === 0 ? failed() : outcome))
    expect(isTripped(after(newBreaker(0), alternating))).toBe(true)
    expect(isTripped(after(newBreaker(0), alternating.slice(0, 19)))).toBe(false)
    expect(isTripped(after(newBreaker(0), [...times(2, fine), ...alternating]))).toBe(false)
  })

  test('forgets after a quiet minute: one contact that always fails is not Mailchimp’s trouble', () => {
    expect(isTripped(after(newBreaker(0), times(50, failed()), MINUTE + 1))).toBe(false)
  })

  test('counts what is no contact’s fault, and nothing else', () => {
    const causes: readonly RetryCause[] = ['throttled', 'server_error', 'timed_out', 'connection_failed']
    for (const cause of causes) expect(isTrouble(failed(cause))).toBe(true)
    expect(isTrouble(failed('signup_throttled'))).toBe(false)
    expect(isTrouble(fine)).toBe(false)
    expect(isTrouble({ kind: 'rejected', cause: 'forgotten', detail: '', fields: [] })).toBe(false)
    expect(isTrouble({ kind: 'skipped', because: 'no_such_contact' })).toBe(false)
  })

  test('opens at the first failure while Mailchimp has yet to show that it is back, which takes five answers', () => {
    expect(isTripped(onTrial(0))).toBe(false)
    expect(isTripped(after(onTrial(0), [fine, fine, failed()]))).toBe(true)
    expect(after(onTrial(0), times(5, fine)).trial).toBe(0)
    expect(isTripped(after(onTrial(0), [...times(5, fine), failed()]))).toBe(false)
  })
})
