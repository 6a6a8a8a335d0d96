import { type App } from '../src/app.ts'
import { createMortality, type Life } from './mortal-store.ts'
import { type Patience } from './patient.ts'

type Birth = { readonly around: Life['around']; readonly limits: Patience }

type Machine = {
  readonly limits: Patience
  readonly now: () => number
  readonly begin: (birth: Birth) => Promise<App>
}

// A lane that finds a merge field made anew has everyone owed, which wakes lanes. So does an erasure that ends.
/** Resolves when a service has done all that needs no time. */
export async function atRest({ ingest, worker, owing, erasures }: App): Promise<void> {
  await ingest.idle()
  await worker.idle()
  await owing.idle()
  erasures.request()
  await erasures.idle()
  await worker.idle()
}

/** One process of the service after another, on one store: each that ends without a word is followed by a new one. */
export async function startProcesses({ limits, now, begin }: Machine) {
  const mortality = createMortality()
  const ends: number[] = []
  let present = await born()

  async function born() {
    const life = mortality.live()
    const stop = { ...limits.stop }
    const app = await begin({ around: life.around, limits: { ...limits, stop } })
    life.isUp()
    return { life, stop, app }
  }

  /** Its requests at Mailchimp go their way there. */
  async function revives(): Promise<void> {
    const { life, stop, app } = present
    ends.push(now())
    // Its port is given back at once; what else it waits for never comes.
    Object.assign(stop, { askMs: 1, answerMs: 1, mostMs: 1 })
    await app.stop()
    await app.lease.release()
    await life.letsGo()
    present = await born()
  }

  return {
    app: () => present.app,
    life: () => present.life,
    ends: () => ends,
    failsAt: mortality.arms,
    intakes: mortality.intakes,
    revives,

    /** The service stops, or ends meanwhile, and starts again. */
    async restarts(stopped: Promise<unknown>): Promise<void> {
      const { signal, ended } = present.life
      await Promise.race([stopped, ended])
      if (signal.aborted) await revives()
      else present = await born()
    },

    /** Does it with one process after another, until one lives to its end. */
    async outliving<T>(work: (life: Life) => Promise<T>): Promise<T> {
      for (;;) {
        const { life } = present
        const done = await Promise.race([work(life).then(value => ({ value })), life.ended]).catch((error: unknown) => {
          if (!life.signal.aborted) throw error
        })
        if (!life.signal.aborted && done) return done.value
        await revives()
      }
    },
  }
}
