export type Stats = Readonly<{
  calls: number
  by_kind: Readonly<Record<string, number>>
  max_in_flight: number
  answers_429: number
  writes_applied: number
  batch_operations: number
}>

/** Counters since the start or the last reset. */
export type Counters = {
  calls: number
  byKind: Map<string, number>
  answers429: number
  writesApplied: number
  batchOperations: number
}

export function newCounters(): Counters {
  return { calls: 0, byKind: new Map(), answers429: 0, writesApplied: 0, batchOperations: 0 }
}

export function statsOf(counters: Counters, maxInFlight: number): Stats {
  return {
    calls: counters.calls,
    by_kind: Object.fromEntries([...counters.byKind].toSorted()),
    max_in_flight: maxInFlight,
    answers_429: counters.answers429,
    writes_applied: counters.writesApplied,
    batch_operations: counters.batchOperations,
  }
}
