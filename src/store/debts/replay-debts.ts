import { randomBytes } from 'node:crypto'
import { type Status } from '../../domain/delivery.ts'
import { type Param, type Sql } from '../engine/database.ts'
import { PRIORITY } from './deliveries.ts'
import { FAILING, IN_GROUP, isGone, type Group } from './failure-groups.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { DEBT_WITH_HOLDS, SHOWN } from './shown.ts'

/**
 * Which debts to replay; several conditions join. Status and reason are those that are shown. Without any condition
 * but an integration it is what failed: dead, held, or tried in vain. It names debts by their ids, and no person.
 */
export type Criteria = {
  readonly integrationId?: string | undefined
  readonly status?: Status | undefined
  readonly reason?: string | undefined
  readonly deliveryIds?: readonly string[] | undefined
  readonly group?: Group | undefined
}

/** The condition of the criteria for a debt `d`; `bind` gives each value its parameter. */
function matching(
  { integrationId, status, reason, deliveryIds, group }: Criteria,
  dialect: Sql['dialect'],
  bind: Bind,
) {
  const all = ['i.enabled = 1']
  if (integrationId !== undefined) all.push(`d.integration_id = ${bind(integrationId)}`)
  if (status !== undefined) all.push(`${SHOWN.status} = ${bind(status)}`)
  if (reason !== undefined) all.push(`${SHOWN.reason} = ${bind(reason)}`)
  if (deliveryIds !== undefined) all.push(isOneOf(dialect, bind(idRows(deliveryIds))))
  if (group !== undefined)
    all.push(`d.integration_id = ${bind(group.integrationId)}`, IN_GROUP[group.kind](bind(group.cause)))
  if ([status, reason, deliveryIds, group].every(each => each === undefined))
    all.push(`(d.status in ('dead', 'held') or (${FAILING}))`)
  return all.join(' and ')
}

type Bind = (value: Param) => string

const binder = (params: Param[]): Bind => {
  return value => `$${params.push(value)}`
}

const idRows = (ids: readonly string[]): string => JSON.stringify(ids.map(id => ({ id })))

const isOneOf = (dialect: Sql['dialect'], parameter: string): string =>
  `d.id in (select r.id from ${jsonRows(dialect, parameter, { id: 'text' })})`

/** A withdrawal in one of these is not with Mailchimp yet. */
const isWithdrawal = (debt: string): string =>
  `((${debt}.carries_withdrawal = 1 and ${debt}.status in ('waiting', 'sending', 'held', 'dead')) or (${isGone(debt)}))`

export type Extent = {
  readonly total: number
  readonly withdrawals: number
  /** The last of the debts, by id; empty when there is none. */
  readonly through: string
}

/** How many debts match, and how many of them carry a withdrawal that is not with Mailchimp yet. */
export async function extentOf(sql: Sql, criteria: Criteria): Promise<Extent> {
  const params: Param[] = []
  const where = matching(criteria, sql.dialect, binder(params))
  const [row] = await sql.query<{ total: number; withdrawals: number | null; through: string | null }>(
    `select count(*) as total, sum(case when ${isWithdrawal('d')} then 1 else 0 end) as withdrawals,
            max(d.id) as through
       from ${DEBT_WITH_HOLDS} where ${where}`,
    params,
  )
  return { total: row?.total ?? 0, withdrawals: row?.withdrawals ?? 0, through: row?.through ?? '' }
}

/** How many persons the integration's source knows, and how many of their debts carry a withdrawal. */
export async function extentOfResync(sql: Sql, integrationId: string): Promise<Extent> {
  const [row] = await sql.query<{ total: number; withdrawals: number }>(
    `select (select count(distinct f.person) from fact f where f.source_id = i.source_id) as total,
            (select count(*) from delivery d where d.integration_id = i.id and ${isWithdrawal('d')}) as withdrawals
       from integration i where i.id = $1 and i.enabled = 1`,
    [integrationId],
  )
  return { total: row?.total ?? 0, withdrawals: row?.withdrawals ?? 0, through: '' }
}

/** The debts of one person, in every integration, by id. */
export const debtsOf = async (sql: Sql, person: string): Promise<string[]> =>
  (
    await sql.query<{ id: string }>(
      'select d.id from integration i join delivery d on d.integration_id = i.id and d.person = $1 order by d.id',
      [person],
    )
  ).map(row => row.id)

type Range = { readonly after: string; readonly through: string; readonly limit: number }

/** The next debts that match, by id. */
export async function findMatching(sql: Sql, criteria: Criteria, { after, through, limit }: Range): Promise<string[]> {
  const params: Param[] = []
  const bind = binder(params)
  const where = matching(criteria, sql.dialect, bind)
  const rows = await sql.query<{ id: string }>(
    `select d.id from ${DEBT_WITH_HOLDS}
      where ${where} and d.id > ${bind(after)} and d.id <= ${bind(through)} order by d.id limit ${bind(limit)}`,
    params,
  )
  return rows.map(row => row.id)
}

/** The next persons that the integration's source knows. */
export async function findPeople(sql: Sql, integrationId: string, { after, limit }: Omit<Range, 'through'>) {
  const rows = await sql.query<{ person: string }>(
    `select distinct f.person from integration i join fact f on f.source_id = i.source_id
      where i.id = $1 and f.person > $2 order by f.person limit $3`,
    [integrationId, after, limit],
  )
  return rows.map(row => row.person)
}

/**
 * What happens to a replayed debt: `replayed` of TRANSITIONS. One that is due already only joins the replay. What was
 * paid is a new debt from now on; anything else is as old as it was, and a withdrawal stays one and goes first.
 */
function replayed(replay: string, at: string): string {
  const withdrawal = isWithdrawal('delivery')
  const set = (column: string, value: string): string => `${column} = ${unlessDue(at, `delivery.${column}`, value)}`
  return [
    `replay_id = coalesce(${replay}, delivery.replay_id)`,
    set('status', `case when delivery.status = 'sending' then 'sending' else 'waiting' end`),
    set(
      'priority',
      `case when ${withdrawal} then ${PRIORITY.withdrawal}
            when delivery.status in ('waiting', 'sending') then delivery.priority else ${PRIORITY.backfill} end`,
    ),
    set('carries_withdrawal', `case when ${withdrawal} then 1 else 0 end`),
    set('owed_at', `case when delivery.status in ('delivered', 'skipped') then ${at} else delivery.owed_at end`),
    set('due_at', at),
    set('revision', 'delivery.revision + 1'),
    set('failed', '0'),
    ...['first_failed_at', 'reason', 'detail', 'refused', 'isolation', 'settled_at'].map(name => set(name, 'null')),
  ].join(', ')
}

/** A debt that waits and is due stays as it is. */
const unlessDue = (at: string, same: string, changed: string): string =>
  `case when delivery.status = 'waiting' and delivery.due_at <= ${at} then ${same} else ${changed} end`

type Replaying = {
  /** Undefined for debts that are made due by themselves: those of a replay stay in it. */
  readonly replayId: string | undefined
  readonly at: number
}

/** Makes those of the debts due that still match. Returns their integrations, one for each debt. */
export async function replayDebts(
  tx: Sql,
  criteria: Criteria,
  { ids, replayId, at }: Replaying & { readonly ids: readonly string[] },
): Promise<string[]> {
  const params: Param[] = [replayId ?? null, at]
  const bind = binder(params)
  const where = `${matching(criteria, tx.dialect, bind)} and ${isOneOf(tx.dialect, bind(idRows(ids)))}`
  const rows = await tx.query<{ integration_id: string }>(
    `update delivery set ${replayed('$1', '$2')} where id in (select d.id from ${DEBT_WITH_HOLDS} where ${where})
     returning integration_id`,
    params,
  )
  return rows.map(row => row.integration_id)
}

/**
 * Makes these persons due in the integration, and believes nothing any more of what Mailchimp holds of them, so that
 * every mapped field is asserted. Passes over people who were erased since they were looked up. Returns the integration
 * once for each debt.
 */
export async function resyncPeople(
  tx: Sql,
  { people, integrationId, replayId, at }: Replaying & { readonly people: readonly string[]; integrationId: string },
): Promise<string[]> {
  const params = [
    replayId ?? null,
    at,
    integrationId,
    JSON.stringify(people.map(person => ({ id: newDeliveryId(at), person }))),
  ]
  const persons = jsonRows(tx.dialect, '$4', { id: 'text', person: 'text' })
  const rows = await tx.query<{ integration_id: string }>(
    `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at,
                           replay_id, doubted_at)
     select r.id, i.id, r.person, 'waiting', ${PRIORITY.backfill}, $2, 1, 0, $2, $1, 1
       from ${persons} join integration i on i.id = $3 and i.enabled = 1
      where exists (select 1 from fact f where f.source_id = i.source_id and f.person = r.person) order by r.person
     on conflict (integration_id, person) do update set ${replayed('$1', '$2')},
            doubted_at = ${unlessDue('$2', 'delivery.revision', 'delivery.revision + 1')}
     returning integration_id`,
    params,
  )
  return rows.map(row => row.integration_id)
}

/** Of the same form as those that `store/deliveries.ts` makes in SQL, so that they sort by time together. */
const newDeliveryId = (at: number): string =>
  `dlv_${at.toString(16).padStart(12, '0')}${randomBytes(8).toString('hex')}`
