import { type Events } from '../../events.ts'
import { type BatchRow } from '../../store/debts/batches.ts'
import { type News } from './batch-news.ts'

export type CallsDeps = {
  readonly events: Events
  /** There is news for the next turn. */
  readonly onNews: () => void
}

/** What Mailchimp is being asked about batches, and the news that this brought, for as long as it is not on disk. */
export class Calls {
  readonly #deps: CallsDeps
  readonly #flights = new Set<Promise<void>>()
  #news: readonly News[] = []

  constructor(deps: CallsDeps) {
    this.#deps = deps
  }

  get news(): readonly News[] {
    return this.#news
  }

  /** This is on disk. */
  heard(news: News): void {
    this.#news = this.#news.filter(other => other !== news)
  }

  /** No call is under way, and what was said before is on disk. */
  get isQuiet(): boolean {
    return this.#flights.size === 0 && this.#news.length === 0
  }

  /** Resolves when no call is under way; what they said waits to be heard. */
  async ended(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights)
  }

  make(batch: BatchRow, call: Promise<News>): void {
    const { events, onNews } = this.#deps
    const flight = call
      .catch((error: unknown): News => {
        events.stepFailed('batch', error)
        return { kind: 'failure', batch }
      })
      .then(news => {
        this.#news = [...this.#news, news]
        this.#flights.delete(flight)
        onNews()
      })
    this.#flights.add(flight)
  }
}
