import { type Database } from '../../store/engine/database.ts'
import { openBatches } from '../../store/debts/batches.ts'
import { type Ended } from '../../store/debts/deliveries.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { look, submit, type Blocking, type CallDeps, type Heard } from './batch-calls.ts'
import { BatchSteps } from './batch-steps.ts'
import { type Full } from './gather.ts'
import { Gatherer, NOTHING_GATHERED, type GathererDeps } from './gatherer.ts'
import { OpenBatches } from './open-batches.ts'
import { Recordings, type Recorded, type RecordingsDeps } from './recordings.ts'
import { sendMany } from './send-many.ts'

type BatchesDeps = Omit<CallDeps, 'stopping'> &
  GathererDeps &
  RecordingsDeps & {
    readonly db: Database
    /** There is news for the next turn, or debts are due that were not. */
    readonly onNews: () => void
  }

/** What a lane lets its batches do in one turn. */
type Turn = {
  readonly integrations: readonly Integration[]
  /** Those that may deliver now. */
  readonly ready: readonly Ready[]
  /** Those that can be decided on, though they may be paused. */
  readonly known: readonly Ready[]
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  /** Mailchimp may be asked; otherwise only what it said before is recorded. */
  readonly mayCall: boolean
  readonly mayGather: boolean
  /** Mailchimp refuses the key, and only a person can mend that. */
  readonly isRefused: boolean
}

/** What came of a turn. */
type Turned = {
  readonly conclusions: readonly Conclusion[]
  readonly ended: readonly Ended[]
  readonly blocking: Blocking | undefined
  /** There is more to do at once. */
  readonly moved: boolean
}

/**
 * The batches of one credential (R28): gathers them from a backlog, hands them in, and records their results.
 * What to do about one of them is decided in `domain/batch-life.ts`.
 */
export class Batches {
  readonly #deps: BatchesDeps
  readonly #gatherer: Gatherer
  readonly #calls: CallDeps
  readonly #open: OpenBatches
  readonly #recordings: Recordings
  readonly #steps: BatchSteps
  readonly #stopping = new AbortController()
  /** The store may know of batches, or something about them, that is not known here. */
  #isUnsure = true

  constructor(deps: BatchesDeps) {
    this.#deps = deps
    this.#gatherer = new Gatherer(deps)
    this.#open = new OpenBatches(deps)
    this.#recordings = new Recordings(deps)
    this.#calls = { ...deps, stopping: this.#stopping.signal }
    const pauseGathering = (until: number): Promise<void> => this.#drop(this.#gatherer.pause(until))
    this.#steps = new BatchSteps({
      ...deps,
      calls: this.#calls,
      open: this.#open,
      recordings: this.#recordings,
      pauseGathering,
    })
  }

  /** Looks again at what the store knows: a commit may have been lost, or a batch been cut short. */
  doubt(): void {
    this.#isUnsure = true
  }

  /** One step of everything: records some news, asks about what is due, and gathers some more. */
  async turn(turn: Turn): Promise<Turned> {
    if (this.#isUnsure) await this.#makeSure(turn)
    const blocking = await this.#hear(turn)
    if (turn.isRefused) await this.#giveUpLate(turn)
    const recorded = await this.#record(turn)
    const mayCall = turn.mayCall && !blocking
    if (mayCall) this.#look()
    const mayGather = mayCall && turn.mayGather
    const gathered = mayGather ? await this.#gather(turn) : NOTHING_GATHERED
    await this.#drop(mayGather ? gathered.dropped : this.#gatherer.drop())
    return {
      conclusions: recorded.conclusions,
      ended: [...recorded.ended, ...gathered.ended],
      blocking,
      moved: gathered.isPartial || !this.#recordings.isEmpty,
    }
  }

  /** When Mailchimp should be asked next; undefined when nothing is open. */
  nextAt(): number | undefined {
    return this.#open.nextAt()
  }

  /** The store knows of nothing that is still open. */
  get isDone(): boolean {
    return !this.#isUnsure && this.#open.size === 0 && this.#recordings.isEmpty
  }

  /** No call is under way, and what was said before is on disk. */
  get isQuiet(): boolean {
    return this.#open.isQuiet
  }

  /** Resolves when no call is under way; what they said waits for the next turn. */
  idle(): Promise<void> {
    return this.#open.ended()
  }

  /** Waits for the calls under way, the shorter ones: downloads break off, and nothing more is read or sent. */
  async drain(): Promise<void> {
    this.#stopping.abort()
    await this.#open.ended()
  }

  /** What was being gathered has not left, and never will. */
  async stop(): Promise<void> {
    await this.#drop(this.#gatherer.pause(Infinity))
    while (!this.#recordings.isEmpty) await this.#recordings.step([])
  }

  /** A batch that was being handed in, by a process that ended or a step that failed, may be with Mailchimp or not. */
  async #makeSure(turn: Turn): Promise<void> {
    const { db, credentialId } = this.#deps
    this.#isUnsure = false
    try {
      // More may be in it than is known here, or less.
      await this.#drop(this.#gatherer.drop())
      for (const batch of await openBatches(db, credentialId)) {
        const isTaken = this.#open.isTaken(batch.id)
        if (isTaken || batch.state === 'submitted') this.#open.learn(batch)
        if (!isTaken) await this.#steps.follow({ batch, news: { kind: 'found' } }, turn)
      }
    } catch (error) {
      this.#isUnsure = true
      throw error
    }
  }

  async #giveUpLate(turn: Turn): Promise<void> {
    for (const batch of this.#open.untaken()) await this.#steps.follow({ batch, news: { kind: 'key_refused' } }, turn)
  }

  async #hear(turn: Turn): Promise<Blocking | undefined> {
    let blocking: Blocking | undefined
    for (const heard of this.#open.news) {
      this.#open.free(heard.batch.id)
      try {
        // It may have been cut short meanwhile.
        await this.#steps.follow({ ...heard, batch: this.#open.newest(heard.batch) }, turn)
      } catch (error) {
        // Until it is on disk nothing else is done about the batch.
        this.#open.take(heard.batch.id)
        throw error
      }
      this.#open.heard(heard)
      blocking = heard.blocking ?? blocking
    }
    return blocking
  }

  async #record({ known }: Turn): Promise<Recorded> {
    const recorded = await this.#recordings.step(known)
    if (recorded.done !== undefined) {
      this.#open.forget(recorded.done)
      this.#deps.onNews()
    }
    return recorded
  }

  #look(): void {
    const now = this.#deps.clock()
    for (const batch of this.#open.untaken())
      if ((batch.pollAt ?? Infinity) <= now) this.#open.ask(batch, look(this.#calls, batch))
  }

  /** Nothing of it has left, and nothing will. */
  async #drop(partial: Full | undefined): Promise<void> {
    if (!partial) return
    const until = this.#deps.clock()
    await this.#steps.giveUp(partial.batch, { state: 'cancelled', detail: 'it was not handed in', until })
  }

  async #gather({ ready, busy }: Turn) {
    const gathered = await this.#gatherer.turn({ ready, busy, open: this.#open.size })
    const { full } = gathered
    if (full) {
      this.#open.keep(full.batch)
      this.#open.ask(full.batch, this.#hand(full))
    }
    return gathered
  }

  /** Hands a batch to Mailchimp the way it has to go. */
  #hand({ batch, way, assignments }: Full): Promise<Heard> {
    return way.by === 'lists'
      ? sendMany(this.#calls, { batch, assignments, audienceId: way.audienceId })
      : submit(this.#calls, batch, assignments)
  }
}
