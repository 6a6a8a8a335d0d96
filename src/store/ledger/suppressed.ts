import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

/** A keyed hash of an id that was erased, and by when what was chosen under it is hidden (R34). */
type Suppressed = { readonly hash: string; readonly chosenBy: number }

/** From now on what was chosen by then is not taken in. An id that is erased again is hidden up to the later time. */
export const suppress = (tx: Sql, rows: readonly Suppressed[]) =>
  tx.query(
    `insert into suppressed (hash, chosen_by)
     select r.hash, r.chosen_by from ${jsonRows(tx.dialect, '$1', { hash: 'text', chosen_by: 'bigint' })}
      where true order by r.hash
     on conflict (hash) do update set chosen_by = case when excluded.chosen_by > suppressed.chosen_by
                                                       then excluded.chosen_by else suppressed.chosen_by end`,
    [JSON.stringify(rows.map(({ hash, chosenBy }) => ({ hash, chosen_by: chosenBy })))],
  )

/** Those of the hashes that are suppressed, each with by when what was chosen is hidden. */
export async function suppressedAmong(tx: Sql, hashes: readonly string[]): Promise<Map<string, number>> {
  if (hashes.length === 0) return new Map()
  const rows = await tx.query<{ hash: string; chosen_by: number }>(
    `select s.hash, s.chosen_by from ${jsonRows(tx.dialect, '$1', { hash: 'text' })}
       join suppressed s on s.hash = r.hash`,
    [JSON.stringify(hashes.map(hash => ({ hash })))],
  )
  return new Map(rows.map(row => [row.hash, row.chosen_by]))
}
