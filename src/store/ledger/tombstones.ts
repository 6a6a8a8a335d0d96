import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { type Erasing } from './erasing.ts'

/** Keeps the keys of what goes with `eraseFacts`, before it does. */
export const buryFacts = (tx: Sql, { person, chosenBy }: Erasing) =>
  tx.query(
    `insert into tombstone (source_id, key)
     select source_id, key from fact where source_id in (select id from source) and person = $1 and at <= $2
     on conflict (source_id, key) do nothing`,
    [person, chosenBy],
  )

/** What a source calls one fact, and nothing else (I2). */
type FactKey = { readonly sourceId: string; readonly key: string }

/** Those among the facts that were erased. */
export async function buriedAmong(tx: Sql, keys: readonly FactKey[]): Promise<FactKey[]> {
  const rows = await tx.query<{ source_id: string; key: string }>(
    `select t.source_id, t.key from ${jsonRows(tx.dialect, '$1', { source_id: 'text', key: 'text' })}
       join tombstone t on t.source_id = r.source_id and t.key = r.key`,
    [JSON.stringify(keys.map(({ sourceId, key }) => ({ source_id: sourceId, key })))],
  )
  return rows.map(({ source_id: sourceId, key }) => ({ sourceId, key }))
}
