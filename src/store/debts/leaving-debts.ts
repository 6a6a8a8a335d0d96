import { PROVES_NOTHING } from '../../domain/leaving.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { newDeliveryId, PRIORITY } from './deliveries.ts'
import { sentTargets, WINDOW_COLUMNS, type WindowOf, windowRows } from './delivery-columns.ts'

const HAS_OPEN_ATTEMPT = `exists (select 1 from attempt a where a.integration_id = d.integration_id
  and a.person = d.person and a.finished_at is null)`

/** R22: a request of the debt is under way, or may still be applied late. */
const isOpen = (now: string): string =>
  `(d.status = 'sending' or (d.status = 'waiting' and d.window_until is not null) or d.window_until > ${now}
    or ${HAS_OPEN_ATTEMPT})`

export async function hasOpenDebts(sql: Sql, integrationId: string, now: number): Promise<boolean> {
  const rows = await sql.query(
    `select 1 as one from delivery d where d.integration_id = $1 and ${isOpen('$2')} limit 1`,
    [integrationId, now],
  )
  return rows.length > 0
}

/** Whether a request by itself is under way; a batch is not waited for that long. */
export async function isSending(sql: Sql, integrationId: string): Promise<boolean> {
  const rows = await sql.query(
    `select 1 as one from delivery where integration_id = $1 and status = 'sending' limit 1`,
    [integrationId],
  )
  return rows.length > 0
}

/** What an integration that leaves is owed goes, but for what may come late: that waits for the end of its window. */
export async function keepOpenDebts(
  tx: Sql,
  { integrationId, now }: { readonly integrationId: string; readonly now: number },
): Promise<void> {
  await tx.query(
    `delete from delivery where integration_id = $1 and id in
       (select d.id from delivery d where d.integration_id = $1 and not coalesce(${isOpen('$2')}, false))`,
    [integrationId, now],
  )
  await tx.query(
    `update delivery set status = 'waiting', due_at = window_until, reason = 'assert_again', detail = null,
            settled_at = null
      where integration_id = $1 and status not in ('waiting', 'sending') and window_until > $2`,
    [integrationId, now],
  )
}

type LeavingDebts = {
  /** The integration that leaves. */
  readonly to: string
  /** Of the integration whose document it was. */
  readonly windows: readonly WindowOf[]
  readonly at: number
}

/** Debts for what may come late: they wait for the end of their windows. */
export const insertLeavingDebts = (tx: Sql, { to, windows, at }: LeavingDebts) =>
  tx.query(
    `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at,
                           reason, window_until, window_sent, window_contacts, contact)
     select ${newDeliveryId(tx.dialect, '$3')}, $2, d.person, 'waiting', ${PRIORITY.backfill}, r.window_until, 1,
            d.carries_withdrawal, d.owed_at, 'assert_again', r.window_until, r.window_sent, r.window_contacts, d.contact
       from ${jsonRows(tx.dialect, '$1', WINDOW_COLUMNS)}
       join delivery d on d.integration_id = r.integration_id and d.person = r.person order by d.person`,
    [windowRows(windows), to, at],
  )

/** The windows of an integration belong to another one now. */
export const endWindowsOf = (tx: Sql, integrationId: string) =>
  tx.query(
    'update delivery set window_until = null, window_sent = null, window_contacts = null where integration_id = $1 and window_until is not null',
    [integrationId],
  )

/** A debt that did not assert what may have come late. */
export type Unasserted = {
  readonly person: string
  readonly contact: string | undefined
  /** By target; undefined where that is not known any more. */
  readonly targets: readonly string[] | undefined
  readonly reason: string | undefined
}

type UnassertedRow = {
  person: string
  contact: string | null
  window_sent: string | null
  reason: string | null
}

/** Debts of an integration that leaves, which asserted nothing: those that wait, and those that ended without proof. */
export async function unassertedOf(tx: Sql, integrationId: string): Promise<Unasserted[]> {
  const rows = await tx.query<UnassertedRow>(
    `select d.person, d.contact, d.window_sent, d.reason from delivery d
      where d.integration_id = $1 and
        ((d.status in ('waiting', 'dead') and d.window_until is not null) or d.status = 'held'
         or (d.status = 'skipped' and d.reason in (${PROVES_NOTHING.map(reason => `'${reason}'`).join(', ')})))
      order by d.person`,
    [integrationId],
  )
  return rows.map(row => ({
    person: row.person,
    contact: row.contact ?? undefined,
    targets: row.window_sent === null ? undefined : sentTargets(row.window_sent),
    reason: row.reason ?? undefined,
  }))
}
