import { CHUNK, COUNT_INTERVAL, DEADLINE, isBacklog, MOST_COUNTED, MOST_OPERATIONS } from '../domain/batch.ts'
import { type Operation } from '../mailchimp/batches.ts'
import { countDue } from '../store/batch-debts.ts'
import { type BatchRow } from '../store/batches.ts'
import { type Database } from '../store/database.ts'
import { type Ended } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { type Ready } from './decide-debt.ts'
import { gather } from './gather.ts'

/** A batch and what goes with it. */
export type Full = { readonly batch: BatchRow; readonly operations: readonly Operation[] }

export type GathererDeps = {
  readonly db: Database
  readonly credentialId: string
  readonly now: () => number
  readonly newId: NewId
}

export type Gathering = {
  readonly ready: readonly Ready[]
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  /** Batches whose end is still to come. */
  readonly open: number
}

export type Gathered = { readonly ended: readonly Ended[]; readonly full: Full | undefined }

const NOTHING: Gathered = { ended: [], full: undefined }

/** Puts batches together from a backlog, a part at a time, so that the single lane never waits for long (R28). */
export class Gatherer {
  readonly #deps: GathererDeps
  #partial: Full | undefined
  #countAt = 0

  constructor(deps: GathererDeps) {
    this.#deps = deps
  }

  /** More can be added at once. */
  get isAtWork(): boolean {
    return this.#partial !== undefined
  }

  /** Starts a batch when there is a backlog, and adds to it; gives it once it is full or nothing more is due. */
  async turn({ ready: all, busy, open }: Gathering): Promise<Gathered> {
    const ready = all.filter(({ integration }) => integration.settings.options.bulk === 'batches')
    if (ready.length === 0 || !(this.#partial || (await this.#isBacklog(ready, open)))) return NOTHING
    const { db, now, newId } = this.#deps
    const { batch, operations } = this.#partial ?? { batch: this.#newBatch(), operations: [] }
    const room = Math.min(CHUNK, MOST_OPERATIONS - operations.length)
    const request = { ready, batch, isNew: operations.length === 0, room, busy, now: now(), newId }
    const { ended, isAll, ...added } = await db.transaction(tx => gather(tx, request))
    const together = [...operations, ...added.operations]
    const full = { batch: { ...batch, operations: together.length }, operations: together }
    const isFull = isAll || together.length >= MOST_OPERATIONS
    this.#partial = isFull ? undefined : full
    return { ended, full: isFull && together.length > 0 ? full : undefined }
  }

  /** Gives what is not full yet, and starts nothing before `at`. */
  pause(at: number): Full | undefined {
    const partial = this.#partial
    this.#partial = undefined
    this.#countAt = at
    return partial
  }

  async #isBacklog(ready: readonly Ready[], open: number): Promise<boolean> {
    const { db, now } = this.#deps
    if (now() < this.#countAt) return false
    this.#countAt = now() + COUNT_INTERVAL
    const integrationIds = ready.map(({ integration }) => integration.id)
    return isBacklog({ due: await countDue(db, { integrationIds, now: now(), most: MOST_COUNTED }), open })
  }

  #newBatch(): BatchRow {
    const { credentialId, now, newId } = this.#deps
    return {
      id: newId('bat'),
      credential_id: credentialId,
      mailchimp_id: null,
      state: 'submitting',
      operations: 0,
      finished: 0,
      errored: 0,
      detail: null,
      created_at: now(),
      submitted_at: null,
      poll_at: null,
      deadline_at: now() + DEADLINE,
      ended_at: null,
    }
  }
}
