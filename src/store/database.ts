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
   * rejects. Other uses of the database never land between its statements.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
  /** Throws when the store could lose an acknowledged write (synchronous commit off, in recovery, not WAL). */
  assertDurable(): Promise<void>
  close(): Promise<void>
}
