import { LOST_LIFETIME, CHUNK, REFUSED_PAUSE, waitBeforeLook } from '../domain/batch.ts'
import { isUnclear } from '../domain/outcome.ts'
import { type Events } from '../events.ts'
import { type BatchProgress } from '../mailchimp/batches.ts'
import { attemptsOf, endBatch, markSubmitted, openBatches, recordProgress, type BatchRow } from '../store/batches.ts'
import { type Ended } from '../store/deliveries.ts'
import { type Integration } from '../store/integrations.ts'
import { cancel, hand, look, results } from './batch-calls.ts'
import { type CallDeps, type News } from './batch-news.ts'
import { concludeBatch, giveUp, unknownEnd, type Over } from './conclude-batch.ts'
import { type Conclusion } from './conclude.ts'
import { type Ready } from './decide-debt.ts'
import { Gatherer, type Full, type Gathered, type GathererDeps } from './gatherer.ts'
import { type Blocked } from './holds.ts'

export type BatchesDeps = CallDeps &
  GathererDeps & {
    readonly dice: () => number
    readonly events: Events
    /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
    readonly windowMs: number
    /** There is news for the next turn, or debts are due that were not. */
    readonly onNews: () => void
  }

export type Turn = {
  readonly integrations: readonly Integration[]
  /** Those that may deliver now. */
  readonly ready: readonly Ready[]
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  /** Mailchimp may be asked; otherwise only what it said before is recorded. */
  readonly mayCall: boolean
}

export type Turned = {
  readonly conclusions: readonly Conclusion[]
  readonly ended: readonly Ended[]
  readonly blocked: Blocked | undefined
  /** There is more to do at once. */
  readonly moved: boolean
}

/** How the operations of a finished batch ended, as far as that is not recorded yet. */
type Recording = { readonly batch: BatchRow; readonly over: readonly Over[] }
type NewsOf<Kind extends News['kind']> = News & { readonly kind: Kind }

type End = {
  readonly state: 'cancelled' | 'lost'
  readonly detail: string
  /** How long it may still be applied, in ms. */
  readonly leeway: number
}

const NOTHING_GATHERED = { ended: [], isPartial: false, dropped: undefined } as const
const NOTHING_RECORDED = { conclusions: [], ended: [] } as const
const GONE = 'Mailchimp does not know it any more'

const countsIn = ({ finished, errored }: BatchProgress) => ({ finished, errored })

/** The batches of one credential (R28): gathers them from a backlog, hands them in, and records their results. */
export class Batches {
  readonly #deps: BatchesDeps
  readonly #gatherer: Gatherer
  readonly #flights = new Set<Promise<void>>()
  /** Batches that Mailchimp is being asked about, or whose answer is not on disk yet. */
  readonly #asked = new Set<string>()
  #open: Map<string, BatchRow> | undefined
  #recording: readonly Recording[] = []
  #news: readonly News[] = []

  constructor(deps: BatchesDeps) {
    this.#deps = deps
    this.#gatherer = new Gatherer(deps)
  }

  /** One step of everything: records some news, asks about what is due, and gathers some more. */
  async turn(turn: Turn): Promise<Turned> {
    const open = (this.#open ??= await this.#reopen())
    const blocked = await this.#hear(turn)
    const recorded = await this.#record(turn)
    const mayCall = turn.mayCall && !blocked
    if (mayCall) this.#look(open)
    const gathered = mayCall ? await this.#gather(turn, open.size) : NOTHING_GATHERED
    await this.#drop(mayCall ? gathered.dropped : this.#gatherer.drop())
    return {
      conclusions: recorded.conclusions,
      ended: [...recorded.ended, ...gathered.ended],
      blocked,
      moved: gathered.isPartial,
    }
  }

  /** When Mailchimp should be asked next; undefined when nothing is open. */
  nextAt(): number | undefined {
    const times = [...(this.#open?.values() ?? [])].flatMap(({ id, poll_at: at }) =>
      at === null || this.#asked.has(id) ? [] : [at],
    )
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** No call is under way, and what was said before is on disk. */
  get isQuiet(): boolean {
    return this.#flights.size === 0 && this.#news.length === 0
  }

  /** Resolves when no call is under way; what they said waits for the next turn. */
  async idle(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  /** What was being gathered has not left, and never will. */
  async stop(): Promise<void> {
    await this.#drop(this.#gatherer.pause(Infinity))
  }

  /** After a start: what was being handed in when the last process ended may be with Mailchimp, or not. */
  async #reopen(): Promise<Map<string, BatchRow>> {
    const { db, credentialId } = this.#deps
    const rows = await openBatches(db, credentialId)
    for (const row of rows)
      if (row.state === 'submitting')
        await this.#end(row, { state: 'lost', detail: 'the service stopped meanwhile', leeway: LOST_LIFETIME })
    return new Map(rows.filter(({ state }) => state === 'submitted').map(row => [row.id, row]))
  }

  async #hear(turn: Turn): Promise<Blocked | undefined> {
    let blocked: Blocked | undefined
    for (const news of this.#news) {
      await this.#take(news, turn)
      this.#news = this.#news.filter(other => other !== news)
      if (news.said.kind === 'blocked') blocked = news.said
    }
    return blocked
  }

  #take(news: News, turn: Turn): Promise<void> {
    this.#asked.delete(news.batch.id)
    switch (news.kind) {
      case 'submission':
        return this.#submitted(news)
      case 'look':
        return this.#seen(news, turn)
      case 'results':
        return this.#read(news)
      case 'cancellation':
        return this.#cancelled(news)
    }
  }

  async #submitted({ batch, said }: NewsOf<'submission'>): Promise<void> {
    const { db, now } = this.#deps
    if (said.kind === 'submitted') {
      const submitted = { mailchimpId: said.batchId, submittedAt: now(), pollAt: now() + waitBeforeLook(0) }
      await markSubmitted(db, { id: batch.id, ...submitted })
      const { mailchimpId: mailchimp_id, submittedAt: submitted_at, pollAt: poll_at } = submitted
      this.#open?.set(batch.id, { ...batch, state: 'submitted', mailchimp_id, submitted_at, poll_at })
      return
    }
    await this.#drop(this.#gatherer.pause(now() + REFUSED_PAUSE))
    const end: Omit<End, 'detail'> = isUnclear(said)
      ? { state: 'lost', leeway: LOST_LIFETIME }
      : { state: 'cancelled', leeway: 0 }
    await this.#end(batch, { ...end, detail: said.detail })
  }

  async #seen({ batch, said }: NewsOf<'look'>, { integrations }: Turn): Promise<void> {
    const { db, now, windowMs } = this.#deps
    if (said.kind === 'gone') return this.#end(batch, { state: 'lost', detail: GONE, leeway: windowMs })
    const counted = said.kind === 'read' ? { ...batch, ...countsIn(said.value) } : batch
    await this.#lookLater(counted)
    const url = said.kind === 'read' && said.value.status === 'finished' ? said.value.resultsUrl : undefined
    if (url !== undefined) {
      const attempts = await attemptsOf(db, batch.id)
      const audiences = new Map(integrations.map(({ id, settings }) => [id, settings.audienceId]))
      const reading = { url, attempts, audienceOf: (id: string) => audiences.get(id) }
      this.#ask(batch, results(this.#deps, counted, reading))
    } else if (now() >= batch.deadline_at) this.#ask(batch, cancel(this.#deps, counted))
  }

  async #read({ batch, said, changed }: NewsOf<'results'>): Promise<void> {
    if (changed > 0) this.#deps.events.statusesChanged({ batchId: batch.id, contacts: changed })
    // An address that has died: the next look gives another one.
    if (said.kind !== 'read') return this.#lookLater(batch)
    const over = (await attemptsOf(this.#deps.db, batch.id)).map(attempt => ({
      attempt,
      end: said.value.get(attempt.id) ?? unknownEnd('it did not go with the others, or its result is missing'),
    }))
    this.#asked.add(batch.id)
    this.#recording = [...this.#recording, { batch, over }]
  }

  async #cancelled({ batch, said }: NewsOf<'cancellation'>): Promise<void> {
    const { windowMs } = this.#deps
    if (said.kind === 'cancelled')
      return this.#end(batch, { state: 'cancelled', detail: 'it did not end in time', leeway: windowMs })
    if (said.kind === 'gone') return this.#end(batch, { state: 'lost', detail: GONE, leeway: windowMs })
    return this.#lookLater(batch)
  }

  async #lookLater(batch: BatchRow): Promise<void> {
    const { db, now } = this.#deps
    const { id, finished, errored } = batch
    const pollAt = now() + waitBeforeLook(now() - (batch.submitted_at ?? now()))
    await recordProgress(db, { id, pollAt, finished, errored })
    this.#open?.set(id, { ...batch, poll_at: pollAt })
  }

  /** Some of the results at a time, so that the single lane never waits for long. */
  async #record({ ready }: Turn): Promise<Pick<Turned, 'conclusions' | 'ended'>> {
    const [recording, ...others] = this.#recording
    if (!recording) return NOTHING_RECORDED
    const { db, now, windowMs, dice, newId, events, onNews } = this.#deps
    const { batch, over } = recording
    const rest = over.slice(CHUNK)
    const recorded = await db.transaction(async tx => {
      const done = await concludeBatch(tx, over.slice(0, CHUNK), { ready, now: now(), windowMs, dice, newId })
      if (rest.length === 0) await endBatch(tx, { id: batch.id, state: 'finished', endedAt: now() })
      return done
    })
    this.#recording = rest.length > 0 ? [{ batch, over: rest }, ...others] : others
    onNews()
    if (rest.length > 0) return recorded
    this.#forget(batch.id)
    events.batchEnded({ batchId: batch.id, state: 'finished', operations: batch.operations, errored: batch.errored })
    return recorded
  }

  #look(open: ReadonlyMap<string, BatchRow>): void {
    const now = this.#deps.now()
    for (const batch of open.values())
      if ((batch.poll_at ?? Infinity) <= now && !this.#asked.has(batch.id)) this.#ask(batch, look(this.#deps, batch))
  }

  /** Nothing of it has left, and nothing will. */
  async #drop(partial: Full | undefined): Promise<void> {
    if (partial) await this.#end(partial.batch, { state: 'cancelled', detail: 'it was not handed in', leeway: 0 })
  }

  async #gather({ ready, busy }: Turn, open: number): Promise<Gathered> {
    const gathered = await this.#gatherer.turn({ ready, busy, open })
    const { full } = gathered
    if (full) {
      this.#open?.set(full.batch.id, full.batch)
      this.#ask(full.batch, hand(this.#deps, full))
    }
    return gathered
  }

  #ask(batch: BatchRow, call: Promise<News>): void {
    const { events, onNews } = this.#deps
    this.#asked.add(batch.id)
    const flight = call
      .then(
        news => void (this.#news = [...this.#news, news]),
        (error: unknown) => {
          this.#asked.delete(batch.id)
          events.stepFailed('batch', error)
        },
      )
      .finally(() => {
        this.#flights.delete(flight)
        onNews()
      })
    this.#flights.add(flight)
  }

  async #end(batch: BatchRow, { state, detail, leeway }: End): Promise<void> {
    const { db, now, windowMs, events, onNews } = this.#deps
    const at = now()
    await db.transaction(tx => giveUp(tx, batch, { state, detail, until: at + leeway, now: at, windowMs }))
    this.#forget(batch.id)
    events.batchEnded({ batchId: batch.id, state, operations: batch.operations, errored: batch.errored })
    onNews()
  }

  #forget(id: string): void {
    this.#open?.delete(id)
    this.#asked.delete(id)
  }
}
