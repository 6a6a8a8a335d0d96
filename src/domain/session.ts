import { DAY, HOUR, MINUTE } from './instant.ts'

const SESSION_IDLE = 12 * HOUR
export const SESSION_LIFETIME = 7 * DAY
/** How long a browser that signed in is known after it. */
export const DEVICE_LIFETIME = 90 * DAY

/** How long a person who proved to be the one behind a session may do what a stolen session must not. */
const PROVED_FOR = 5 * MINUTE

/** How often a session in use is marked as seen, so that reading a page does not cost a write each time. */
const SEEN_EVERY = MINUTE

export type SessionTimes = { readonly createdAt: number; readonly seenAt: number }

/** A session ends when it was not used for a while, and after a week in any case. */
export const expiresAt = ({ createdAt, seenAt }: SessionTimes): number =>
  Math.min(createdAt + SESSION_LIFETIME, seenAt + SESSION_IDLE)

export const isLive = (times: SessionTimes, now: number): boolean => expiresAt(times) > now

/** Whether the person behind it proved so lately; a clock that was set back makes that no longer. */
export const isProvedLately = (provedAt: number, now: number): boolean => provedAt <= now && now - provedAt < PROVED_FOR

/** Whether its being used now is worth a write. */
export const isSeenAnew = ({ seenAt }: SessionTimes, now: number): boolean => now - seenAt >= SEEN_EVERY

/** The same as `isLive`, as bounds to look for in the store: both times must be above theirs. */
export const liveBounds = (now: number): SessionTimes => ({
  createdAt: now - SESSION_LIFETIME,
  seenAt: now - SESSION_IDLE,
})
