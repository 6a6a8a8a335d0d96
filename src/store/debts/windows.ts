import { PASSING_REASONS } from '../../domain/reason.ts'
import { type Window } from '../../domain/window.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { REQUEST } from './attempts.ts'
import {
  debtKey,
  type DebtKey,
  debtKeyIn,
  type DebtKeyRow,
  KEY_COLUMNS,
  keyRows,
  SET_WINDOW,
  WINDOW_COLUMNS,
  WINDOW_OF,
  windowIn,
  type WindowOf,
  type WindowRow,
  windowRows,
  windowsIn,
} from './delivery-columns.ts'
import { EVERY } from './deliveries.ts'

// On PostgreSQL another lane may close a window between this and the statement that writes it back.
/** The open windows among those of these debts, by `debtKey`; they stay as they are until the transaction ends. */
export async function currentWindows(tx: Sql, debts: readonly DebtKey[]): Promise<Map<string, Window>> {
  const rows = await tx.query<DebtKeyRow & WindowRow>(
    `select d.integration_id, d.person, ${WINDOW_OF}
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       join delivery d on d.integration_id = r.integration_id and d.person = r.person
      where d.window_until is not null ${tx.dialect === 'postgres' ? 'for update of d' : ''}`,
    [keyRows(debts)],
  )
  return new Map(windowsIn(rows).map(({ window, ...debt }) => [debtKey(debt), window]))
}

type OpenAttempt = DebtKey & {
  readonly credentialId: string
  /** The body that was sent. */
  readonly request: unknown
  /** The name under which its contact is known here; undefined for one of an older release. */
  readonly contact: string | undefined
  readonly window: Window | undefined
}

/** Attempts by themselves whose end is not recorded, each with the window of its debt as it is now. */
export async function openAttempts(tx: Sql, integrationId = EVERY): Promise<OpenAttempt[]> {
  const rows = await tx.query<
    DebtKeyRow & WindowRow & { credential_id: string; request: string; contact: string | null }
  >(
    `select a.integration_id, i.credential_id, a.person, a.request, d.contact, ${WINDOW_OF}
       from attempt a join integration i on i.id = a.integration_id
       join delivery d on d.integration_id = a.integration_id and d.person = a.person
      where a.finished_at is null and a.batch_id is null and ($1 = '' or a.integration_id = $1)`,
    [integrationId],
  )
  return rows.map(row => ({
    ...debtKeyIn(row),
    credentialId: row.credential_id,
    request: REQUEST.read(row.request),
    contact: row.contact ?? undefined,
    window: windowIn(row),
  }))
}

/**
 * Until when what each debt sent by itself may still be applied. An operation of a batch, which may be applied for
 * longer, is none of them.
 */
export async function openWindows(
  sql: Sql,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): Promise<{ readonly credentialId: string; readonly until: number }[]> {
  const rows = await sql.query<{ credential_id: string; window_until: number }>(
    `select i.credential_id, d.window_until from integration i join delivery d
         on d.integration_id = i.id and d.status = 'waiting' and d.window_until > $1 and d.window_until <= $2`,
    [now, now + windowMs],
  )
  return rows.map(row => ({ credentialId: row.credential_id, until: row.window_until }))
}

/** From now on these values may still be applied late, even if the debts change meanwhile (R22). */
export const keepWindows = (tx: Sql, windows: readonly WindowOf[]) =>
  tx.query(
    `update delivery set ${SET_WINDOW}
       from ${jsonRows(tx.dialect, '$1', WINDOW_COLUMNS)}
      where delivery.integration_id = r.integration_id and delivery.person = r.person`,
    [windowRows(windows)],
  )

/** Nothing of these debts can arrive late any more. */
export const endWindows = (tx: Sql, debts: readonly DebtKey[]) =>
  tx.query(
    `update delivery set window_until = null, window_sent = null, window_contacts = null from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
      where delivery.integration_id = r.integration_id and delivery.person = r.person`,
    [keyRows(debts)],
  )

const PASSING = `(${PASSING_REASONS.map(reason => `'${reason}'`).join(', ')})`

/** R26: a person wants to see it tried now, so what waits because it failed is due. */
export const pullOwnForward = (
  tx: Sql,
  { integrationId, now }: { readonly integrationId: string; readonly now: number },
) =>
  tx.query(
    `update delivery set due_at = $2
      where integration_id = $1 and status = 'waiting' and due_at > $2 and reason in ${PASSING}`,
    [integrationId, now],
  )

/**
 * R26: Mailchimp is back after a pause, so debts that failed for its sake are due now. The pause counts for nothing
 * in their age.
 */
export const pullForward = (
  tx: Sql,
  { credentialId, now, paused }: { readonly credentialId: string; readonly now: number; readonly paused: number },
) =>
  tx.query(
    `update delivery set due_at = case when due_at > $2 then $2 else due_at end, first_failed_at = first_failed_at + $3
      where status = 'waiting' and reason in ${PASSING}
        and integration_id in (select id from integration where credential_id = $1)`,
    [credentialId, now, paused],
  )
