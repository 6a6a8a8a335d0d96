import type { Clock } from './clock.ts'

/** Everything that is still to happen by itself, so that it can be called off in one go. */
export type Timers = Readonly<{
  /** Runs `task` in `ms`, at once when that is nothing; the answer cancels it. */
  later: (ms: number, task: () => void) => () => void
  cancelAll: () => void
}>

export function createTimers(clock: Clock): Timers {
  const waiting = new Set<() => void>()
  return {
    later(ms, task) {
      if (ms <= 0) {
        task()
        return () => undefined
      }
      const cancel = clock.after(ms, () => {
        waiting.delete(cancel)
        task()
      })
      waiting.add(cancel)
      return () => {
        waiting.delete(cancel)
        cancel()
      }
    },
    cancelAll() {
      for (const cancel of waiting) cancel()
      waiting.clear()
    },
  }
}
