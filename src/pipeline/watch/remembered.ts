import { SECOND } from '../../domain/instant.ts'

const FRESH_FOR = 5 * SECOND
/** Of a huge store even counting takes long: at most a fiftieth of the time is spent on it. */
const REST = 50

/** Reads, or repeats what was read a moment ago; callers that ask meanwhile share the reading. A failure is not kept. */
export function remembered<T>(read: () => Promise<T>, clock: () => number): () => Promise<T> {
  let last: Promise<T> | undefined
  let freshUntil = 0
  return () => {
    if (last && clock() < freshUntil) return last
    const startedAt = clock()
    freshUntil = Infinity
    const reading = read()
    const rest = (): void => {
      freshUntil = clock() + Math.max(FRESH_FOR, (clock() - startedAt) * REST)
    }
    const forget = (): void => {
      last = undefined
    }
    last = reading
    reading.then(rest, forget)
    return reading
  }
}
