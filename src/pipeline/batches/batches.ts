import { LOST_LIFETIME, REFUSED_PAUSE, waitBeforeLook } from '../../domain/batch.ts'
import { isUnclear } from '../../domain/outcome.ts'
import { attemptsOf, markSubmitted, openBatches, recordProgress, type BatchRow } from '../../store/debts/batches.ts'
import { cancel, hand, look, results } from './batch-calls.ts'
import { blockingIn, type Blocking, type CallDeps, type News, type NewsOf } from './batch-news.ts'
import { type Turn, type Turned } from './batch-turn.ts'
import { Calls } from './calls.ts'
import { assertPassed } from './conclude-batch.ts'
import { type Full } from './gather.ts'
import { Gatherer, NOTHING_GATHERED, type GathererDeps } from './gatherer.ts'
import { OpenBatches } from './open-batches.ts'
import { unknownEnd, unsentEnd, type OperationEnd } from './operation-end.ts'
import {
  lastHeardOf,
  lostUntil,
  Recordings,
  type GivenUp,
  type Recorded,
  type Recording,
  type RecordingsDeps,
} from './recordings.ts'

export type BatchesDeps = Omit<CallDeps, 'stopping'> &
  GathererDeps &
  RecordingsDeps & {
    /** There is news for the next turn, or debts are due that were not. */
    readonly onNews: () => void
  }

const GONE = 'Mailchimp does not know it any more'

/** The batches of one credential (R28): gathers them from a backlog, hands them in, and records their results. */
export class Batches {
  readonly #deps: BatchesDeps
  readonly #gatherer: Gatherer
  readonly #calls: Calls
  readonly #recordings: Recordings
  readonly #stopping = new AbortController()
  readonly #open = new OpenBatches()
  /** The store may know of batches, or something about them, that is not known here. */
  #isUnsure = true

  constructor(deps: BatchesDeps) {
    this.#deps = deps
    this.#gatherer = new Gatherer(deps)
    this.#calls = new Calls(deps)
    this.#recordings = new Recordings(deps)
  }

  /** Looks again at what the store knows: a commit may have been lost, or a batch been cut short. */
  doubt(): void {
    this.#isUnsure = true
  }

  /** One step of everything: records some news, asks about what is due, and gathers some more. */
  async turn(turn: Turn): Promise<Turned> {
    if (this.#isUnsure) await this.#makeSure()
    const blocking = await this.#hear(turn)
    if (turn.isRefused) await this.#giveUp()
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

  /** Nothing is open any more, as far as the store knows. */
  get isDone(): boolean {
    return !this.#isUnsure && this.#open.size === 0 && this.#recordings.isEmpty
  }

  /** No call is under way, and what was said before is on disk. */
  get isQuiet(): boolean {
    return this.#calls.isQuiet
  }

  /** Resolves when no call is under way; what they said waits for the next turn. */
  idle(): Promise<void> {
    return this.#calls.ended()
  }

  /** Waits for the calls under way, the shorter ones: downloads break off, and nothing more is read or sent. */
  async settle(): Promise<void> {
    this.#stopping.abort()
    await this.#calls.ended()
  }

  /** What was being gathered has not left, and never will. */
  async stop(): Promise<void> {
    await this.#drop(this.#gatherer.pause(Infinity))
    while (!this.#recordings.isEmpty) await this.#recordings.step([])
  }

  /** Whatever was being handed in, by a process that ended or a step that failed, may be with Mailchimp or not. */
  async #makeSure(): Promise<void> {
    const { db, credentialId, now } = this.#deps
    this.#isUnsure = false
    try {
      // More may be in it than is known here, or less.
      await this.#drop(this.#gatherer.drop())
      for (const row of await openBatches(db, credentialId)) {
        if (row.state === 'submitted' || this.#open.isTaken(row.id)) this.#open.learn(row)
        else await this.#end(row, lostUntil('nobody knows whether it was handed in', now() + LOST_LIFETIME))
      }
    } catch (error) {
      this.#isUnsure = true
      throw error
    }
  }

  async #hear(turn: Turn): Promise<Blocking | undefined> {
    let blocking: Blocking | undefined
    for (const news of this.#calls.news) {
      this.#open.free(news.batch.id)
      try {
        await this.#take(news, turn)
      } catch (error) {
        // Until it is on disk nobody else does anything about the batch.
        this.#open.take(news.batch.id)
        throw error
      }
      this.#calls.heard(news)
      blocking = blockingIn(news) ?? blocking
    }
    return blocking
  }

  async #take(news: News, turn: Turn): Promise<void> {
    // It may have been cut short meanwhile.
    const batch = this.#open.newest(news.batch)
    switch (news.kind) {
      case 'submission':
        return this.#submitted(batch, news)
      case 'look':
        return this.#seen(batch, news, turn)
      case 'results':
        return this.#read(batch, news)
      case 'cancellation':
        return this.#cancelled(batch, news)
      case 'failure':
        return this.#failed(batch)
    }
  }

  async #submitted(batch: BatchRow, { said }: NewsOf<'submission'>): Promise<void> {
    const { db, now, events } = this.#deps
    const at = now()
    if (said.kind === 'submitted') {
      const pollAt = this.#isLate(batch) ? at : at + waitBeforeLook(0)
      await markSubmitted(db, { id: batch.id, mailchimpId: said.batchId, submittedAt: at, pollAt })
      const submitted = { mailchimp_id: said.batchId, submitted_at: at, poll_at: pollAt }
      this.#open.keep({ ...batch, state: 'submitted', ...submitted })
      events.batchSubmitted({ batchId: batch.id, operations: batch.operations })
      return
    }
    await this.#drop(this.#gatherer.pause(at + REFUSED_PAUSE))
    if (isUnclear(said)) return this.#end(batch, lostUntil(said.detail, at + LOST_LIFETIME))
    return this.#end(batch, { state: 'cancelled', detail: said.detail, until: at })
  }

  async #seen(batch: BatchRow, { said }: NewsOf<'look'>, turn: Turn): Promise<void> {
    if (said.kind === 'gone') return this.#end(batch, this.#overIn(GONE))
    const { finished, errored } = said.kind === 'read' ? said.value : batch
    const counted = { ...batch, finished, errored }
    await this.#lookLater(counted)
    if (said.kind === 'read' && said.value.status === 'finished')
      return this.#finished(counted, said.value.resultsUrl, turn)
    if (this.#isLate(batch)) this.#ask(batch, cancel(this.#callDeps(), counted))
  }

  /** Whatever is in it was applied by now, so what it has overwritten is asserted at once, readable or not (I15). */
  async #finished(batch: BatchRow, url: string | undefined, { integrations }: Turn): Promise<void> {
    const { db, now, windowMs, onNews } = this.#deps
    const isAny = await db.transaction(tx => assertPassed(tx, batch.id, { now: now(), windowMs }))
    if (isAny) onNews()
    if (url === undefined) return this.#unreadable(batch)
    const audiences = new Map(integrations.map(({ id, settings }) => [id, settings.audienceId]))
    const attempts = await attemptsOf(db, batch.id)
    this.#ask(batch, results(this.#callDeps(), batch, { url, attempts, audienceOf: id => audiences.get(id) }))
  }

  async #read(batch: BatchRow, { said, changed, leftOut = [] }: NewsOf<'results'>): Promise<void> {
    if (changed > 0) this.#deps.events.statusesChanged({ batchId: batch.id, contacts: changed })
    // An address that has died: the next look gives another one.
    if (said.kind !== 'read') return this.#unreadable(batch)
    const left = new Set(leftOut)
    const endOf = (id: string): OperationEnd =>
      left.has(id) ? unsentEnd('it goes by itself') : (said.value.get(id) ?? unknownEnd('its result is missing'))
    await this.#close(batch, { state: 'finished' }, endOf)
  }

  #unreadable(batch: BatchRow): Promise<void> {
    return this.#isLate(batch)
      ? this.#end(batch, lostUntil('its results could not be read in time', this.#deps.now()))
      : this.#lookLater(batch)
  }

  async #cancelled(batch: BatchRow, { said }: NewsOf<'cancellation'>): Promise<void> {
    if (said.kind === 'cancelled')
      return this.#end(batch, { ...this.#overIn('it was not wanted any longer'), state: 'cancelled' })
    if (said.kind === 'gone') return this.#end(batch, this.#overIn(GONE))
    const isOver = this.#deps.now() >= lastHeardOf(batch)
    if (said.kind === 'retry' && !isOver) return this.#lookLater(batch)
    return this.#end(batch, lostUntil('Mailchimp does not let it be cancelled', lastHeardOf(batch)))
  }

  /** A step failed that never should; what it did at Mailchimp nobody knows. */
  #failed(batch: BatchRow): Promise<void> {
    if (batch.state === 'submitted' && !this.#isLate(batch)) return this.#lookLater(batch)
    return this.#end(batch, lostUntil('a step failed', lastHeardOf(batch)))
  }

  /** The key is not accepted any more, so nobody can ask about what is late. */
  async #giveUp(): Promise<void> {
    for (const batch of this.#open.untaken().filter(each => this.#isLate(each)))
      await this.#end(batch, lostUntil('its key is not accepted any more', lastHeardOf(batch)))
  }

  #isLate({ deadline_at: deadline }: BatchRow): boolean {
    return this.#deps.now() >= deadline
  }

  /** What runs of it now is applied within the time that a request may take. */
  #overIn(detail: string) {
    return lostUntil(detail, this.#deps.now() + this.#deps.windowMs)
  }

  async #lookLater(batch: BatchRow): Promise<void> {
    const { db, now } = this.#deps
    const { id, finished, errored } = batch
    const pollAt = now() + waitBeforeLook(now() - (batch.submitted_at ?? now()))
    await recordProgress(db, { id, pollAt, finished, errored })
    this.#open.keep({ ...batch, poll_at: pollAt })
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
    const now = this.#deps.now()
    for (const batch of this.#open.untaken())
      if ((batch.poll_at ?? Infinity) <= now) this.#ask(batch, look(this.#callDeps(), batch))
  }

  /** Nothing of it has left, and nothing will. */
  async #drop(partial: Full | undefined): Promise<void> {
    if (!partial) return
    await this.#end(partial.batch, { state: 'cancelled', detail: 'it was not handed in', until: this.#deps.now() })
  }

  async #gather({ ready, busy }: Turn) {
    const gathered = await this.#gatherer.turn({ ready, busy, open: this.#open.size })
    const { full } = gathered
    if (full) {
      this.#open.keep(full.batch)
      this.#ask(full.batch, hand(this.#callDeps(), full))
    }
    return gathered
  }

  #callDeps(): CallDeps {
    return { ...this.#deps, stopping: this.#stopping.signal }
  }

  #ask(batch: BatchRow, call: Promise<News>): void {
    this.#open.take(batch.id)
    this.#calls.make(batch, call)
  }

  #end(batch: BatchRow, ending: GivenUp): Promise<void> {
    return this.#close(batch, ending, () => unknownEnd(ending.detail))
  }

  /** From here on it is over, and is recorded by and by. */
  async #close(batch: BatchRow, ending: Recording['ending'], endOf: (attemptId: string) => OperationEnd) {
    const over = (await attemptsOf(this.#deps.db, batch.id)).map(attempt => ({ attempt, end: endOf(attempt.id) }))
    this.#open.take(batch.id)
    this.#recordings.add({ batch, over, ending })
  }
}
