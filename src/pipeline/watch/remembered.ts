import { SECOND } from '../../domain/instant.ts'

const FRESH_FOR = 5 * SECOND
/** Of a huge store even counting takes long: at most a fiftieth of the time is spent on it. */
const REST = 50

/** Reads, or repeats what was read a moment ago; whoever asks meanwhile shares the reading. A failure is not kept. */
export function remembered<T>(read: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: Promise<T> | undefined
  let freshUntil = 0
  return () => {
    if (last && now() < freshUntil) return last
    const startedAt = now()
    freshUntil = Infinity
    const reading = read()
    const rest = (): void => {
      freshUntil = now() + Math.max(FRESH_FOR, (now() - startedAt) * REST)
    }
    const forget = (): void => {
      last = undefined
    }
    last = reading
    reading.then(rest, forget)
    return reading
  }
}
