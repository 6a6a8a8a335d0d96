import { CHUNK } from '../../domain/batch.ts'
import { type Batch, type GivenUp } from '../../domain/batch-life.ts'
import { type Telemetry } from '../../telemetry.ts'
import { endBatch } from '../../store/debts/batches.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type Ended } from '../../store/debts/deliveries.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { concludeBatch, pass, type Over } from './conclude-batch.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { type Ready } from '../delivery/decide-debt.ts'

export type RecordingsDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly dice: () => number
  readonly newId: NewId
  readonly telemetry: Telemetry
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
  readonly windowMs: number
}

type BatchEnding = { readonly state: 'finished' } | GivenUp

/** The part of how a batch ended that is not on disk yet. */
export type Recording = { readonly batch: Batch; readonly over: readonly Over[]; readonly ending: BatchEnding }

export type Recorded = {
  readonly conclusions: readonly Conclusion[]
  readonly ended: readonly Ended[]
  /** The batch that is now recorded whole. */
  readonly done: string | undefined
}

const NOTHING: Recorded = { conclusions: [], ended: [], done: undefined }

/** Records how batches ended, some operations at a time, so that the single lane never waits for long (R28). */
export class Recordings {
  readonly #deps: RecordingsDeps
  #queue: readonly Recording[] = []

  constructor(deps: RecordingsDeps) {
    this.#deps = deps
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  add(recording: Recording): void {
    this.#queue = [...this.#queue, recording]
  }

  /** The next few. What fails is tried again by the next step. */
  async step(known: readonly Ready[]): Promise<Recorded> {
    const [recording, ...others] = this.#queue
    if (!recording) return NOTHING
    const { batch, over, ending } = recording
    const { db, clock, telemetry } = this.#deps
    const rest = over.slice(CHUNK)
    const recorded = await db.transaction(async tx => {
      const done = await this.#conclude(tx, { ...recording, over: over.slice(0, CHUNK) }, known)
      if (rest.length === 0) await endBatch(tx, { id: batch.id, endedAt: clock(), ...ending })
      return done
    })
    this.#queue = rest.length > 0 ? [{ ...recording, over: rest }, ...others] : others
    if (rest.length > 0) return { ...recorded, done: undefined }
    const { operations, errored } = batch
    telemetry.batchEnded({ batchId: batch.id, state: ending.state, operations, errored })
    return { ...recorded, done: batch.id }
  }

  async #conclude(tx: Sql, { over, ending }: Recording, known: readonly Ready[]) {
    const { clock, windowMs, dice, newId } = this.#deps
    const at = clock()
    if (ending.state === 'finished') return concludeBatch(tx, over, { known, now: at, windowMs, dice, newId })
    await pass(tx, { over, now: at, until: Math.max(at, ending.until), windowMs })
    return { conclusions: [], ended: [] }
  }
}
