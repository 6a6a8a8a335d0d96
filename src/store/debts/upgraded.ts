import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { newDeliveryId, PRIORITY } from './deliveries.ts'
import { DUE_COLUMNS, dueDebtIn, type DueDebt, type DueRow } from './due-debts.ts'

const IS_PAID = `delivery.status in ('delivered', 'skipped')`

const IS_HELD = `status = 'held' and reason = 'upgrade_unaccepted'`

type Owing = {
  readonly integrationId: string
  readonly people: readonly string[]
  readonly at: number
  /** The last fact whose grants wait to be accepted; undefined once they are. */
  readonly unaccepted: string | undefined
  /** Whether a contact that was absent may be another one now. */
  readonly absentToo: boolean
}

// What waits will be decided by the rules of this release anyway.
/**
 * Makes these persons due as a backfill: what ended, well or not, was decided by the rules of an older release. What
 * was not paid is as old and as urgent as it was.
 */
export const oweUpgraded = (tx: Sql, { integrationId, people, at, unaccepted, absentToo }: Owing) =>
  tx.query(
    `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at,
                           unaccepted)
     select ${newDeliveryId(tx.dialect, '$2')}, i.id, r.person, 'waiting', ${PRIORITY.backfill}, $2, 1, 0, $2, $4
       from ${jsonRows(tx.dialect, '$3', { person: 'text' })} join integration i on i.id = $1 and i.enabled = 1
      where true order by r.person
     on conflict (integration_id, person) do update set
       revision = delivery.revision + 1,
       status = case when delivery.status = 'sending' then 'sending' else 'waiting' end,
       priority = case when ${IS_PAID} then excluded.priority else delivery.priority end,
       carries_withdrawal = case when ${IS_PAID} then 0 else delivery.carries_withdrawal end,
       due_at = excluded.due_at, failed = 0, first_failed_at = null, reason = null, detail = null, refused = null,
       isolation = null,
       owed_at = case when ${IS_PAID} then excluded.owed_at else delivery.owed_at end,
       settled_at = null,
       unaccepted = case when delivery.status = 'sending' then delivery.unaccepted else excluded.unaccepted end
      where delivery.status <> 'waiting'
        and ($5 = 1 or delivery.reason is null or delivery.reason <> 'no_such_contact')`,
    [integrationId, at, JSON.stringify(people.map(person => ({ person }))), unaccepted ?? null, absentToo ? 1 : 0],
  )

/** The next debts whose grants were accepted: they grant, and what was held for that is due. */
export async function acceptUpgraded(
  tx: Sql,
  { at, limit }: { readonly at: number; readonly limit: number },
): Promise<string[]> {
  const rows = await tx.query<{ integration_id: string }>(
    `update delivery set unaccepted = null, revision = revision + 1,
            status = case when ${IS_HELD} then 'waiting' else status end,
            due_at = case when ${IS_HELD} then $1 else due_at end,
            settled_at = case when ${IS_HELD} then null else settled_at end
      where id in (select id from delivery where unaccepted is not null order by id limit $2)
     returning integration_id`,
    [at, limit],
  )
  return rows.map(row => row.integration_id)
}

type DebtRange = { readonly integrationId: string; readonly after: string; readonly limit: number }

/** The next debts that the upgrade made due, by person. */
export async function unacceptedDebts(sql: Sql, { integrationId, after, limit }: DebtRange): Promise<DueDebt[]> {
  const rows = await sql.query<DueRow>(
    `select ${DUE_COLUMNS} from delivery
      where integration_id = $1 and unaccepted is not null and person > $2 order by person limit $3`,
    [integrationId, after, limit],
  )
  return rows.map(dueDebtIn)
}

/** Debts that are held because they would grant something that was not accepted. */
export async function countUnaccepted(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    `select count(*) as n from delivery where unaccepted is not null and ${IS_HELD}`,
  )
  return row?.n ?? 0
}
