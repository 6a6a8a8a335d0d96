import { setTimeout as pause } from 'node:timers/promises'
import { type Said } from './feed.ts'
import { EVENTS_A_SECOND } from './scale.ts'

/** An event and when it reaches whoever delivers it, in milliseconds of the epoch. */
type Arrival = { readonly said: Said; readonly at: number }

export const scheduled = (feed: readonly Said[], begunAt: number): readonly Arrival[] =>
  feed.map((said, index) => ({ said, at: begunAt + (index * 1_000) / EVENTS_A_SECOND }))

/** A queue that fills at the pace of the feed and loses nothing. */
type Queue = {
  /** The next event, as soon as it has arrived; undefined at the end. */
  next(): Promise<Said | undefined>
  /** The next events, once there are `size` or the first has waited for `patienceMs`; none at the end. */
  group(size: number, patienceMs: number): Promise<readonly Said[]>
}

export function createQueue(arrivals: readonly Arrival[]): Queue {
  let taken = 0
  const group = async (size: number, patienceMs: number): Promise<readonly Said[]> => {
    const first = arrivals[taken]
    if (!first) return []
    const last = arrivals[Math.min(taken + size, arrivals.length) - 1] ?? first
    await until(Math.min(last.at, first.at + patienceMs))
    const now = Date.now()
    const arrived = arrivals.slice(taken + 1, taken + size).filter(({ at }) => at <= now)
    taken += 1 + arrived.length
    return [first, ...arrived].map(({ said }) => said)
  }
  return { group, next: async () => (await group(1, 0))[0] }
}

async function until(time: number): Promise<void> {
  const wait = time - Date.now()
  if (wait > 0) await pause(Math.ceil(wait))
}
