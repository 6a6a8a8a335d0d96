import { SECOND } from '../../domain/instant.ts'

const MIB = 1024 * 1024

/** What a connection may take of us, in milliseconds, bytes and connections. A test has smaller ones. */
export type EdgeLimits = {
  /** Until the headers of a request are here, from the first moment of its connection. */
  readonly headersMs: number
  /** Until a whole request is here. */
  readonly requestMs: number
  /** How often these two are looked at. */
  readonly everyMs: number
  /** Until the next request of a connection that is kept. */
  readonly keptMs: number
  /** Of all connections. A new one takes the place of the one that has waited longest for a request. */
  readonly connections: number
  /** What is still read of a request that was answered before it was here. */
  readonly drainMs: number
  readonly drainBytes: number
  /** How long a client may read nothing of its answer, and how much all clients together may leave unread. */
  readonly unreadMs: number
  readonly unreadBytes: number
  /** Until a stop ends what is still connected. */
  readonly stopMs: number
}

export const EDGE_LIMITS: EdgeLimits = {
  headersMs: 10 * SECOND,
  requestMs: 30 * SECOND,
  everyMs: SECOND,
  keptMs: 65 * SECOND,
  connections: 2_000,
  drainMs: 5 * SECOND,
  drainBytes: 8 * MIB,
  unreadMs: 30 * SECOND,
  unreadBytes: 64 * MIB,
  stopMs: 10 * SECOND,
}
