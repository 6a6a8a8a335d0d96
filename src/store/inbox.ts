import { type Param, type Sql } from './database.ts'
import { bytesOf, jsonRows } from './json-rows.ts'

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

/** Keeps each body once per source and fingerprint; returns the ids of those that are new. I2. */
export async function keepArrivals(tx: Sql, arrivals: readonly Arrival[]): Promise<Set<string>> {
  const rows = jsonRows(tx.dialect, '$1', {
    id: 'text',
    source_id: 'text',
    fingerprint: 'text',
    received_at: 'bigint',
    raw: 'text',
    records: 'bigint',
    faults: 'text',
  })
  const kept = await tx.query<{ id: string }>(
    `insert into inbox (id, source_id, fingerprint, received_at, raw, records, faults)
     select r.id, r.source_id, r.fingerprint, r.received_at, ${bytesOf(tx.dialect, 'r.raw')}, r.records, r.faults
       from ${rows} where true
     on conflict (source_id, fingerprint) do nothing returning id`,
    [JSON.stringify(arrivals.map(arrival => ({ ...arrival, raw: Buffer.from(arrival.raw).toString('hex') })))],
  )
  return new Set(kept.map(row => row.id))
}

/** Counts bodies that had come before. */
export async function countRepeats(tx: Sql, repeats: readonly Pick<Arrival, 'source_id' | 'fingerprint'>[]) {
  for (const { source_id, fingerprint } of repeats) {
    await tx.query('update inbox set repeats = repeats + 1 where source_id = $1 and fingerprint = $2', [
      source_id,
      fingerprint,
    ])
  }
}

export type Quarantined = { id: string; source_id: string; received_at: number; faults: string; raw: Uint8Array }

/** Bodies of which something was set apart, newest first, before the id `before`. */
export const listQuarantined = (sql: Sql, { before, limit }: { before: string; limit: number }) =>
  sql.query<Quarantined>(
    `select id, source_id, received_at, faults, raw from inbox
      where faults is not null and ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit] satisfies Param[],
  )
