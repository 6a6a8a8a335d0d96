import { EVERY_TARGET, type BrakedTarget } from '../../domain/brake.ts'
import { groupBy } from '../../domain/group.ts'
import { debtKey, debtKeyIn, KEY_COLUMNS, keyRows, type DebtKey, type DebtKeyRow } from '../debts/delivery-columns.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

type TargetRow = DebtKeyRow & { target: string; brake_id: string; waits: number }

/** What these debts wait behind, or waited (R33), by `debtKey`. */
export async function brakedTargetsOf(
  tx: Sql,
  debts: readonly DebtKey[],
): Promise<ReadonlyMap<string, readonly BrakedTarget[]>> {
  if (debts.length === 0) return new Map()
  const rows = await tx.query<TargetRow>(
    `select t.integration_id, t.person, t.target, t.brake_id, t.waits
       from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       join braked_target t on t.integration_id = r.integration_id and t.person = r.person`,
    [keyRows(debts)],
  )
  const byDebt = [...groupBy(rows, row => debtKey(debtKeyIn(row)))]
  return new Map(
    byDebt.map(([key, own]) => [
      key,
      own.map(({ target, brake_id: brakeId, waits }) => ({ target, brakeId, waits: waits === 1 })),
    ]),
  )
}

/** All that these debts wait behind, or waited. */
export async function keepBraked(
  tx: Sql,
  debts: readonly (DebtKey & { readonly targets: readonly BrakedTarget[] })[],
): Promise<void> {
  await tx.query(
    `delete from braked_target where exists (select 1 from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
       where r.integration_id = braked_target.integration_id and r.person = braked_target.person)`,
    [keyRows(debts)],
  )
  const targets = debts.flatMap(({ integrationId, person, targets: own }) =>
    own.map(({ target, brakeId, waits }) => ({
      integration_id: integrationId,
      person,
      target,
      brake_id: brakeId,
      waits: waits ? 1 : 0,
    })),
  )
  const columns = { ...KEY_COLUMNS, target: 'text', brake_id: 'text', waits: 'bigint' } as const
  if (targets.length > 0)
    await tx.query(
      `insert into braked_target (integration_id, person, target, brake_id, waits)
       select r.integration_id, r.person, r.target, r.brake_id, r.waits from ${jsonRows(tx.dialect, '$1', columns)}
        where true`,
      [JSON.stringify(targets)],
    )
  await tx.query(
    `update delivery set braked = r.braked from ${jsonRows(tx.dialect, '$1', { ...KEY_COLUMNS, braked: 'bigint' })}
      where delivery.integration_id = r.integration_id and delivery.person = r.person`,
    [
      JSON.stringify(
        debts.map(({ integrationId, person, targets: own }) => ({
          integration_id: integrationId,
          person,
          braked: own.length > 0 ? 1 : 0,
        })),
      ),
    ],
  )
}

/** The next held debts of which something was let go are due; gives their integrations. */
export async function oweReleased(
  tx: Sql,
  { at, limit }: { readonly at: number; readonly limit: number },
): Promise<string[]> {
  const rows = await tx.query<DebtKeyRow>(
    `update delivery set status = 'waiting', due_at = $1, revision = revision + 1, settled_at = null
      where id in (select d.id from brake b join braked_target t on t.brake_id = b.id and t.waits = 1
                     join delivery d on d.integration_id = t.integration_id and d.person = t.person
                    where b.decision = 'release' and d.status = 'held' limit $2)
     returning integration_id, person`,
    [at, limit],
  )
  await tx.query(
    `update braked_target set waits = 0
      where waits = 1 and brake_id in (select id from brake where decision = 'release')
        and exists (select 1 from ${jsonRows(tx.dialect, '$1', KEY_COLUMNS)}
           where r.integration_id = braked_target.integration_id and r.person = braked_target.person)`,
    [keyRows(rows.map(debtKeyIn))],
  )
  return rows.map(row => row.integration_id)
}

export type BrakeSample = DebtKey & {
  /** The targets that wait; empty where the version that held them did not note which they are. */
  readonly targets: readonly string[]
}

const SAMPLES = 10

/** Some debts of a problem, and what waits of them. */
export async function samplesOf(sql: Sql, brakeId: string): Promise<BrakeSample[]> {
  const rows = await sql.query<DebtKeyRow & { target: string }>(
    `select t.integration_id, t.person, t.target
       from (select distinct integration_id, person from braked_target where brake_id = $1 and waits = 1
              order by integration_id, person limit ${SAMPLES}) s
       join braked_target t on t.integration_id = s.integration_id and t.person = s.person
      where t.brake_id = $1 and t.waits = 1 order by t.integration_id, t.person, t.target`,
    [brakeId],
  )
  return [...groupBy(rows, row => debtKey(debtKeyIn(row))).values()].flatMap(own =>
    own.slice(0, 1).map(row => ({
      ...debtKeyIn(row),
      targets: own.map(({ target }) => target).filter(target => target !== EVERY_TARGET),
    })),
  )
}
