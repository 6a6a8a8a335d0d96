import { MINUTE } from './instant.ts'

const WINDOW = 10 * MINUTE
const MOST_FOR_ONE_ADDRESS = 10
const MOST_IN_ALL = 50

/** A try to sign in that failed, or that is not decided yet: guesses that are made at once count, too. */
export type Try = { readonly email: string; readonly at: number }

/** Those that still count. */
export const recentTries = (tries: readonly Try[], now: number): Try[] => tries.filter(({ at }) => at > now - WINDOW)

/** How long another try for this address has to wait; undefined when it may be made. */
export function waitBeforeTry(tries: readonly Try[], { email, at: now }: Try): number | undefined {
  const recent = recentTries(tries, now)
  const own = recent.filter(each => each.email === email)
  const waits = [waitFor(own, MOST_FOR_ONE_ADDRESS, now), waitFor(recent, MOST_IN_ALL, now)]
  const longest = Math.max(...waits)
  return longest > 0 ? longest : undefined
}

/** Until fewer than `most` count. */
function waitFor(tries: readonly Try[], most: number, now: number): number {
  const blocking = tries.map(({ at }) => at).toSorted((a, b) => b - a)[most - 1]
  return blocking === undefined ? 0 : blocking + WINDOW - now
}
