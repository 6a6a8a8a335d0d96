import { SECOND } from '../domain/instant.ts'

/** A step that runs once per request, never twice at a time; requests during a run make one more run. */
export type Loop = { request(): void; idle(): Promise<void>; stop(): Promise<void> }

const FAILURE_PAUSE = SECOND

/** A step that throws is told to `onError` and run again after a pause: work never stops because a step failed. */
export function createLoop(step: () => Promise<void>, onError: (error: unknown) => void): Loop {
  let wanted = false
  let running: Promise<void> | undefined
  let pause: NodeJS.Timeout | undefined
  let stopped = false

  async function run(): Promise<void> {
    while (wanted) {
      wanted = false
      try {
        await step()
      } catch (error) {
        onError(error)
        wanted = false
        if (!stopped) pause = setTimeout(request, FAILURE_PAUSE)
        break
      }
    }
    running = undefined
    // A request that came between the last look at `wanted` and here would otherwise be lost.
    if (wanted) request()
  }

  function request(): void {
    clearTimeout(pause)
    wanted = true
    running ??= Promise.resolve().then(run)
  }

  return {
    request,
    idle: async () => {
      while (running) await running
    },
    stop: async () => {
      stopped = true
      clearTimeout(pause)
      while (running) await running
    },
  }
}
