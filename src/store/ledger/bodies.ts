import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { faultsFrom, faultsText, type Arrival } from './inbox.ts'

type Page = { readonly text: string; readonly after: string; readonly limit: number }

type BodiesPage = {
  /** Those of the page that may hold the text. */
  readonly ids: readonly string[]
  /** Where the next page begins; undefined after the last body. */
  readonly last: string | undefined
}

/**
 * Looks through the next bodies for a text, which is in lower case, in any case of the letters A to Z. A body with a
 * backslash is among them too, since JSON can write any letter as an escape.
 */
export async function bodiesHolding(sql: Sql, { text, after, limit }: Page): Promise<BodiesPage> {
  const rows = await sql.query<{ id: string; hit: number }>(
    `select id, case when ${HOLDS[sql.dialect]} then 1 else 0 end as hit
       from (select id, raw from inbox where id > $2 order by id limit $3) as page order by id`,
    [text, after, limit],
  )
  return { ids: rows.filter(({ hit }) => hit === 1).map(({ id }) => id), last: rows.at(-1)?.id }
}

// A body need be no text. PostgreSQL takes NUL and wrong UTF-8 only in octal, and then so must what is looked for.
const HOLDS = {
  sqlite: `instr(lower(cast(raw as text)), $1) > 0 or instr(raw, x'5c') > 0`,
  postgres: `strpos(lower(encode(raw, 'escape') collate "C"), encode(convert_to($1, 'UTF8'), 'escape')) > 0
               or position('\\x5c'::bytea in raw) > 0`,
} as const satisfies Record<Sql['dialect'], string>

/** A body, without a byte when it has expired, and with no faults when nothing of it is set apart. */
export type KeptBody = Pick<Arrival, 'id' | 'sourceId' | 'receivedAt' | 'raw' | 'faults'>

export type BodyRow = { id: string; source_id: string; received_at: number; raw: Uint8Array; faults: string | null }

export const bodyIn = ({ id, source_id: sourceId, received_at: receivedAt, raw, faults }: BodyRow): KeptBody => ({
  id,
  sourceId,
  receivedAt,
  raw,
  faults: faultsFrom(faults),
})

/** These bodies as they are kept now. */
export async function readBodies(sql: Sql, ids: readonly string[]): Promise<KeptBody[]> {
  const rows = await sql.query<BodyRow>(
    `select b.id, b.source_id, b.received_at, b.raw, b.faults
       from ${jsonRows(sql.dialect, '$1', { id: 'text' })} join inbox b on b.id = r.id order by b.id`,
    [JSON.stringify(ids.map(id => ({ id })))],
  )
  return rows.map(bodyIn)
}

type Rewritten = Pick<Arrival, 'id' | 'raw' | 'faults'>

/**
 * Keeps a body otherwise, and what is at fault from now on; no faults take it out of the quarantine. Its fingerprint
 * stays, so that what was sent is still known when it comes again (I2).
 */
export const rewriteBody = (tx: Sql, { id, raw, faults }: Rewritten) =>
  tx.query('update inbox set raw = $2, faults = $3 where id = $1', [id, raw, faultsText(faults)])
