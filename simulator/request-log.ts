import { type Json, parseJson } from './json.ts'

/** One request while it runs; `finished` entries only change when a late write is applied. */
export type LogEntry = {
  readonly n: number
  readonly kind: string
  readonly account: string | undefined
  readonly method: string
  readonly path: string
  readonly arrivedAt: number
  body: string
  status: number | null
  answeredAt: number | null
  appliedAt: number | null
  fault: string | null
}

/** The outside shape of a logged request; times in milliseconds of the epoch. */
export type LoggedRequest = Readonly<{
  n: number
  method: string
  path: string
  body: Json
  status: number | null
  arrived_at: number
  answered_at: number | null
  applied_at: number | null
  kind: string
  fault: string | null
}>

export type RequestLog = Readonly<{
  open: (start: Pick<LogEntry, 'kind' | 'account' | 'method' | 'path' | 'arrivedAt'>) => LogEntry
  entries: () => readonly LogEntry[]
  clear: () => void
}>

/** Keeps the newest `limit` requests or a few more; bodies stay text until somebody reads them. */
export function createRequestLog(limit: number): RequestLog {
  let entries: LogEntry[] = []
  let count = 0
  return {
    open(start) {
      count += 1
      const entry = { ...start, n: count, body: '', status: null, answeredAt: null, appliedAt: null, fault: null }
      entries.push(entry)
      if (entries.length > limit * 1.1) entries = entries.slice(-limit)
      return entry
    },
    entries: () => entries,
    clear() {
      entries = []
      count = 0
    },
  }
}

export function loggedRequest(entry: LogEntry): LoggedRequest {
  return {
    n: entry.n,
    method: entry.method,
    path: entry.path,
    body: entry.body === '' ? null : (parseJson(entry.body) ?? null),
    status: entry.status,
    arrived_at: entry.arrivedAt,
    answered_at: entry.answeredAt,
    applied_at: entry.appliedAt,
    kind: entry.kind,
    fault: entry.fault,
  }
}
