import { type Param, type Sql } from '../engine/database.ts'
import { carriedIn, type Carried } from './carried.ts'

/** A time in steps of equal width. */
type Steps = { readonly from: number; readonly step: number }

type Bounded = { readonly limit: number }

/** Whose, in which steps, and how many of the newest are counted at most. */
type Of = Steps & Bounded & { readonly id: string }

type Count = { readonly bucket: number; readonly n: number }
type ReasonCount = Count & { readonly reason: string }

/** Counts by step what `newest` selects: a bounded number of rows with their time as `at`. */
const counting = (newest: string, also = ''): string =>
  `select (at - $2) / $3 as bucket${also}, count(*) as n from (${newest} limit $4) as newest group by 1${also === '' ? '' : ', 2'}`

const paramsOf = ({ id, from, step, limit }: Of): Param[] => [id, from, step, limit]

/** How many facts a source sent in each step; the newest are counted first. */
export const countReceived = (sql: Sql, of: Of) =>
  sql.query<Count>(
    counting(`select received_at as at from fact where source_id = $1 and received_at >= $2 order by received_at desc`),
    paramsOf(of),
  )

/** How many requests of an integration Mailchimp took in each step. */
export const countTaken = (sql: Sql, of: Of) =>
  sql.query<Count>(
    counting(
      `select finished_at as at from attempt
        where integration_id = $1 and outcome = 'delivered' and finished_at >= $2 order by finished_at desc`,
    ),
    paramsOf(of),
  )

/** How many debts of an integration ended skipped in each step and have not been due since, by reason. */
export const countSkipped = (sql: Sql, of: Of) =>
  sql.query<ReasonCount>(
    counting(
      `select settled_at as at, coalesce(reason, 'unknown') as reason from delivery
        where integration_id = $1 and status = 'skipped' and settled_at >= $2 order by settled_at desc`,
      ', reason',
    ),
    paramsOf(of),
  )

/** How many debts of an integration ended dead or held in each step and have not been due since, by reason. */
export const countFailed = (sql: Sql, of: Of) =>
  sql.query<ReasonCount>(
    counting(
      `select settled_at as at, coalesce(reason, 'unknown') as reason from delivery
        where integration_id = $1 and status in ('dead', 'held') and settled_at >= $2`,
      ', reason',
    ),
    paramsOf(of),
  )

export type Taken = { readonly at: number; readonly carried: readonly Carried[] }

/** The newest requests of an integration that took facts to Mailchimp since `from`. */
export async function newestTaken(
  sql: Sql,
  { id, from, limit }: Bounded & { readonly id: string; readonly from: number },
): Promise<Taken[]> {
  const rows = await sql.query<{ finished_at: number; carried: string }>(
    `select finished_at, carried from attempt
      where integration_id = $1 and outcome = 'delivered' and finished_at >= $2 and carried is not null
      order by finished_at desc limit $3`,
    [id, from, limit],
  )
  return rows.map(row => ({ at: row.finished_at, carried: carriedIn(row.carried) }))
}
