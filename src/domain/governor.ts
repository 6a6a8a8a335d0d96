import { MINUTE, SECOND } from './instant.ts'

/** Mailchimp's limit of simultaneous requests for one user; no document may ask for more (R24). */
export const MOST_CONNECTIONS = 10

/** Mailchimp may still be working on a request that we gave up on, and counts it against the limit. */
const GHOST_LIFETIME = 120 * SECOND
/** Until when a request of unknown end may still run there. */
export const ghostEnd = (at: number): number => at + GHOST_LIFETIME

/** However much may still run there, new requests get these, or nothing would ever be found to have ended. */
const NEVER_GHOSTS = 2
const GROWTH_INTERVAL = MINUTE

/** How many requests one credential, or one Mailchimp user, may have in flight right now (R24, I13). Times are milliseconds. */
export type Governor = {
  readonly most: number
  readonly limit: number
  readonly inFlight: number
  /** Until when each request that may still run at Mailchimp counts. */
  readonly ghosts: readonly number[]
  readonly narrowedAt: number
  readonly grownAt: number
  /** After a pause: doubles with each answer, until it is at its most again (R26). */
  readonly starting: boolean
}

export const newGovernor = (most: number): Governor => ({
  most: Math.min(most, MOST_CONNECTIONS),
  limit: Math.min(most, MOST_CONNECTIONS),
  inFlight: 0,
  ghosts: [],
  narrowedAt: 0,
  grownAt: 0,
  starting: false,
})

/** One request, then two, then four: Mailchimp was away, and a rush could send it away again (R26). */
export const slowed = (governor: Governor): Governor => ({ ...governor, limit: 1, starting: true })

/** The same credential with another limit; what is under way goes on. */
export const resized = (governor: Governor, most: number): Governor => {
  const limit = governor.limit === governor.most ? most : Math.min(governor.limit, most)
  return { ...governor, most: Math.min(most, MOST_CONNECTIONS), limit: Math.min(limit, MOST_CONNECTIONS) }
}

/** Another process ended with these requests under way. */
export const haunted = (governor: Governor, ghosts: readonly number[]): Governor => ({
  ...governor,
  ghosts: [...governor.ghosts, ...ghosts],
})

/** Ghosts first take what Mailchimp allows beyond the connections that are configured. */
export function room({ most, limit, inFlight, ghosts }: Governor, now: number): number {
  const beyond = Math.max(0, ghosts.filter(until => until > now).length - (MOST_CONNECTIONS - most))
  return Math.max(0, Math.max(limit - beyond, Math.min(limit, NEVER_GHOSTS)) - inFlight)
}

export const begin = (governor: Governor): Governor => manyBegun(governor, 1)

export const manyBegun = (governor: Governor, requests: number): Governor => ({
  ...governor,
  inFlight: governor.inFlight + requests,
})

/** These never left. */
export const givenBack = (governor: Governor, requests: number): Governor => manyBegun(governor, -requests)

export type End = {
  readonly startedAt: number
  readonly now: number
  readonly throttled: boolean
  readonly mayStillRun: boolean
}

/**
 * Halves on a throttled answer (once for all requests that were under way together), grows by one connection for
 * each quiet minute.
 */
export function end(governor: Governor, { startedAt, now, throttled, mayStillRun }: End): Governor {
  const ghosts = governor.ghosts.filter(until => until > now)
  const next = {
    ...governor,
    inFlight: governor.inFlight - 1,
    ghosts: mayStillRun ? [...ghosts, ghostEnd(now)] : ghosts,
  }
  if (throttled) {
    if (startedAt < governor.narrowedAt) return next
    return {
      ...next,
      limit: Math.max(1, Math.floor(governor.limit / 2)),
      narrowedAt: now,
      grownAt: now,
      starting: false,
    }
  }
  if (governor.starting) {
    const limit = Math.min(governor.most, governor.limit * 2)
    return { ...next, limit, grownAt: now, starting: limit < governor.most }
  }
  if (governor.limit >= governor.most || now - governor.grownAt < GROWTH_INTERVAL) return next
  return { ...next, limit: governor.limit + 1, grownAt: now }
}

/** When room may open by itself, without an answer coming in. */
export function nextRoomAt({ ghosts }: Governor, now: number): number | undefined {
  const taken = ghosts.filter(until => until > now)
  return taken.length === 0 ? undefined : Math.min(...taken)
}
