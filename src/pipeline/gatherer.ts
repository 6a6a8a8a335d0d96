import { CHUNK, COUNT_INTERVAL, DEADLINE, isBacklog, MOST_COUNTED, MOST_OPERATIONS } from '../domain/batch.ts'
import { MOST_MEMBERS } from '../mailchimp/many.ts'
import { countDue } from '../store/batch-debts.ts'
import { type BatchRow } from '../store/batches.ts'
import { type Database } from '../store/database.ts'
import { type Ended } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { type Assignment } from './assign.ts'
import { type Ready } from './decide-debt.ts'
import { gather } from './gather.ts'

/** How a batch travels: as operations of `/batches`, or as members of one audience in one call. */
export type Way = { readonly by: 'batches' } | { readonly by: 'lists'; readonly audienceId: string }

/** A batch and what goes with it. */
export type Full = { readonly batch: BatchRow; readonly way: Way; readonly assignments: readonly Assignment[] }

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

export type Gathered = {
  readonly ended: readonly Ended[]
  readonly full: Full | undefined
  /** More can be added at once. */
  readonly isPartial: boolean
  /** It was being gathered, and will not be handed in. */
  readonly dropped: Full | undefined
}

const NOTHING: Gathered = { ended: [], full: undefined, isPartial: false, dropped: undefined }

/** Puts batches together from a backlog, a part at a time, so that the single lane never waits for long (R28). */
export class Gatherer {
  readonly #deps: GathererDeps
  #partial: Full | undefined
  #countAt = 0
  #turns = 0

  constructor(deps: GathererDeps) {
    this.#deps = deps
  }

  /** Starts a batch when there is a backlog, and adds to it; gives it once it is full or nothing more is due. */
  async turn({ ready, busy, open }: Gathering): Promise<Gathered> {
    const way = this.#partial?.way ?? (await this.#wayFor(ready, open))
    const own = way ? ready.filter(each => isSame(wayOf(each), way)) : []
    // Whoever it was gathered from was paused or held meanwhile: it must not leave later than it was decided.
    if (!way || own.length === 0) return { ...NOTHING, dropped: this.drop() }
    const { db, now, newId } = this.#deps
    const { batch, assignments } = this.#partial ?? { batch: this.#newBatch(), assignments: [] }
    const most = way.by === 'lists' ? MOST_MEMBERS : MOST_OPERATIONS
    const room = Math.min(CHUNK, most - assignments.length)
    const request = { ready: own, batch, isNew: assignments.length === 0, room, busy, now: now(), newId }
    const { ended, isAll, ...added } = await db.transaction(tx => gather(tx, request))
    const together = [...assignments, ...added.assignments]
    const full = { batch: { ...batch, operations: together.length }, way, assignments: together }
    const isFull = isAll || together.length >= most
    this.#partial = isFull ? undefined : full
    return { ended, full: isFull && together.length > 0 ? full : undefined, isPartial: !isFull, dropped: undefined }
  }

  /** Gives what is not full yet, and starts nothing before `at`. */
  pause(at: number): Full | undefined {
    this.#countAt = at
    return this.drop()
  }

  /** Gives what is not full yet; it is gathered no further. */
  drop(): Full | undefined {
    const partial = this.#partial
    this.#partial = undefined
    return partial && partial.assignments.length > 0 ? partial : undefined
  }

  /** The way that the next batch should go; undefined when there is no backlog, or enough is on its way. */
  async #wayFor(ready: readonly Ready[], open: number): Promise<Way | undefined> {
    const { db, now } = this.#deps
    const ways = ready.flatMap(each => wayOf(each) ?? [])
    if (ways.length === 0 || now() < this.#countAt) return undefined
    this.#countAt = now() + COUNT_INTERVAL
    const integrationIds = ready.map(({ integration }) => integration.id)
    const due = await countDue(db, { integrationIds, now: now(), most: MOST_COUNTED })
    // In turns, so that no audience waits for the backlog of another.
    return isBacklog({ due, open }) ? ways[this.#turns++ % ways.length] : undefined
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

function wayOf({ integration: { settings } }: Ready): Way | undefined {
  const { bulk } = settings.options
  if (bulk === 'off') return undefined
  return bulk === 'lists' ? { by: 'lists', audienceId: settings.audienceId } : { by: 'batches' }
}

const isSame = (a: Way | undefined, b: Way): boolean =>
  a?.by === 'lists' && b.by === 'lists' ? a.audienceId === b.audienceId : a?.by === b.by
