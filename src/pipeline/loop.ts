import { SECOND } from '../domain/instant.ts'

/** A step that runs once per request, never twice at a time; requests during a run make one more run. */
export type Loop = {
  request(): void
  /** A step runs, or is about to. */
  isRunning(): boolean
  /** No step runs, nor is about to. */
  idle(): Promise<void>
  /** The same, and none will run again because one failed. */
  rested(): Promise<void>
  stop(): Promise<void>
}

/** The pause after a failure doubles with each one in a row: a store that stays away is not asked all the time. */
const FAILURE_PAUSE = SECOND
const MOST_DOUBLINGS = 3

type Pause = { readonly over: Promise<void>; end(): void }

function startPause(then: () => void, failures: number): Pause {
  let resolve = (): void => undefined
  const over = new Promise<void>(done => (resolve = done))
  const timer = setTimeout(then, FAILURE_PAUSE * 2 ** Math.min(failures - 1, MOST_DOUBLINGS))
  const end = (): void => {
    clearTimeout(timer)
    resolve()
  }
  return { over, end }
}

/** A loop whose step says whether there is more to do at once. */
export function createSweep(step: () => Promise<boolean>, onError: (error: unknown) => void): Loop {
  const loop = createLoop(async () => {
    if (await step()) loop.request()
  }, onError)
  return loop
}

/** A step that throws is reported to `onError` and run again after a pause: work never stops because a step failed. */
export function createLoop(step: () => Promise<void>, onError: (error: unknown) => void): Loop {
  let wanted = false
  let running: Promise<void> | undefined
  let pause: Pause | undefined
  let stopped = false
  let failures = 0

  async function run(): Promise<void> {
    while (wanted) {
      wanted = false
      try {
        await step()
        failures = 0
      } catch (error) {
        onError(error)
        wanted = false
        failures += 1
        if (!stopped) pause = startPause(request, failures)
        break
      }
    }
    running = undefined
    // A request that came between the last look at `wanted` and here would otherwise be lost.
    if (wanted) request()
  }

  function request(): void {
    pause?.end()
    pause = undefined
    wanted = true
    running ??= Promise.resolve().then(run)
  }

  return {
    request,
    isRunning: () => running !== undefined,
    idle: async () => {
      while (running) await running
    },
    rested: async () => {
      while (running ?? pause) await (running ?? pause?.over)
    },
    stop: async () => {
      stopped = true
      pause?.end()
      pause = undefined
      while (running) await running
    },
  }
}
