import { type Next, type Status } from '../../domain/delivery.ts'
import { type Isolation } from '../../domain/isolation.ts'
import { type Fields } from '../../domain/plan.ts'
import { type Window } from '../../domain/window.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows, storable } from '../engine/json-rows.ts'
import { type SourcePerson } from '../ledger/source-person.ts'
import {
  type DebtKey,
  isolationText,
  KEY_COLUMNS,
  keyRows,
  refusedText,
  SET_WINDOW,
  WINDOW,
  windowRow,
} from './delivery-columns.ts'

/** R23: withdrawals go before grants, live events before what is merely brought up to date. */
export const PRIORITY = { withdrawal: 0, live: 1, backfill: 2 } as const
export const PRIORITIES = Object.values(PRIORITY)

export type Owed = SourcePerson & { readonly priority: number; readonly at: number }

/** A withdrawal in one of these is not with Mailchimp yet, so it stays one. */
const UNPAID = `('waiting', 'sending', 'held', 'dead')`

// A newer fact resets the schedule; a debt being sent stays so, and its higher revision makes it due again (I12).
const owedAgain = `
  revision = delivery.revision + 1,
  status = case when delivery.status = 'sending' then 'sending' else 'waiting' end,
  priority = case when delivery.status in ${UNPAID} and delivery.priority < excluded.priority
                  then delivery.priority else excluded.priority end,
  carries_withdrawal = case when delivery.status in ${UNPAID} and delivery.carries_withdrawal = 1
                            then 1 else excluded.carries_withdrawal end,
  due_at = excluded.due_at, failed = 0, first_failed_at = null, reason = null, detail = null, refused = null,
  isolation = null,
  owed_at = case when delivery.status in ('waiting', 'sending') then delivery.owed_at else excluded.owed_at end,
  settled_at = null`

/** Makes the debts of these persons due in every enabled integration that reads their source. */
export async function owe(tx: Sql, owed: readonly Owed[]): Promise<string[]> {
  const rows = jsonRows(tx.dialect, '$1', { source_id: 'text', person: 'text', priority: 'bigint', at: 'bigint' })
  const made = await tx.query<{ integration_id: string }>(
    `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at)
     select ${newDeliveryId(tx.dialect, 'r.at')}, i.id, r.person, 'waiting', r.priority, r.at, 1,
            case when r.priority = ${PRIORITY.withdrawal} then 1 else 0 end, r.at
       from ${rows} join integration i on i.source_id = r.source_id and i.enabled = 1
      where true order by i.id, r.person
     on conflict (integration_id, person) do update set ${owedAgain}
     returning integration_id`,
    [JSON.stringify(owed.map(({ sourceId, ...debt }) => ({ source_id: sourceId, ...debt })))],
  )
  return [...new Set(made.map(row => row.integration_id))]
}

type OweThese = { readonly at: number; readonly priority: number }

/** Makes the debts of these persons due in these integrations, where those are enabled. */
export const oweThese = (tx: Sql, debts: readonly DebtKey[], { at, priority }: OweThese) =>
  tx.query(
    `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at)
     select ${newDeliveryId(tx.dialect, '$2')}, i.id, r.person, 'waiting', $3, $2, 1, 0, $2
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)} join integration i on i.id = r.integration_id and i.enabled = 1
      where true order by i.id, r.person
     on conflict (integration_id, person) do update set ${owedAgain}`,
    [keyRows(debts), at, priority],
  )

/** A debt is found by integration and person; this id is only for addresses: it names no person, and sorts by time. */
export const newDeliveryId = (dialect: Sql['dialect'], at: string): string =>
  dialect === 'postgres'
    ? `'dlv_' || lpad(to_hex(${at}::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)`
    : `'dlv_' || printf('%012x', ${at}) || lower(hex(randomblob(8)))`

/** Those that wait are being sent now. One that turns out to take something back is a withdrawal from here on (I17). */
export const markSending = (
  tx: Sql,
  debts: readonly (DebtKey & { readonly contact: string; readonly carriesWithdrawal: boolean })[],
) =>
  tx.query(
    `update delivery set status = 'sending', contact = r.contact,
            carries_withdrawal = case when r.carries = 1 then 1 else delivery.carries_withdrawal end,
            priority = case when r.carries = 1 then ${PRIORITY.withdrawal} else delivery.priority end
       from ${jsonRows(tx.dialect, '$1', { ...KEY_COLUMNS, contact: 'text', carries: 'bigint' })}
      where delivery.integration_id = r.integration_id and delivery.person = r.person and delivery.status = 'waiting'`,
    [
      JSON.stringify(
        debts.map(debt => ({
          integration_id: debt.integrationId,
          person: debt.person,
          contact: debt.contact,
          carries: debt.carriesWithdrawal ? 1 : 0,
        })),
      ),
    ],
  )

export type Settlement = DebtKey & {
  readonly revision: number
  readonly next: Next
  readonly at: number
  readonly refused?: Fields
  readonly isolation?: Isolation
  /** The contact that its person names, where nothing was sent; whom a request goes to is kept when it leaves. */
  readonly contact?: string | undefined
  /** Kept even if a newer fact came meanwhile: it is about what left already (R22). */
  readonly window?: Window | undefined
}

/** What an attempt decides of a debt, unless a newer fact came meanwhile. */
const DECIDED = {
  status: 'text',
  due_at: 'bigint',
  failed: 'bigint',
  first_failed_at: 'bigint',
  reason: 'text',
  detail: 'text',
  refused: 'text',
  isolation: 'text',
  settled_at: 'bigint',
} as const

export type Ended = { readonly integrationId: string; readonly end: Status; readonly reason: string | undefined }

/**
 * Moves debts to what `afterAttempt` decided, unless a newer fact came meanwhile: those are due again (I12). One that
 * has ended already stays as it is. Gives those that ended.
 */
export async function settle(tx: Sql, settlements: readonly Settlement[]): Promise<Ended[]> {
  const columns = { ...KEY_COLUMNS, revision: 'bigint', ...DECIDED, contact: 'text', ...WINDOW } as const
  const rows = settlements.map(
    ({ integrationId, person, revision, next, at, refused = {}, isolation = [], contact, window }) => ({
      integration_id: integrationId,
      person,
      revision,
      status: next.status,
      due_at: next.dueAt ?? null,
      failed: next.failed,
      first_failed_at: next.firstFailedAt ?? null,
      reason: next.reason ?? null,
      detail: next.detail === undefined ? null : storable(next.detail),
      refused: refusedText(refused),
      isolation: isolationText(isolation),
      settled_at: isEnd(next.status) ? at : null,
      contact: contact ?? null,
      ...windowRow(window),
    }),
  )
  const moved = await tx.query<{ integration_id: string; status: Status; reason: string | null }>(
    `update delivery set ${Object.keys(DECIDED)
      .map(
        name =>
          `${name} = case when delivery.revision = r.revision then r.${name} else ${name === 'status' ? `'waiting'` : `delivery.${name}`} end`,
      )
      .join(', ')},
            contact = coalesce(r.contact, delivery.contact), ${SET_WINDOW}
       from ${jsonRows(tx.dialect, '$1', columns)}
      where delivery.integration_id = r.integration_id and delivery.person = r.person
        and delivery.status in ('waiting', 'sending')
      returning delivery.integration_id, delivery.status, delivery.reason`,
    [JSON.stringify(rows)],
  )
  return moved
    .filter(({ status }) => isEnd(status))
    .map(row => ({ integrationId: row.integration_id, end: row.status, reason: row.reason ?? undefined }))
}

const isEnd = (status: Status): boolean => status !== 'waiting' && status !== 'sending'

/** No integration in particular. */
export const EVERY = ''

const IS_OWED_ANEW = `exists (select 1 from attempt a where a.integration_id = delivery.integration_id
  and a.person = delivery.person and a.finished_at is null and a.revision < delivery.revision)`

/** After a crash: what was being sent waits again, and nothing is believed about what Mailchimp holds. I8. */
export async function takeBackSending(
  tx: Sql,
  { now, dueAt }: { readonly now: number; readonly dueAt: number },
  integrationId = EVERY,
): Promise<number> {
  const taken = await tx.query(
    `update delivery set status = 'waiting', due_at = case when ${IS_OWED_ANEW} then cast($3 as bigint) else cast($1 as bigint) end, reason = 'interrupted', revision = revision + 1,
            doubted_at = revision + 1
      where status = 'sending' and ($2 = '' or integration_id = $2) returning id`,
    [dueAt, integrationId, now],
  )
  return taken.length
}

/** Those that wait are due then, and nothing else of them changes. */
export const postpone = (tx: Sql, debts: readonly (DebtKey & { readonly dueAt: number })[]) =>
  tx.query(
    `update delivery set due_at = r.due_at from ${jsonRows(tx.dialect, '$1', { ...KEY_COLUMNS, due_at: 'bigint' })}
      where delivery.integration_id = r.integration_id and delivery.person = r.person and delivery.status = 'waiting'`,
    [
      JSON.stringify(
        debts.map(({ integrationId, person, dueAt }) => ({ integration_id: integrationId, person, due_at: dueAt })),
      ),
    ],
  )

/** What waits for a repair is due again, and so will be what is being sent: it may have been decided before the repair. */
export async function releaseHeld(
  tx: Sql,
  { integrationId, now }: { readonly integrationId: string; readonly now: number },
): Promise<void> {
  await tx.query(
    `update delivery set status = 'waiting', due_at = $2, revision = revision + 1, settled_at = null, refused = null,
            isolation = null
      where integration_id = $1 and status = 'held'`,
    [integrationId, now],
  )
  await tx.query(
    `update delivery set revision = revision + 1, due_at = $2 where integration_id = $1 and status = 'sending'`,
    [integrationId, now],
  )
}

/**
 * An audience turned out to be missing: contacts that were taken for absent since it was last seen were not.
 */
export const reopenAbsent = (
  tx: Sql,
  { integrationId, since, now }: { integrationId: string; since: number; now: number },
) =>
  tx.query(
    `update delivery set status = 'waiting', due_at = $3, revision = revision + 1, settled_at = null
      where integration_id = $1 and status = 'skipped' and reason in ('no_such_contact', 'contact_gone')
        and settled_at >= $2`,
    [integrationId, since, now],
  )
