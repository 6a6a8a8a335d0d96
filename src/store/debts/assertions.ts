import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import {
  type DebtKey,
  debtKeyIn,
  type DebtKeyRow,
  KEY_COLUMNS,
  keyRows,
  SET_WINDOW,
  WINDOW_COLUMNS,
  WINDOW_OF,
  type WindowOf,
  type WindowRow,
  windowRows,
  windowsIn,
} from './delivery-columns.ts'

/** A debt `d` that waits with a window (R22): the only kind that is taken of an integration that is paused or leaves. */
const WAITS = `d.status = 'waiting' and d.window_until is not null`

/** The same, and both its time and its window's have come by the parameter. */
export const isOver = (now: string): string => `${WAITS} and d.window_until <= ${now} and d.due_at <= ${now}`

/** Those of the integrations that have something to assert now. */
export async function assertable(sql: Sql, integrationIds: readonly string[], now: number): Promise<Set<string>> {
  const found = new Set<string>()
  for (const id of integrationIds) {
    const rows = await sql.query(
      `select 1 as one from delivery d where d.integration_id = $1 and ${isOver('$2')} limit 1`,
      [id, now],
    )
    if (rows.length > 0) found.add(id)
  }
  return found
}

/** When the next of these integrations has something to assert. */
export async function nextAssertionAt(sql: Sql, integrationIds: readonly string[]): Promise<number | undefined> {
  const times: number[] = []
  for (const id of integrationIds) {
    const [row] = await sql.query<{ at: number | null }>(
      `select min(case when d.due_at > d.window_until then d.due_at else d.window_until end) as at
         from delivery d where d.integration_id = $1 and ${WAITS}`,
      [id],
    )
    if (row?.at != null) times.push(row.at)
  }
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Debts of an integration whose windows are over, with what they hold. */
export const overWindows = async (tx: Sql, integrationId: string, now: number): Promise<WindowOf[]> =>
  windowsIn(
    await tx.query<DebtKeyRow & WindowRow>(
      `select d.integration_id, d.person, ${WINDOW_OF} from delivery d
        where d.integration_id = $1 and ${isOver('$2')}`,
      [integrationId, now],
    ),
  )

/** The windows of an integration that are open, or over and not asserted yet. */
export const pendingWindows = async (tx: Sql, integrationId: string, now: number): Promise<WindowOf[]> =>
  windowsIn(
    await tx.query<DebtKeyRow & WindowRow>(
      `select d.integration_id, d.person, ${WINDOW_OF} from delivery d
        where d.integration_id = $1 and d.window_until is not null
          and (d.status in ('waiting', 'sending') or d.window_until > $2)`,
      [integrationId, now],
    ),
  )

/**
 * These debts are due at `now` with these windows, and nothing is believed that was written before: another
 * integration may have written to the same fields late (R22). Gives those that there are.
 */
export const assertFor = async (tx: Sql, windows: readonly WindowOf[], now: number): Promise<DebtKey[]> =>
  (
    await tx.query<DebtKeyRow>(
      `update delivery set status = case when status = 'sending' then 'sending' else 'waiting' end,
              due_at = $2, revision = revision + 1, doubted_at = revision + 1, settled_at = null,
              failed = 0, first_failed_at = null, reason = null, detail = null,
              ${SET_WINDOW}
         from ${jsonRows(tx.dialect, '$1', WINDOW_COLUMNS)}
        where delivery.integration_id = r.integration_id and delivery.person = r.person
        returning delivery.integration_id, delivery.person`,
      [windowRows(windows), now],
    )
  ).map(debtKeyIn)

/** Nothing of these debts is left to assert. */
export const dropDebts = (tx: Sql, debts: readonly DebtKey[]) =>
  tx.query(
    `delete from delivery where exists (select 1 from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       where r.integration_id = delivery.integration_id and r.person = delivery.person)`,
    [keyRows(debts)],
  )
