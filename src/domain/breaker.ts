import { MINUTE, SECOND } from './instant.ts'
import { type Outcome } from './outcome.ts'

/** Failures in a row, or in a minute, that are Mailchimp's trouble and not a contact's (R26). */
const MOST_IN_A_ROW = 10
const FEWEST_REQUESTS = 20
const MOST_SHARE = 0.5
const SLICE = 10 * SECOND
/** Answers in order that show, after a pause, that Mailchimp is back. */
const TRIAL = 5

type Slice = { readonly startsAt: number; readonly total: number; readonly failed: number }

/** How Mailchimp has answered one credential lately (R26). Times are milliseconds. */
export type Breaker = {
  readonly inARow: number
  readonly slices: readonly Slice[]
  /** Answers in order still to be seen after a pause, before failures are forgiven again. */
  readonly trial: number
  /** When it last heard of Mailchimp. */
  readonly at: number
}

export const newBreaker = (now: number): Breaker => ({ inARow: 0, slices: [], trial: 0, at: now })

/** After a pause: the first failure opens it again. */
export const onTrial = (now: number): Breaker => ({ ...newBreaker(now), trial: TRIAL })

/** Mailchimp did not do its part, for any contact. A throttled sign-up is about one address alone. */
export const isTrouble = (outcome: Outcome): boolean =>
  outcome.kind === 'retry' && outcome.cause !== 'signup_throttled' && outcome.cause !== 'interrupted'

/** One more answer. After a quiet minute nothing of before counts: a contact that always fails is no trouble of all. */
export function noted(before: Breaker, outcome: Outcome, now: number): Breaker {
  const breaker = now - before.at > MINUTE ? newBreaker(now) : before
  const failed = isTrouble(outcome)
  const startsAt = now - (now % SLICE)
  const lately = breaker.slices.filter(slice => slice.startsAt > now - MINUTE)
  const current = lately.find(slice => slice.startsAt === startsAt) ?? { startsAt, total: 0, failed: 0 }
  const counted = { startsAt, total: current.total + 1, failed: current.failed + (failed ? 1 : 0) }
  return {
    inARow: failed ? breaker.inARow + 1 : 0,
    slices: [...lately.filter(slice => slice.startsAt !== startsAt), counted],
    trial: failed ? breaker.trial : Math.max(0, breaker.trial - 1),
    at: now,
  }
}

/** R26: delivery pauses. */
export function isTripped({ inARow, slices, trial }: Breaker): boolean {
  if (trial > 0) return inARow > 0
  if (inARow >= MOST_IN_A_ROW) return true
  const total = sum(slices.map(slice => slice.total))
  return total >= FEWEST_REQUESTS && sum(slices.map(slice => slice.failed)) >= total * MOST_SHARE
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
