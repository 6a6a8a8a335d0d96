/** The only source of time and timers here, so that tests move time instead of waiting for it. */
export type Clock = Readonly<{
  now: () => number
  /** Runs `task` once, `ms` from now; the answer cancels it. */
  after: (ms: number, task: () => void) => () => void
}>

export type ManualClock = Clock &
  Readonly<{
    advance: (ms: number) => void
    set: (time: number) => void
    /** When the next task is due; undefined when none waits. */
    nextAt: () => number | undefined
  }>

export function realClock(): Clock {
  return {
    now: Date.now,
    after(ms, task) {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
  }
}

/** A clock that stands still until `advance` or `set`; due tasks run in order of their time. */
export function manualClock(start: number): ManualClock {
  let now = start
  let tasks: readonly Readonly<{ at: number; task: () => void }>[] = []

  const runUntil = (end: number) => {
    for (;;) {
      const due = tasks.filter(entry => entry.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      tasks = tasks.filter(entry => entry !== due)
      now = Math.max(now, due.at)
      due.task()
    }
    now = end
  }

  return {
    now: () => now,
    after(ms, task) {
      const entry = { at: now + ms, task }
      tasks = [...tasks, entry]
      return () => {
        tasks = tasks.filter(other => other !== entry)
      }
    },
    advance: ms => runUntil(now + ms),
    set: time => runUntil(time),
    nextAt: () => (tasks.length === 0 ? undefined : Math.min(...tasks.map(({ at }) => at))),
  }
}
