import { type Window } from '../../domain/window.ts'
import { type Sql } from '../engine/database.ts'
import { debtKey } from './delivered.ts'
import { EVERY, KEY_COLUMNS, keyRows, type DebtKey } from './deliveries.ts'
import { jsonRows } from '../engine/json-rows.ts'

type WindowColumns = { readonly window_until: number | null; readonly window_sent: string | null }

/** What Mailchimp may still apply, as `settle` and `keepWindows` wrote it. */
export const windowIn = ({ window_until: until, window_sent: sent }: WindowColumns): Window | undefined =>
  until === null || sent === null ? undefined : { until, sent: JSON.parse(sent) as Window['sent'] }

// On PostgreSQL another lane may close a window between this and the statement that writes it back.
/** The open windows among those of these debts, by `debtKey`; they stay as they are until the transaction ends. */
export async function currentWindows(tx: Sql, debts: readonly DebtKey[]): Promise<Map<string, Window>> {
  const rows = await tx.query<WindowColumns & { integration_id: string; person: string }>(
    `select d.integration_id, d.person, d.window_until, d.window_sent
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       join delivery d on d.integration_id = r.integration_id and d.person = r.person
      where d.window_until is not null ${tx.dialect === 'postgres' ? 'for update of d' : ''}`,
    [keyRows(debts)],
  )
  return new Map(
    rows.flatMap(row => {
      const window = windowIn(row)
      return window ? [[debtKey({ integrationId: row.integration_id, person: row.person }), window] as const] : []
    }),
  )
}

export type OpenAttempt = DebtKey & {
  readonly credentialId: string
  readonly request: string
  readonly window: Window | undefined
}

/** Attempts by themselves whose end nobody recorded, each with the window of its debt as it is now. */
export async function openAttempts(tx: Sql, integrationId = EVERY): Promise<OpenAttempt[]> {
  const rows = await tx.query<
    { integration_id: string; credential_id: string; person: string; request: string } & {
      window_until: number | null
      window_sent: string | null
    }
  >(
    `select a.integration_id, i.credential_id, a.person, a.request, d.window_until, d.window_sent
       from attempt a join integration i on i.id = a.integration_id
       join delivery d on d.integration_id = a.integration_id and d.person = a.person
      where a.finished_at is null and a.batch_id is null and ($1 = '' or a.integration_id = $1)`,
    [integrationId],
  )
  return rows.map(row => ({
    integrationId: row.integration_id,
    credentialId: row.credential_id,
    person: row.person,
    request: row.request,
    window: windowIn(row),
  }))
}

/** From now on these values may still be applied late, whatever becomes of the debts meanwhile (R22). */
export const keepWindows = (tx: Sql, windows: readonly (DebtKey & { readonly window: Window })[]) =>
  tx.query(
    `update delivery set window_until = r.until, window_sent = r.sent
       from ${jsonRows(tx.dialect, '$1', { integration_id: 'text', person: 'text', until: 'bigint', sent: 'text' })}
      where delivery.integration_id = r.integration_id and delivery.person = r.person`,
    [
      JSON.stringify(
        windows.map(({ integrationId, person, window }) => ({
          integration_id: integrationId,
          person,
          until: window.until,
          sent: JSON.stringify(window.sent),
        })),
      ),
    ],
  )

const PASSING = `('server_error', 'timed_out', 'connection_failed', 'answer_unreadable', 'throttled', 'interrupted')`

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
