import { type Status } from '../../domain/delivery.ts'
import { type Sql } from '../engine/database.ts'
import { PRIORITIES, PRIORITY } from './deliveries.ts'

/** The states of a debt that is not with Mailchimp yet. */
export type Unpaid = Exclude<Status, 'delivered' | 'skipped'>

export type UnpaidCount = {
  status: Unpaid
  priority: number
  n: number
  /** When the one was owed that has been owed for longest; null when there is none. */
  owed_at: number | null
}

/** Among so many that are due first, the one that was owed first is looked for. */
const MOST_LOOKED_AT = 20_000

/** From an index alone, but for the first of them: a million that wait are counted in a moment. */
const countWaiting = (priority: number): string => {
  const waits = `from delivery where integration_id = $1 and status = 'waiting' and priority = ${priority}`
  const first = `select owed_at ${waits} order by due_at limit ${MOST_LOOKED_AT}`
  return `select 'waiting' as status, ${priority} as priority, count(*) as n,
                 (select min(owed_at) from (${first}) as first) as owed_at ${waits}`
}

/** How many debts of an integration are unpaid. Reads only those, however many others there are. */
export const countUnpaid = (sql: Sql, integrationId: string) =>
  sql.query<UnpaidCount>(
    `${PRIORITIES.map(countWaiting).join(' union all ')}
     union all select status, priority, count(*), min(owed_at) from delivery
      where integration_id = $1 and status in ('sending', 'held', 'dead') group by status, priority`,
    [integrationId],
  )

/** How many debts of an integration wait for a repair, by its reason. */
export const countHeld = (sql: Sql, integrationId: string) =>
  sql.query<{ reason: string | null; n: number }>(
    `select reason, count(*) as n from delivery
      where integration_id = $1 and status in ('dead', 'held') and status = 'held' group by reason`,
    [integrationId],
  )

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

/** Operations handed to Mailchimp as batches (R28) whose end is not known yet, by credential. */
export const countBatchOperations = (sql: Sql) =>
  sql.query<{ credential_id: string; n: number }>(
    `select credential_id, sum(operations - finished) as n from batch where ended_at is null group by credential_id`,
  )
