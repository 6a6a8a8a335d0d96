import { type Status } from '../../domain/delivery.ts'
import { endOf, type End } from '../../domain/end.ts'
import { groupBy } from '../../domain/group.ts'
import { type HeldBy } from '../../domain/hold.ts'
import { type Reason } from '../../domain/reason.ts'
import { type Param, type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { PERSON_COLUMNS, personKey, personRows, sourcePersonIn, type SourcePerson } from '../ledger/source-person.ts'
import { debtKeyIn, type DebtKey, type DebtKeyRow } from './delivery-columns.ts'
import { DEBT_WITH_HOLDS, END, HELD_BY, SHOWN } from './shown.ts'

type Row = DebtKeyRow & {
  id: string
  status: Status
  priority: number
  due_at: number | null
  revision: number
  failed: number
  carries_withdrawal: number
  reason: Reason | null
  detail: string | null
  owed_at: number
  settled_at: number | null
  held_by: HeldBy | null
}

/** A debt as everybody sees it (R25): one behind a hold, a pause or a switch is held, for that reason. */
export type ShownDebt = DebtKey & {
  readonly id: string
  readonly status: Status
  readonly reason: Reason | undefined
  readonly detail: string | undefined
  readonly end: End | undefined
  /** What holds its integration now, beside its own status. */
  readonly heldBy: HeldBy | undefined
  readonly priority: number
  readonly revision: number
  readonly failed: number
  readonly carriesWithdrawal: boolean
  readonly dueAt: number | undefined
  readonly owedAt: number
  readonly settledAt: number | undefined
}

const debtIn = (row: Row): ShownDebt => ({
  ...debtKeyIn(row),
  id: row.id,
  status: row.status,
  reason: row.reason ?? undefined,
  detail: row.detail ?? undefined,
  end: endOf({ status: row.status, reason: row.reason ?? undefined }),
  heldBy: row.held_by ?? undefined,
  priority: row.priority,
  revision: row.revision,
  failed: row.failed,
  carriesWithdrawal: row.carries_withdrawal === 1,
  dueAt: row.due_at ?? undefined,
  owedAt: row.owed_at,
  settledAt: row.settled_at ?? undefined,
})

export type DeliveryFilter = {
  readonly integrationId?: string | undefined
  readonly status?: Status | undefined
  readonly end?: End | undefined
  readonly person?: string | undefined
  readonly before: string
  readonly limit: number
}

const COLUMNS = `d.id, d.integration_id, d.person, ${SHOWN.status} as status, d.priority, d.due_at, d.revision, d.failed,
            d.carries_withdrawal, ${SHOWN.reason} as reason, ${SHOWN.detail} as detail, d.owed_at, d.settled_at,
            ${HELD_BY} as held_by`

export async function listDeliveries(sql: Sql, filter: DeliveryFilter): Promise<ShownDebt[]> {
  const rows = await sql.query<Row>(
    `select ${COLUMNS}
       from ${DEBT_WITH_HOLDS}
      where ($1 = '' or d.integration_id = $1) and ($2 = '' or d.person = $2)
        and ($3 = '' or ${SHOWN.status} = $3) and ($4 = '' or ${END} = $4) and ($5 = '' or d.id < $5)
      order by d.id desc limit $6`,
    [
      filter.integrationId ?? '',
      filter.person ?? '',
      filter.status ?? '',
      filter.end ?? '',
      filter.before,
      filter.limit,
    ] satisfies Param[],
  )
  return rows.map(debtIn)
}

/** The debts of these persons in the integrations that read their source, by `personKey`. */
export async function deliveriesOf(sql: Sql, people: readonly SourcePerson[]): Promise<Map<string, ShownDebt[]>> {
  // `cross join` tells SQLite to begin with these persons, not with all debts in their order.
  const rows = await sql.query<Row & { source_id: string }>(
    `select ${COLUMNS}, i.source_id
       from ${jsonRows(sql.dialect, '$1', PERSON_COLUMNS)} cross join integration i
       join credential c on c.id = i.credential_id cross join delivery d
      where i.source_id = r.source_id and d.integration_id = i.id and d.person = r.person order by d.id`,
    [personRows(people)],
  )
  const owned = groupBy(rows, row => personKey(sourcePersonIn(row)))
  return new Map([...owned].map(([key, own]) => [key, own.map(debtIn)]))
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

type StatusCounts = Record<Status, number>

/** Every debt by its status, and those that ended well by their end. */
export type DebtCounts = { readonly byStatus: StatusCounts; readonly byEnd: Record<End, number> }

type CountRow = { status: Status; ended_as: End | null; n: number }

/** I7, I16: how many debts are in which status, of one integration, of a source, or of all. */
export async function countDeliveries(
  sql: Sql,
  { integrationId = '', sourceId = '' }: { integrationId?: string | undefined; sourceId?: string | undefined },
): Promise<DebtCounts> {
  const rows = await sql.query<CountRow>(
    `select ${SHOWN.status} as status, ${END} as ended_as, count(*) as n from ${DEBT_WITH_HOLDS}
      where ($1 = '' or d.integration_id = $1) and ($2 = '' or i.source_id = $2) group by 1, 2`,
    [integrationId, sourceId],
  )
  const byStatus: StatusCounts = { waiting: 0, sending: 0, held: 0, delivered: 0, skipped: 0, dead: 0 }
  const byEnd = { in_step: 0, not_in_audience: 0, unmatched: 0, contact_gone: 0 }
  for (const { status, ended_as: end, n } of rows) {
    byStatus[status] += Number(n)
    if (end !== null) byEnd[end] += Number(n)
  }
  return { byStatus, byEnd }
}
