/** What the clocks of the machine say, in milliseconds. The monotonic one begins anywhere and is never set. */
export type Clocks = { readonly wall: number; readonly monotonic: number }

/** Below this a clock that was set makes no difference to any wait. */
export const NOTICEABLE = 1_000

type SteadyTime = {
  readonly at: number
  /** The last moment at which the wall clock was believed. */
  readonly anchor: Clocks
  /** By how much the wall clock is ahead, since it was set or the machine slept. It is followed once that was heeded. */
  readonly forward: number
}

/**
 * R31: the time by which the service waits. It is the wall clock's, unless that was set: then it goes on as the
 * monotonic clock does. So it never goes back, and no wait grows by what the wall clock lost, or ends too soon by what
 * that gained.
 */
export function steadyTime(anchor: Clocks, clocks: Clocks): SteadyTime {
  const passed = Math.floor(anchor.wall + Math.max(0, clocks.monotonic - anchor.monotonic))
  const gained = clocks.wall - passed
  if (gained >= 0 && gained < NOTICEABLE) return { at: clocks.wall, anchor: clocks, forward: 0 }
  return { at: passed, anchor, forward: Math.max(0, gained) }
}

/**
 * R31: by how much the wall clock was set back between two processes, as a lower bound: the older one noted
 * its time, and this one has begun before that. Times that it stored are that much too far away.
 */
export const setBackBy = (notedAt: number, startedAt: number): number =>
  notedAt - startedAt >= NOTICEABLE ? notedAt - startedAt : 0
