import { type FailureKind, type Seen } from '../../domain/failure.ts'
import { type Reason } from '../../domain/reason.ts'
import { type Sql } from '../engine/database.ts'
import { HELD_FOR, stops } from './shown.ts'

/** One integration, one cause, and what that does to its debts. */
export type Group = { readonly integrationId: string; readonly kind: FailureKind; readonly cause: Reason }

export const groupKey = ({ integrationId, kind, cause }: Group): string => `${integrationId} ${kind} ${cause}`

const OF_INTEGRATION = `join integration i on i.id = d.integration_id join credential c on c.id = i.credential_id`

// Their `where` must repeat that of the index, or SQLite does not use it.
export const ENDED_BADLY = `d.status in ('dead', 'held')`
/** Debts that are tried in vain, also while they are being tried. */
export const FAILING = `d.status in ('waiting', 'sending') and d.failed > 0`
// What waits behind a hold belongs to the hold, which is why it is not tried; so does a debt that a block marked before a
// pause. A pause is no failure: what failed before it goes on failing.
const RETRYING = `${FAILING} and not (d.status = 'waiting' and (${HELD_FOR} is not null or ${stops('d.reason')}))`
/** R16e: a withdrawal that was written nowhere: the contact is gone, under any address. */
export const isGone = (debt: string): string =>
  `${debt}.status = 'skipped' and ${debt}.reason = 'contact_gone' and ${debt}.carries_withdrawal = 1`
export const GONE = isGone('d')
export const BEHIND = `d.status = 'waiting' and ${HELD_FOR} is not null`

/** The condition that a debt `d` with `i` and `c` is of the group, given the parameters that hold its cause. */
export const IN_GROUP = {
  dead: (cause: string) => `${ENDED_BADLY} and d.status = 'dead' and d.reason = ${cause}`,
  held: (cause: string) =>
    `((${ENDED_BADLY} and d.status = 'held' and d.reason = ${cause}) or (${BEHIND} and ${HELD_FOR} = ${cause}))`,
  retrying: (cause: string) => `${RETRYING} and d.reason = ${cause}`,
  gone: (cause: string) => `${GONE} and d.reason = ${cause}`,
} as const satisfies Record<FailureKind, (cause: string) => string>

type SeenRow = {
  integration_id: string
  kind: FailureKind
  cause: Reason
  debts: number
  withdrawals: number
  holds: number
  first_at: number | null
  last_at: number | null
}

// `cross join` tells SQLite to begin with the few integrations that are held, not with all that waits.
/** Every group that there is now, in one statement; each debt is in one of them at most. */
export async function seeGroups(sql: Sql): Promise<(Group & Seen)[]> {
  const rows = await sql.query<SeenRow>(
    `select integration_id, kind, cause, sum(debts) as debts, sum(withdrawals) as withdrawals, max(holds) as holds,
            min(first_at) as first_at, max(last_at) as last_at
       from (
         select d.integration_id, d.status as kind, d.reason as cause, count(*) as debts,
                sum(d.carries_withdrawal) as withdrawals, 0 as holds,
                min(d.settled_at) as first_at, max(d.settled_at) as last_at
           from delivery d where ${ENDED_BADLY} group by d.integration_id, d.status, d.reason
         union all
         select d.integration_id, 'retrying', d.reason, count(*), sum(d.carries_withdrawal), 0,
                min(d.first_failed_at), max(d.first_failed_at)
           from delivery d ${OF_INTEGRATION} where ${RETRYING} group by d.integration_id, d.reason
         union all
         select d.integration_id, 'gone', d.reason, count(*), count(*), 0, min(d.settled_at), max(d.settled_at)
           from delivery d where ${GONE} group by d.integration_id, d.reason
         union all
         select d.integration_id, 'held', min(${HELD_FOR}), count(*), sum(d.carries_withdrawal), 0, null, null
           from integration i join credential c on c.id = i.credential_id cross join delivery d
          where d.integration_id = i.id and ${BEHIND} group by d.integration_id
         union all
         select i.id, 'held', i.hold_cause, 0, 0, 1, i.held_at, i.held_at
           from integration i where i.hold_cause is not null and i.enabled = 1
         union all
         select i.id, 'held', c.hold_cause, 0, 0, 1, c.held_at, c.held_at
           from integration i join credential c on c.id = i.credential_id
          where c.hold_cause is not null and i.enabled = 1
       ) as part
      where cause is not null group by integration_id, kind, cause`,
  )
  return rows.map(row => ({
    integrationId: row.integration_id,
    kind: row.kind,
    cause: row.cause,
    debts: row.debts,
    withdrawals: row.withdrawals,
    holds: row.holds === 1,
    firstAt: row.first_at ?? undefined,
    // The time when a debt came behind a hold is not noted; the size of the group shows that it grew.
    lastAt: row.holds === 1 ? undefined : (row.last_at ?? undefined),
  }))
}
