import { SECOND } from './domain/instant.ts'

/** What has to be let go of, the last first. */
type Step = { readonly what: string; readonly end: () => Promise<unknown> }

export type StopLimits = {
  /** How long a stop may take before it is asked whether the store still answers, and between two such questions. */
  readonly askMs: number
  /** How long the store has for its answer. */
  readonly answerMs: number
  /** How long it may take in all; requests at Mailchimp may be waited for meanwhile. */
  readonly mostMs: number
}

/** R32: without a store nothing can be recorded, and the process ends within 10 s. */
export const STOP_LIMITS: StopLimits = { askMs: 5 * SECOND, answerMs: 3 * SECOND, mostMs: 90 * SECOND }

/** Why a stop was given up: at which step, and for what. */
export type CutShort = {
  readonly step: string
  readonly reason: 'store_silent' | 'too_long'
  readonly waitedMs: number
}

export type Stopping = {
  /** Is let go of before everything that was added earlier. */
  add(what: string, end: () => Promise<unknown>): void
  /** Is added as the last to be let go of; until then a stop that takes long asks whether it answers. */
  addStore(store: { close(): Promise<void>; isAnswering(): Promise<boolean> }): void
  /** Lets go of everything. Gives where that was given up, if it was; what is left ends with the process. */
  stop(limits: StopLimits): Promise<CutShort | undefined>
}

export function createStopping(): Stopping {
  const steps: Step[] = []
  let present = ''
  let isAnswering = answersAlways

  /** All of them, also those behind one that fails. */
  async function endAll(): Promise<undefined> {
    const failures: unknown[] = []
    for (const { what, end } of steps.splice(0).reverse()) {
      present = what
      await end().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    return undefined
  }

  return {
    add: (what, end) => void steps.push({ what, end }),
    addStore(store) {
      isAnswering = () => store.isAnswering()
      const close = (): Promise<void> => {
        // From here on it is our own no.
        isAnswering = answersAlways
        return store.close()
      }
      steps.push({ what: 'the store', end: close })
    },
    async stop(limits) {
      const impatience = startImpatience(limits, () => isAnswering())
      try {
        const cut = impatience.over.then(({ reason, waitedMs }) => ({ step: present, reason, waitedMs }))
        return await Promise.race([endAll(), cut])
      } finally {
        impatience.end()
      }
    },
  }
}

const answersAlways = (): Promise<boolean> => Promise.resolve(true)

type Over = Pick<CutShort, 'reason' | 'waitedMs'>

/** Is over when the store does not answer any more, or after the longest time. */
function startImpatience({ askMs, answerMs, mostMs }: StopLimits, isAnswering: () => Promise<boolean>) {
  const startedAt = performance.now()
  const timers = new Set<NodeJS.Timeout>()
  let isEnded = false
  const after = (ms: number) =>
    new Promise<void>(resolve => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  const answers = () => Promise.race([isAnswering(), after(answerMs).then(() => false)])

  async function wait(): Promise<Over> {
    for (;;) {
      await after(askMs)
      const isSilent = !(await answers())
      const waitedMs = Math.round(performance.now() - startedAt)
      if (isSilent) return { reason: 'store_silent', waitedMs }
      if (waitedMs >= mostMs) return { reason: 'too_long', waitedMs }
      if (isEnded) return new Promise<never>(() => undefined)
    }
  }

  return {
    over: wait(),
    end(): void {
      isEnded = true
      timers.forEach(clearTimeout)
    },
  }
}
