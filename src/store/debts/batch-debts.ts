import { type Window } from '../../domain/window.ts'
import { type Sql } from '../engine/database.ts'
import {
  debtKey,
  type DebtKey,
  debtKeyIn,
  type DebtKeyRow,
  KEY_COLUMNS,
  keyRows,
  SET_WINDOW,
  WINDOW,
  windowRow,
} from './delivery-columns.ts'
import { PRIORITIES, PRIORITY } from './deliveries.ts'
import { asRead, DUE_COLUMNS, dueDebtIn, type AsRead, type DueDebt, type DueRow } from './due-debts.ts'
import { jsonRows } from '../engine/json-rows.ts'

type CountDueRequest = { readonly integrationIds: readonly string[]; readonly now: number; readonly most: number }

/** How many debts of these integrations are due, counted up to `most`. */
export async function countDue(sql: Sql, { integrationIds, now, most }: CountDueRequest): Promise<number> {
  let due = 0
  for (const id of integrationIds) {
    for (const priority of PRIORITIES) {
      if (due >= most) return due
      const [row] = await sql.query<{ n: number }>(
        `select count(*) as n from (select 1 from delivery
          where integration_id = $1 and status = 'waiting' and priority = $2 and due_at <= $3 limit $4) as due`,
        [id, priority, now, most - due],
      )
      due += row?.n ?? 0
    }
  }
  return due
}

type BatchQuery = {
  readonly integration: AsRead
  readonly priority: number
  readonly dueBefore: number
  readonly limit: number
}

/**
 * Debts that may go with a batch (R28), those that became due last first, because the single lane takes the others.
 * None that takes something back, failed before, or may still be changed by an older attempt.
 */
export async function dueForBatch(
  tx: Sql,
  { integration: { id, updatedAt }, priority, dueBefore, limit }: BatchQuery,
): Promise<DueDebt[]> {
  const rows = await tx.query<DueRow>(
    `select ${DUE_COLUMNS} from delivery
      where integration_id = $1 and status = 'waiting' and priority = $2 and due_at <= $3
        and carries_withdrawal = 0 and failed = 0 and refused is null and isolation is null and window_until is null
        and ${asRead('$5')}
      order by due_at desc limit $4`,
    [id, priority, dueBefore, limit, updatedAt],
  )
  return rows.map(dueDebtIn)
}

/** They turn out to take something back, so the single lane takes them before all others (R23, R28). */
export const preferWithdrawals = (tx: Sql, debts: readonly DebtKey[]) =>
  tx.query(
    `update delivery set priority = ${PRIORITY.withdrawal}, carries_withdrawal = 1
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
      where delivery.integration_id = r.integration_id and delivery.person = r.person`,
    [keyRows(debts)],
  )

type HandedOver = DebtKey & { readonly contact: string; readonly revision: number; readonly window: Window }

/**
 * These debts go with a batch: they wait for its end until `dueAt`, and a request that is sent meanwhile asserts everything,
 * since Mailchimp may run the batch before or after it (R22). Gives, by `debtKey`, those of whom nothing newer came
 * in since they were read: only they go.
 */
export async function handOver(tx: Sql, debts: readonly HandedOver[], dueAt: number): Promise<ReadonlySet<string>> {
  const rows = debts.map(({ integrationId, person, contact, revision, window }) => ({
    integration_id: integrationId,
    person,
    contact,
    revision,
    ...windowRow(window),
  }))
  const columns = {
    ...KEY_COLUMNS,
    contact: 'text',
    revision: 'bigint',
    ...WINDOW,
  } as const
  const handed = await tx.query<DebtKeyRow>(
    `update delivery set due_at = $2, reason = 'in_batch', detail = null, contact = r.contact,
            ${SET_WINDOW}
       from ${jsonRows(tx.dialect, '$1', columns)}
      where delivery.integration_id = r.integration_id and delivery.person = r.person
        and delivery.revision = r.revision and delivery.status = 'waiting'
      returning delivery.integration_id, delivery.person`,
    [JSON.stringify(rows), dueAt],
  )
  return new Set(handed.map(row => debtKey(debtKeyIn(row))))
}

/** Of these debts, those that nothing has happened to since they were handed over. */
export async function stillInBatch(
  tx: Sql,
  debts: readonly (DebtKey & { readonly revision: number })[],
): Promise<DueDebt[]> {
  const rows = await tx.query<DueRow>(
    `select ${DUE_COLUMNS.replaceAll(/\w+/g, 'delivery.$&')} from ${jsonRows(tx.dialect, '$1', { ...KEY_COLUMNS, revision: 'bigint' })}
       join delivery on delivery.integration_id = r.integration_id and delivery.person = r.person
      where delivery.revision = r.revision and delivery.status = 'waiting' and delivery.reason = 'in_batch'`,
    [
      JSON.stringify(
        debts.map(({ integrationId, person, revision }) => ({ integration_id: integrationId, person, revision })),
      ),
    ],
  )
  return rows.map(dueDebtIn)
}

/** The debts of a batch that have moved on since they were handed over, with their attempts. */
export async function passedBy(tx: Sql, batchId: string): Promise<(DebtKey & { readonly id: string })[]> {
  const rows = await tx.query<DebtKeyRow & { id: string }>(
    `select a.id, a.integration_id, a.person from attempt a
       join delivery d on d.integration_id = a.integration_id and d.person = a.person
      where a.batch_id = $1 and a.finished_at is null
        and not (d.revision = a.revision and d.status = 'waiting' and d.reason = 'in_batch')`,
    [batchId],
  )
  return rows.map(row => ({ ...debtKeyIn(row), id: row.id }))
}

type Closing = {
  readonly debts: readonly DebtKey[]
  readonly now: number
  /** When the last of the batch can have been applied; a request that leaves later counts. */
  readonly until: number
  /** How long a request by itself may still be applied after it left. */
  readonly windowMs: number
}

/**
 * The batch is over for these debts: those that still wait for it are due, and those that a newer request has passed
 * are asserted once more after `until` (I15); so is what a document that was replaced meanwhile left to assert. Another attempt of unknown outcome keeps their window open for longer.
 */
export const closeWindows = (tx: Sql, { debts, now, until, windowMs }: Closing) => {
  const unclear = `(select max(a.started_at) from attempt a where a.integration_id in (delivery.integration_id, r.integration_id)
      and a.person = delivery.person and a.batch_id is null and a.outcome = 'retry' and a.started_at > $4)`
  const end = `case when coalesce(${unclear}, 0) + $5 > $3 then ${unclear} + $5 else $3 end`
  return tx.query(
    `update delivery set window_until = ${end},
            due_at = case when status = 'waiting' and reason = 'in_batch' then $2
                          when status = 'waiting' and reason = 'assert_again' then ${end} else due_at end,
            reason = case when status = 'waiting' and reason = 'in_batch' then null else reason end
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       join integration i on i.id = r.integration_id or i.left_from = r.integration_id
      where delivery.integration_id = i.id and delivery.person = r.person and window_until is not null`,
    [keyRows(debts), now, until, now - windowMs, windowMs],
  )
}
