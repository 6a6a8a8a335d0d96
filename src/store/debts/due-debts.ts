import { type Isolation } from '../../domain/isolation.ts'
import { type Fields } from '../../domain/plan.ts'
import { type Window } from '../../domain/window.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { keptAsRead, type Integration } from '../settings/integrations.ts'
import { isOver } from './assertions.ts'
import {
  debtKey,
  type DebtKey,
  debtKeyIn,
  type DebtKeyRow,
  isolationIn,
  KEY_COLUMNS,
  keyRows,
  refusedIn,
  windowIn,
  type WindowRow,
} from './delivery-columns.ts'
import { PRIORITIES, PRIORITY } from './deliveries.ts'

export type DueDebt = DebtKey & {
  readonly revision: number
  readonly failed: number
  readonly firstFailedAt: number | undefined
  readonly carriesWithdrawal: boolean
  /** Values that Mailchimp refused, by merge tag: not sent again until something changes. */
  readonly refused: Fields
  /** Groups of merge tags still to be tried apart (R13). */
  readonly isolation: Isolation
  /** What Mailchimp may still apply (R22). */
  readonly window: Window | undefined
  readonly owedAt: number
  /** Nothing that was written for an earlier revision is believed (R21). */
  readonly doubtedAt: number
  /** What it grants by facts up to this one alone has not been accepted since the upgrade. */
  readonly unaccepted: string | undefined
  /** Something that it retracts waits, or waited, behind a problem (R33). */
  readonly isBraked: boolean
}

export type DueRow = DebtKeyRow &
  WindowRow & {
    revision: number
    failed: number
    first_failed_at: number | null
    carries_withdrawal: number
    refused: string | null
    isolation: string | null
    owed_at: number
    doubted_at: number
    unaccepted: string | null
    braked: number
  }

/** The columns of `DueRow`. */
export const DUE_COLUMNS = `integration_id, person, revision, failed, first_failed_at, carries_withdrawal, refused,
  isolation, window_until, window_sent, window_contacts, owed_at, doubted_at, unaccepted, braked`

export const dueDebtIn = (row: DueRow): DueDebt => ({
  ...debtKeyIn(row),
  revision: row.revision,
  failed: row.failed,
  firstFailedAt: row.first_failed_at ?? undefined,
  carriesWithdrawal: row.carries_withdrawal === 1,
  refused: refusedIn(row.refused),
  isolation: isolationIn(row.isolation),
  window: windowIn(row),
  owedAt: row.owed_at,
  doubtedAt: row.doubted_at,
  unaccepted: row.unaccepted ?? undefined,
  isBraked: row.braked === 1,
})

/** An integration as it was read, perhaps a while ago. */
export type AsRead = Pick<Integration, 'id' | 'updatedAt'>

/**
 * Nothing is taken for a document that was replaced since it was read, nor for an integration that was paused: what
 * would be decided is not what was asked for any more. The integration is `$1`.
 */
export const asRead = (updatedAt: string): string =>
  `exists (select 1 from integration i where i.id = $1 and i.updated_at = ${updatedAt} and i.paused = 0)`

/** Whether that is so, and stays so until the transaction ends. */
export const isAsRead = async (tx: Sql, integration: AsRead): Promise<boolean> =>
  (await keptAsRead(tx, integration))?.paused === false

type DueQuery = {
  readonly integration: AsRead
  readonly priority: number
  readonly now: number
  readonly limit: number
}

/**
 * R23: of withdrawals the one that was received last goes first, and those that failed go last; of anything else the
 * one that has waited longest.
 */
const orderOf = (priority: number): string =>
  priority === PRIORITY.withdrawal ? 'case when failed = 0 then -due_at else due_at end' : 'due_at'

// Without the sign SQLite takes the index of `due_at` and sorts all withdrawals that wait.
const isDue = (priority: number): string => (priority === PRIORITY.withdrawal ? '+due_at <= $2' : 'due_at <= $2')

// The priority stands in the text, so that the index of withdrawals is found.
/** Debts of one integration and priority that are due, in the order in which they are to go. */
export async function dueDebts(
  tx: Sql,
  { integration: { id, updatedAt }, priority, now, limit }: DueQuery,
): Promise<DueDebt[]> {
  const rows = await tx.query<DueRow>(
    `select ${DUE_COLUMNS} from delivery
      where integration_id = $1 and status = 'waiting' and priority = ${priority} and ${isDue(priority)} and ${asRead('$4')}
      order by ${orderOf(priority)} limit $3`,
    [id, now, limit, updatedAt],
  )
  return rows.map(dueDebtIn)
}

/**
 * R22: debts of an integration that is paused or leaves, whose windows are over. What they are owed besides is not
 * wanted now.
 */
export async function dueAssertions(
  tx: Sql,
  { integration: { id, updatedAt }, priority, now, limit }: DueQuery,
): Promise<DueDebt[]> {
  const rows = await tx.query<DueRow>(
    `select ${DUE_COLUMNS} from delivery d
      where integration_id = $1 and priority = $2 and ${isOver('$3')}
        and exists (select 1 from integration i where i.id = $1 and i.updated_at = $5)
      order by due_at limit $4`,
    [id, priority, now, limit, updatedAt],
  )
  return rows.map(dueDebtIn)
}

/** Since which of its revisions what was written for each debt is believed, by `debtKey`. */
export async function doubtsOf(sql: Sql, debts: readonly DebtKey[]): Promise<Map<string, number>> {
  const rows = await sql.query<DebtKeyRow & { doubted_at: number }>(
    `select d.integration_id, d.person, d.doubted_at from ${jsonRows(sql.dialect, '$1', KEY_COLUMNS)}
       join delivery d on d.integration_id = r.integration_id and d.person = r.person`,
    [keyRows(debts)],
  )
  return new Map(rows.map(row => [debtKey(debtKeyIn(row)), row.doubted_at]))
}

/** When the next waiting debt of these integrations is due. */
export async function nextDueAt(sql: Sql, integrationIds: readonly string[]): Promise<number | undefined> {
  let next: number | undefined
  for (const id of integrationIds) {
    for (const priority of PRIORITIES) {
      const [row] = await sql.query<{ due_at: number | null }>(
        `select min(due_at) as due_at from delivery where integration_id = $1 and status = 'waiting' and priority = $2`,
        [id, priority],
      )
      const dueAt = row?.due_at ?? undefined
      if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt
    }
  }
  return next
}
