import { HOUR, MINUTE, SECOND } from '../../domain/instant.ts'

/** What a transaction is for; how long it may take depends on it. */
export type Use = 'intake' | 'delivery' | 'usual' | 'long'

type UseLimits = {
  /** For a lock that another transaction holds. */
  readonly lockMs: number
  readonly statementMs: number
  /** Between two statements. */
  readonly idleMs: number
  /** From `begin` to the answer to `commit`. */
  readonly wholeMs: number
}

/**
 * R32: how long PostgreSQL is waited for. The server keeps the first three of a use and says so; the rest is kept on
 * our side, where it also ends what waits for a server that says nothing.
 */
export type StoreLimits = {
  /** For a new connection, or a free one of the pool. */
  readonly connectMs: number
  /** For an answer that the server owes by its own limits. */
  readonly graceMs: number
  /** For uses under way, when the store is closed. */
  readonly closeMs: number
  readonly uses: Readonly<Record<Use, UseLimits>>
}

const USUAL: UseLimits = {
  lockMs: 30 * SECOND,
  statementMs: 30 * SECOND,
  idleMs: 30 * SECOND,
  wholeMs: 2 * MINUTE,
}

export const STORE_LIMITS: StoreLimits = {
  connectMs: 3 * SECOND,
  graceMs: 2 * SECOND,
  closeMs: 5 * SECOND,
  uses: {
    // A sender waits: Didomi is answered within 5 s.
    intake: { lockMs: 2 * SECOND, statementMs: 3 * SECOND, idleMs: 3 * SECOND, wholeMs: 4 * SECOND },
    // Who takes the lease over waits for the transactions of its last owner.
    delivery: { ...USUAL, idleMs: 10 * SECOND },
    usual: USUAL,
    // An index on a large table takes as long as it takes.
    long: { lockMs: 6 * HOUR, statementMs: 6 * HOUR, idleMs: 10 * MINUTE, wholeMs: 12 * HOUR },
  },
}
