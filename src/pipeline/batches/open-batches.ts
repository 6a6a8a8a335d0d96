import { type Batch } from '../../domain/batch-life.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Heard } from './batch-calls.ts'

type OpenBatchesDeps = {
  readonly telemetry: Telemetry
  /** There is news for the next turn. */
  readonly onNews: () => void
}

/** The batches of one credential whose end is not on disk yet, the calls under way about them, and their news. */
export class OpenBatches {
  readonly #deps: OpenBatchesDeps
  readonly #batches = new Map<string, Batch>()
  readonly #taken = new Set<string>()
  readonly #calls = new Set<Promise<void>>()
  #news: readonly Heard[] = []

  constructor(deps: OpenBatchesDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#batches.size
  }

  /** What Mailchimp said, for as long as it is not on disk. */
  get news(): readonly Heard[] {
    return this.#news
  }

  /** No call is under way, and what was said before is on disk. */
  get isQuiet(): boolean {
    return this.#calls.size === 0 && this.#news.length === 0
  }

  /** As it is known now, which may be later than `batch`. */
  newest(batch: Batch): Batch {
    return this.#batches.get(batch.id) ?? batch
  }

  keep(batch: Batch): void {
    this.#batches.set(batch.id, batch)
  }

  /** Mailchimp is asked about it, or its end is being recorded: until it is free again nothing else is done about it. */
  take(id: string): void {
    this.#taken.add(id)
  }

  free(id: string): void {
    this.#taken.delete(id)
  }

  isTaken(id: string): boolean {
    return this.#taken.has(id)
  }

  forget(id: string): void {
    this.#batches.delete(id)
    this.#taken.delete(id)
  }

  /** A batch that is taken learns only until when it is waited for; everything else comes with the news about it. */
  learn(batch: Batch): void {
    const known = this.#batches.get(batch.id)
    if (!this.#taken.has(batch.id)) this.#batches.set(batch.id, batch)
    else if (known) this.#batches.set(batch.id, { ...known, deadlineAt: batch.deadlineAt })
  }

  /** Those that something can be done about. */
  untaken(): readonly Batch[] {
    return [...this.#batches.values()].filter(({ id }) => !this.#taken.has(id))
  }

  /** When Mailchimp should be asked next; undefined when nothing is open. */
  nextAt(): number | undefined {
    const times = this.untaken().flatMap(({ pollAt }) => pollAt ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Asks Mailchimp about a batch; what it says becomes news. */
  ask(batch: Batch, call: Promise<Heard>): void {
    const { telemetry, onNews } = this.#deps
    this.take(batch.id)
    const flight = call
      .catch((error: unknown): Heard => {
        telemetry.stepFailed('batch', error)
        return { batch, news: { kind: 'failed' } }
      })
      .then(heard => {
        this.#news = [...this.#news, heard]
        this.#calls.delete(flight)
        onNews()
      })
    this.#calls.add(flight)
  }

  /** This is on disk. */
  heard(heard: Heard): void {
    this.#news = this.#news.filter(other => other !== heard)
  }

  /** Resolves when no call is under way; what they said waits to be heard. */
  async ended(): Promise<void> {
    while (this.#calls.size > 0) await Promise.all(this.#calls)
  }
}
