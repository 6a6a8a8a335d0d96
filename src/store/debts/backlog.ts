import { type Status } from '../../domain/delivery.ts'
import { type Sql } from '../engine/database.ts'
import { PRIORITIES, PRIORITY } from './deliveries.ts'
import { GONE } from './failure-groups.ts'

/** The states of a debt that is not with Mailchimp yet. */
export type Unpaid = Exclude<Status, 'delivered' | 'skipped'>

export type UnpaidCount = {
  readonly status: Unpaid
  readonly priority: number
  readonly n: number
  /** When the one was owed that has been owed for longest; undefined when there is none. */
  readonly owedAt: number | undefined
}

type UnpaidRow = { status: Unpaid; priority: number; n: number; owed_at: number | null }

const unpaidIn = ({ owed_at: owedAt, ...counted }: UnpaidRow): UnpaidCount => ({
  ...counted,
  owedAt: owedAt ?? undefined,
})

/** Debts that are due first, among which the one that was owed first is looked for. */
const MOST_LOOKED_AT = 20_000

/** From an index alone, but for the first of them: a million that wait are counted in a moment. */
const countWaiting = (priority: number): string => {
  const waits = `from delivery where integration_id = $1 and status = 'waiting' and priority = ${priority}`
  const first = `select owed_at ${waits} order by due_at limit ${MOST_LOOKED_AT}`
  return `select 'waiting' as status, ${priority} as priority, count(*) as n,
                 (select min(owed_at) from (${first}) as first) as owed_at ${waits}`
}

/** How many debts of an integration are unpaid. Reads only those, however many others there are. */
export async function countUnpaid(sql: Sql, integrationId: string): Promise<UnpaidCount[]> {
  const rows = await sql.query<UnpaidRow>(
    `${PRIORITIES.map(countWaiting).join(' union all ')}
     union all select status, priority, count(*), min(owed_at) from delivery
      where integration_id = $1 and status in ('sending', 'held', 'dead') group by status, priority`,
    [integrationId],
  )
  return rows.map(unpaidIn)
}

type HeldCount = { readonly reason: string | undefined; readonly n: number }

/** How many debts of an integration wait for a repair, by its reason. */
export async function countHeld(sql: Sql, integrationId: string): Promise<HeldCount[]> {
  const rows = await sql.query<{ reason: string | null; n: number }>(
    `select reason, count(*) as n from delivery
      where integration_id = $1 and status in ('dead', 'held') and status = 'held' group by reason`,
    [integrationId],
  )
  return rows.map(({ reason, n }) => ({ reason: reason ?? undefined, n }))
}

/**
 * When the withdrawal was owed that has waited for longest in an integration; undefined when none waits. One that
 * Mailchimp confirmed, and that only waits to be asserted once more (R22), does not count.
 */
export async function oldestWithdrawal(sql: Sql, integrationId: string): Promise<number | undefined> {
  const waits = `integration_id = $1 and priority = ${PRIORITY.withdrawal} and (reason is null or reason <> 'assert_again')`
  const [row] = await sql.query<{ owed_at: number | null }>(
    `select min(owed_at) as owed_at from (
       select owed_at from delivery where ${waits} and status = 'waiting'
       union all select owed_at from delivery where ${waits} and status = 'sending') as waiting`,
    [integrationId],
  )
  return row?.owed_at ?? undefined
}

/**
 * R16e: how many withdrawals of an integration were written nowhere, because the contact is gone. What an operator has
 * acknowledged counts no more, and what is ignored does not count.
 */
export async function countGone(sql: Sql, integrationId: string): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    `select count(*) as n from delivery d
       left join failure f on f.integration_id = d.integration_id and f.kind = 'gone' and f.cause = d.reason
      where ${GONE} and d.integration_id = $1
        and not (f.state is not null
                 and (f.state = 'ignored' or (f.state = 'acknowledged' and d.settled_at <= f.changed_at)))`,
    [integrationId],
  )
  return row?.n ?? 0
}

export type BatchOperations = { readonly credentialId: string; readonly operations: number }

/** Operations handed to Mailchimp as batches (R28) whose end is not known yet, by credential. */
export async function countBatchOperations(sql: Sql): Promise<BatchOperations[]> {
  const rows = await sql.query<{ credential_id: string; n: number }>(
    `select credential_id, sum(operations - finished) as n from batch where ended_at is null group by credential_id`,
  )
  return rows.map(({ credential_id: credentialId, n: operations }) => ({ credentialId, operations }))
}
