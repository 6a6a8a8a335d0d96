import { type Use } from './limits.ts'

/** What may be bound to `$1`, `$2`, …; times are integer milliseconds, JSON is text, bytes are bytes. */
export type Param = string | number | null | Uint8Array

export type Row = Record<string, string | number | null | Uint8Array>

/**
 * The one port between our SQL and its two drivers (SQLite and PostgreSQL). SQL is text with numbered
 * parameters (`$1`); integers come back as numbers on both, bytes as `Uint8Array`.
 */
export interface Sql {
  readonly dialect: 'sqlite' | 'postgres'
  query<R extends Row = Row>(text: string, params?: readonly Param[]): Promise<R[]>
}

export interface Database extends Sql {
  /**
   * Runs `work` as one transaction: everything in it is on disk when the promise resolves, nothing of it when it
   * rejects. Other uses of the database never land between its statements. PostgreSQL may undo it for the sake of
   * another one, and it is run again then: `work` changes nothing but the database.
   *
   * Statements may be sent without waiting for one another. They run one at a time in the order in which `query` was
   * called, each sees what those before it wrote, and SQLite takes one trip to its thread for all of them (PostgreSQL
   * one each). When one fails, the transaction fails with the first failure; those behind it may have run, and are
   * rolled back. Wait for all of them (`Promise.all`) before `work` ends.
   *
   * What it is used for says how long it may take (R32). A commit whose answer did not come fails as `doubtful`.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>, use?: Use): Promise<T>
  /** Throws when the store could lose an acknowledged write (synchronous commit off, in recovery, not WAL). */
  assertDurable(): Promise<void>
  /** Throws connections away: one from before an outage may be dead without knowing. Spares long transactions. */
  reconnect(): void
  /** Aborts when this process cannot use the store any more, however long it waits; a new process may. */
  readonly gone?: AbortSignal
  close(): Promise<void>
}
