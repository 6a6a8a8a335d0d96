import { type Status } from '../../domain/delivery.ts'
import { groupBy } from '../../domain/fold.ts'
import { type Param, type Sql } from '../engine/database.ts'
import { type DebtKey } from './deliveries.ts'
import { personKey, type PersonOfSource } from '../ledger/facts.ts'
import { jsonRows } from '../engine/json-rows.ts'

export type DeliveryRow = {
  id: string
  integration_id: string
  person: string
  status: Status
  priority: number
  due_at: number | null
  revision: number
  failed: number
  carries_withdrawal: number
  reason: string | null
  detail: string | null
  owed_at: number
  settled_at: number | null
  blocked: number
}

export type DeliveryFilter = {
  readonly integrationId?: string | undefined
  readonly status?: Status | undefined
  readonly person?: string | undefined
  readonly before: string
  readonly limit: number
}

// A waiting debt of a blocked, paused or disabled integration shows as held; holding a million of them costs one row (R25).
const blocked = `case when i.enabled = 0 or i.paused = 1 or i.hold_cause = 'audience_missing' or c.hold_cause is not null then 1 else 0 end`
const isBlocked = `d.status = 'waiting' and ${blocked} = 1`
const shownStatus = `case when ${isBlocked} then 'held' else d.status end`
const withHolds = `delivery d join integration i on i.id = d.integration_id join credential c on c.id = i.credential_id`

const SHOWN = `d.id, d.integration_id, d.person, ${shownStatus} as status, d.priority, d.due_at, d.revision, d.failed,
            d.carries_withdrawal,
            coalesce(case when ${isBlocked} then coalesce(c.hold_cause, i.hold_cause) end, d.reason) as reason,
            coalesce(case when ${isBlocked} then coalesce(c.hold_detail, i.hold_detail) end, d.detail) as detail,
            d.owed_at, d.settled_at, ${blocked} as blocked`

export const listDeliveries = (sql: Sql, filter: DeliveryFilter) =>
  sql.query<DeliveryRow>(
    `select ${SHOWN}
       from ${withHolds}
      where ($1 = '' or d.integration_id = $1) and ($2 = '' or d.person = $2)
        and ($3 = '' or ${shownStatus} = $3) and ($4 = '' or d.id < $4)
      order by d.id desc limit $5`,
    [
      filter.integrationId ?? '',
      filter.person ?? '',
      filter.status ?? '',
      filter.before,
      filter.limit,
    ] satisfies Param[],
  )

// `cross join` tells SQLite to begin with these persons, not with all debts in their order.
/** The debts of these persons in the integrations that read their source, by `personKey`. */
export async function deliveriesOf(sql: Sql, people: readonly PersonOfSource[]): Promise<Map<string, DeliveryRow[]>> {
  const rows = await sql.query<DeliveryRow & { source_id: string }>(
    `select ${SHOWN}, i.source_id
       from ${jsonRows(sql.dialect, '$1', { source_id: 'text', person: 'text' })} cross join integration i
       join credential c on c.id = i.credential_id cross join delivery d
      where i.source_id = r.source_id and d.integration_id = i.id and d.person = r.person order by d.id`,
    [JSON.stringify(people)],
  )
  return groupBy(rows, personKey)
}

/** The debt of one person in one integration, by id. */
export async function findDebtId(sql: Sql, { integrationId, person }: DebtKey): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>('select id from delivery where integration_id = $1 and person = $2', [
    integrationId,
    person,
  ])
  return row?.id
}

/** The persons that an integration owes or has paid, by id. */
export const peopleOwed = async (
  sql: Sql,
  { integrationId, limit }: { readonly integrationId: string; readonly limit: number },
): Promise<string[]> =>
  (
    await sql.query<{ person: string }>(
      'select person from delivery where integration_id = $1 order by person limit $2',
      [integrationId, limit],
    )
  ).map(({ person }) => person)

/** How many of them there are. */
export async function countDebts(sql: Sql, integrationId: string): Promise<number> {
  const [row] = await sql.query<{ n: number }>('select count(*) as n from delivery where integration_id = $1', [
    integrationId,
  ])
  return row?.n ?? 0
}

export type StatusCounts = Record<Status, number>

/** I7, I16: how many debts are in which status, of one integration, of a source, or of all. */
export async function countDeliveries(
  sql: Sql,
  { integrationId = '', sourceId = '' }: { integrationId?: string | undefined; sourceId?: string | undefined },
): Promise<StatusCounts> {
  const rows = await sql.query<{ status: Status; n: number }>(
    `select ${shownStatus} as status, count(*) as n from ${withHolds}
      where ($1 = '' or d.integration_id = $1) and ($2 = '' or i.source_id = $2) group by 1`,
    [integrationId, sourceId],
  )
  const counts: StatusCounts = { waiting: 0, sending: 0, held: 0, delivered: 0, skipped: 0, dead: 0 }
  for (const row of rows) counts[row.status] = Number(row.n)
  return counts
}
