import { type BatchRow } from '../../store/debts/batches.ts'

/** The batches of one credential whose end is not on disk yet, and which of them something is being done about. */
export class OpenBatches {
  readonly #rows = new Map<string, BatchRow>()
  readonly #taken = new Set<string>()

  get size(): number {
    return this.#rows.size
  }

  /** As it is known now, which may be later than `row`. */
  newest(row: BatchRow): BatchRow {
    return this.#rows.get(row.id) ?? row
  }

  keep(row: BatchRow): void {
    this.#rows.set(row.id, row)
  }

  /** Mailchimp is asked about it, or its end is being recorded: until it is free again nobody else does anything. */
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
    this.#rows.delete(id)
    this.#taken.delete(id)
  }

  /** A batch that is taken learns only until when it is waited for; everything else comes with the news about it. */
  learn(row: BatchRow): void {
    const known = this.#rows.get(row.id)
    if (!this.#taken.has(row.id)) this.#rows.set(row.id, row)
    else if (known) this.#rows.set(row.id, { ...known, deadline_at: row.deadline_at })
  }

  /** Those that something can be done about. */
  untaken(): readonly BatchRow[] {
    return [...this.#rows.values()].filter(({ id }) => !this.#taken.has(id))
  }

  /** When Mailchimp should be asked next; undefined when nothing is open. */
  nextAt(): number | undefined {
    const times = this.untaken().flatMap(({ poll_at: at }) => at ?? [])
    return times.length === 0 ? undefined : Math.min(...times)
  }
}
