import { type Param, type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { BYTES, bytesIn, joinBytes, jsonRows } from '../engine/json-rows.ts'

/**
 * What could not be taken from a body, and why; `partial` when the rest of its record was read, `contentEncoding` when
 * the body is kept as it was sent, in that encoding.
 */
export type Fault = {
  readonly path: string
  readonly why: string
  readonly partial?: true
  readonly contentEncoding?: string
}

const FAULTS = jsonColumn<readonly Fault[]>()

/** A body without faults has null in the column: that is how the quarantine passes it over. */
export const faultsText = (faults: readonly Fault[]): string | null =>
  faults.length === 0 ? null : FAULTS.write(faults)

export const faultsFrom = (text: string | null): readonly Fault[] => (text === null ? [] : FAULTS.read(text))

/** A webhook body as it came in. */
export type Arrival = {
  readonly id: string
  readonly sourceId: string
  readonly fingerprint: string
  readonly receivedAt: number
  readonly raw: Uint8Array
  readonly records: number
  readonly faults: readonly Fault[]
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
  const rows = arrivals.map(({ id, sourceId, fingerprint, receivedAt, records, faults }, index) => ({
    id,
    source_id: sourceId,
    fingerprint,
    received_at: receivedAt,
    records,
    faults: faultsText(faults),
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
  repeats: readonly Pick<Arrival, 'sourceId' | 'fingerprint'>[],
): Promise<void> {
  const text = 'update inbox set repeats = repeats + 1 where source_id = $1 and fingerprint = $2'
  await Promise.all(repeats.map(({ sourceId, fingerprint }) => tx.query(text, [sourceId, fingerprint])))
}

type Quarantined = Pick<Arrival, 'id' | 'sourceId' | 'receivedAt' | 'faults'> & {
  /** As much of it as was asked for. */
  readonly raw: Uint8Array
  readonly bytes: number
}

type QuarantinedRow = {
  id: string
  source_id: string
  received_at: number
  faults: string
  raw: Uint8Array
  bytes: number
}

const quarantinedIn = (row: QuarantinedRow): Quarantined => ({
  id: row.id,
  sourceId: row.source_id,
  receivedAt: row.received_at,
  faults: FAULTS.read(row.faults),
  raw: row.raw,
  bytes: row.bytes,
})

type QuarantineQuery = {
  readonly sourceId?: string | undefined
  readonly before: string
  readonly limit: number
  readonly mostBytes: number
}

// SQLite makes a null of the beginning of nothing.
/** The beginnings of bodies with something that was set apart, of one source or all, newest first, before `before`. */
export async function listQuarantined(
  sql: Sql,
  { sourceId, before, limit, mostBytes }: QuarantineQuery,
): Promise<Quarantined[]> {
  const rows = await sql.query<QuarantinedRow>(
    `select id, source_id, received_at, faults, coalesce(substr(raw, 1, $3), raw) as raw, length(raw) as bytes from inbox
      where faults is not null and ($1 = '' or id < $1) and ($4 = '' or source_id = $4) order by id desc limit $2`,
    [before, limit, mostBytes, sourceId ?? ''] satisfies Param[],
  )
  return rows.map(quarantinedIn)
}

/** The body that a fact came in with, as it was received. */
export async function findBody(sql: Sql, id: string): Promise<Uint8Array | undefined> {
  const [row] = await sql.query<{ raw: Uint8Array }>('select raw from inbox where id = $1', [id])
  return row?.raw
}
