import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'

/** R26: the wait before each retry; past the end of a list its last wait repeats. */
const GRANT_WAITS = [
  0,
  5 * SECOND,
  15 * SECOND,
  45 * SECOND,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
]
const WITHDRAWAL_WAITS = [0, 5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE]
/** "Signed up to a lot of lists very recently" is a throttle per address that lasts for minutes to days. */
const SIGNUP_WAITS = [5 * MINUTE, DAY, 2 * DAY, 7 * DAY]

/** In days. */
export const GRANT_LIFETIME_DAYS = 6.8
const GRANT_LIFETIME = GRANT_LIFETIME_DAYS * DAY
const WITHDRAWAL_EAGER = DAY
/** Our own load or Mailchimp's edge: the connections are narrowed meanwhile, so the contact waits only a little. */
export const THROTTLE_WAIT = 15 * SECOND

/** I22: the longest that Mailchimp, or what answers in its place, may make a debt wait. */
const MOST_WAIT_ASKED = { withdrawal: 15 * MINUTE, other: HOUR }

export const waitGranted = (waitMs: number, carriesWithdrawal: boolean): number =>
  Math.min(waitMs, carriesWithdrawal ? MOST_WAIT_ASKED.withdrawal : MOST_WAIT_ASKED.other)

export type Tries = {
  /** Failed tries so far, this one included. */
  readonly failed: number
  readonly firstFailedAt: number
  readonly carriesWithdrawal: boolean
  readonly signup: boolean
}

/**
 * R26: how long to wait before the next try, in milliseconds, or undefined when a grant has been tried for 6.8 days.
 * A withdrawal never expires (I17): every 15 minutes for a day, then hourly. `dice` is in [0, 1): ±20 %.
 */
export function waitBeforeRetry(tries: Tries, now: number, dice: number): number | undefined {
  const wait = plainWait(tries, now)
  return wait === undefined ? undefined : Math.round(wait * (0.8 + 0.4 * dice))
}

function plainWait({ failed, firstFailedAt, carriesWithdrawal, signup }: Tries, now: number): number | undefined {
  const age = now - firstFailedAt
  if (carriesWithdrawal && !signup) return age >= WITHDRAWAL_EAGER ? HOUR : nth(WITHDRAWAL_WAITS, failed)
  if (!carriesWithdrawal && age >= GRANT_LIFETIME) return undefined
  return nth(signup ? SIGNUP_WAITS : GRANT_WAITS, failed)
}

const nth = (waits: readonly number[], failed: number): number => waits[Math.min(failed, waits.length) - 1] ?? 0
