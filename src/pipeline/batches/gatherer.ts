import { CHUNK, COUNT_INTERVAL, DEADLINE, isBacklog, MOST_OPERATIONS } from '../../domain/batch.ts'
import { MOST_MEMBERS } from '../../mailchimp/many.ts'
import { countDue } from '../../store/debts/batch-debts.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { type Database } from '../../store/engine/database.ts'
import { type Ended } from '../../store/debts/deliveries.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { gather, readyToLeave, type Full, type Way } from './gather.ts'

export type GathererDeps = {
  readonly db: Database
  readonly credentialId: string
  readonly clock: () => number
  readonly newId: NewId
  readonly windowMs: number
  /** With more due debts than this there are batches. */
  readonly batchAbove: number
}

type Gathering = {
  readonly ready: readonly Ready[]
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  /** Batches whose end is still to come. */
  readonly open: number
}

type GathererTurn = {
  readonly ended: readonly Ended[]
  readonly full: Full | undefined
  /** More can be added at once. */
  readonly isPartial: boolean
  /** It was being gathered, and will not be handed in. */
  readonly dropped: Full | undefined
}

export const NOTHING_GATHERED: GathererTurn = { ended: [], full: undefined, isPartial: false, dropped: undefined }

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
  async turn({ ready, busy, open }: Gathering): Promise<GathererTurn> {
    if (this.#partial && !isUnchanged(this.#partial, ready)) return { ...NOTHING_GATHERED, dropped: this.drop() }
    const way = this.#partial?.way ?? (await this.#wayFor(ready, open))
    if (!way) return NOTHING_GATHERED
    const { db, clock, newId, windowMs } = this.#deps
    const { batch, assignments } = this.#partial ?? { batch: this.#newBatch(), assignments: [] }
    const most = way.by === 'lists' ? MOST_MEMBERS : MOST_OPERATIONS
    const room = Math.min(CHUNK, most - assignments.length)
    const own = ready.filter(each => isSame(wayOf(each), way))
    const request = { ready: own, batch, isNew: assignments.length === 0, room, busy, now: clock(), newId }
    const { ended, isAll, ...added } = await db.transaction(tx => gather(tx, request))
    const together = { batch, way, assignments: [...assignments, ...added.assignments] }
    const isFull = isAll || together.assignments.length >= most
    const isEmpty = together.assignments.length === 0
    this.#partial = isFull && isEmpty ? undefined : together
    if (!isFull || isEmpty) return { ...NOTHING_GATHERED, ended, isPartial: !isFull }
    const full = await db.transaction(tx => readyToLeave(tx, together, { now: clock(), windowMs }))
    this.#partial = undefined
    return full.assignments.length > 0
      ? { ...NOTHING_GATHERED, ended, full }
      : { ...NOTHING_GATHERED, ended, dropped: full }
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
    const { db, clock, batchAbove } = this.#deps
    const ways = ready.flatMap(each => wayOf(each) ?? [])
    if (ways.length === 0 || clock() < this.#countAt) return undefined
    this.#countAt = clock() + COUNT_INTERVAL
    const integrationIds = ready.map(({ integration }) => integration.id)
    const due = await countDue(db, { integrationIds, now: clock(), most: batchAbove + 1 })
    // In turns, so that no audience waits for the backlog of another.
    return isBacklog({ due, open }, batchAbove) ? ways[this.#turns++ % ways.length] : undefined
  }

  #newBatch(): Batch {
    const { credentialId, clock, newId } = this.#deps
    return {
      id: newId('bat'),
      credentialId,
      mailchimpId: undefined,
      state: 'submitting',
      operations: 0,
      finished: 0,
      errored: 0,
      detail: undefined,
      createdAt: clock(),
      submittedAt: undefined,
      pollAt: undefined,
      deadlineAt: clock() + DEADLINE,
      endedAt: undefined,
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

/** The integrations it was gathered from are unchanged: a batch must not leave by a document that was replaced. */
function isUnchanged({ assignments }: Full, ready: readonly Ready[]): boolean {
  const now = new Map(ready.map(({ integration }) => [integration.id, integration.updatedAt]))
  return assignments.every(({ integration }) => now.get(integration.id) === integration.updatedAt)
}
