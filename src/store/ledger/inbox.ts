import { type Param, type Sql } from '../engine/database.ts'
import { BYTES, bytesIn, joinBytes, jsonRows } from '../engine/json-rows.ts'

/** A webhook body as it came in. `faults` is what could not be taken from it, as JSON. */
export type Arrival = {
  readonly id: string
  readonly source_id: string
  readonly fingerprint: string
  readonly received_at: number
  readonly raw: Uint8Array
  readonly records: number
  readonly faults: string | null
}

const COLUMNS = {
  id: 'text',
  source_id: 'text',
  fingerprint: 'text',
  received_at: 'bigint',
  records: 'bigint',
  faults: 'text',
  ...BYTES,
} as const

/** Keeps each body once per source and fingerprint; returns the ids of those that are new. I2. */
export async function keepArrivals(tx: Sql, arrivals: readonly Arrival[]): Promise<Set<string>> {
  const { bytes, places } = joinBytes(arrivals.map(({ raw }) => raw))
  const rows = arrivals.map(({ id, source_id, fingerprint, received_at, records, faults }, index) => ({
    id,
    source_id,
    fingerprint,
    received_at,
    records,
    faults,
    ...places[index],
  }))
  const kept = await tx.query<{ id: string }>(
    `insert into inbox (id, source_id, fingerprint, received_at, records, faults, raw)
     select r.id, r.source_id, r.fingerprint, r.received_at, r.records, r.faults, ${bytesIn(tx.dialect, '$2')}
       from ${jsonRows(tx.dialect, '$1', COLUMNS)} where true
     on conflict (source_id, fingerprint) do nothing returning id`,
    [JSON.stringify(rows), bytes],
  )
  return new Set(kept.map(row => row.id))
}

/** Counts bodies that had come before. */
export async function countRepeats(
  tx: Sql,
  repeats: readonly Pick<Arrival, 'source_id' | 'fingerprint'>[],
): Promise<void> {
  const text = 'update inbox set repeats = repeats + 1 where source_id = $1 and fingerprint = $2'
  await Promise.all(repeats.map(({ source_id, fingerprint }) => tx.query(text, [source_id, fingerprint])))
}

export type Quarantined = {
  id: string
  source_id: string
  received_at: number
  faults: string
  /** As much of it as was asked for. */
  raw: Uint8Array
  bytes: number
}

type QuarantineQuery = { readonly before: string; readonly limit: number; readonly mostBytes: number }

// SQLite makes a null of the beginning of nothing.
/** The beginnings of bodies of which something was set apart, newest first, before the id `before`. */
export const listQuarantined = (sql: Sql, { before, limit, mostBytes }: QuarantineQuery) =>
  sql.query<Quarantined>(
    `select id, source_id, received_at, faults, coalesce(substr(raw, 1, $3), raw) as raw, length(raw) as bytes from inbox
      where faults is not null and ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit, mostBytes] satisfies Param[],
  )

/** The body that a fact came in with, as it was received. */
export async function findBody(sql: Sql, id: string): Promise<Uint8Array | undefined> {
  const [row] = await sql.query<{ raw: Uint8Array }>('select raw from inbox where id = $1', [id])
  return row?.raw
}
