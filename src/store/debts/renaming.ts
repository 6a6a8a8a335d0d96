import { type Sql } from '../engine/database.ts'
import { type Renamed } from '../ledger/renaming.ts'

const unpaid = (debt: string): string => `${debt}.status in ('waiting', 'sending', 'held', 'dead')`

/** Which is due first; one that is not due comes last. */
const SOONER = 'o.due_at is not null and (d.due_at is null or o.due_at < d.due_at)'

const larger = (column: string): string => `case when o.${column} > d.${column} then o.${column} else d.${column} end`

/** The integrations of the person's source. */
const INTEGRATIONS = '(select id from integration where source_id = $1)'

/**
 * Debts and attempts of this person are those of the person they are. Where that person has a debt too, the two become
 * one that is due if either was, as urgent as the more urgent of them, and that relies on nothing.
 */
export async function renameInDebts(tx: Sql, { sourceId, person, to }: Renamed): Promise<void> {
  const names = [sourceId, person, to]
  const joined = await tx.query<{ integration_id: string }>(
    `update delivery set
       status = case when ${unpaid('d')} or ${unpaid('o')} then 'waiting' else d.status end,
       due_at = case when ${SOONER} then o.due_at when d.due_at is not null then d.due_at
                     when ${unpaid('d')} or ${unpaid('o')} then d.owed_at end,
       priority = case when ${unpaid('o')} and (o.priority < d.priority or not ${unpaid('d')}) then o.priority
                       else d.priority end,
       carries_withdrawal = case when (${unpaid('d')} and d.carries_withdrawal = 1)
                                   or (${unpaid('o')} and o.carries_withdrawal = 1) then 1 else 0 end,
       owed_at = case when o.owed_at < d.owed_at then o.owed_at else d.owed_at end,
       revision = ${larger('revision')} + 1, doubted_at = ${larger('revision')} + 1,
       failed = 0, first_failed_at = null, reason = null, detail = null, refused = null, isolation = null,
       settled_at = case when ${unpaid('d')} or ${unpaid('o')} then null else d.settled_at end
      from delivery d, delivery o
      where delivery.id = d.id and o.integration_id = d.integration_id and o.person = $2 and d.person = $3
        and d.integration_id in ${INTEGRATIONS} returning delivery.integration_id`,
    names,
  )
  if (joined.length > 0)
    await tx.query(
      `delete from delivery where person = $2 and integration_id in ${INTEGRATIONS}
          and exists (select 1 from delivery d where d.integration_id = delivery.integration_id and d.person = $3)`,
      names,
    )
  for (const table of ['delivery', 'attempt'])
    await tx.query(`update ${table} set person = $3 where person = $2 and integration_id in ${INTEGRATIONS}`, names)
}
