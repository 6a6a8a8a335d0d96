import { heldBy, shownAs, type HeldBy } from '../../domain/hold.ts'
import {
  countBatchOperations,
  countGone,
  countHeld,
  countUnpaid,
  oldestWithdrawal,
  type BatchOperations,
  type Unpaid,
  type UnpaidCount,
} from '../../store/debts/backlog.ts'
import { type Sql } from '../../store/engine/database.ts'
import { PRIORITY } from '../../store/debts/deliveries.ts'
import { listCredentials, listIntegrations, type Integration } from '../../store/settings/integrations.ts'
import { remembered } from './remembered.ts'

type Priority = keyof typeof PRIORITY

/** What an integration owes, and since when. Times are milliseconds. */
export type Backlog = {
  readonly integrationId: string
  readonly counts: readonly {
    readonly status: Unpaid
    readonly priority: Priority
    readonly debts: number
  }[]
  readonly held: readonly { readonly cause: string; readonly debts: number }[]
  /** When the oldest of what waits was owed; undefined when nothing waits. */
  readonly oldestAt: number | undefined
  readonly oldestWithdrawalAt: number | undefined
  /** Withdrawals whose contact is gone, and that no operator acknowledged (R16e). */
  readonly gone: number
}

export type Backlogs = {
  readonly integrations: readonly Backlog[]
  readonly batches: readonly BatchOperations[]
}

type BacklogDeps = { readonly db: Sql; readonly clock: () => number }

/** Reads what is owed, or repeats what was read a moment ago: watching costs the store next to nothing. */
export const createBacklogReader = ({ db, clock }: BacklogDeps): (() => Promise<Backlogs>) =>
  remembered(() => readBacklogs(db), clock)

async function readBacklogs(db: Sql): Promise<Backlogs> {
  const holds = new Map((await listCredentials(db)).map(({ id, hold }) => [id, hold]))
  const integrations: Backlog[] = []
  for (const integration of await listIntegrations(db))
    integrations.push(await backlogOf(db, integration, heldBy(integration, holds.get(integration.credentialId))))
  return { integrations, batches: await countBatchOperations(db) }
}

async function backlogOf(db: Sql, { id, settings }: Integration, by: HeldBy | undefined): Promise<Backlog> {
  const [unpaid, repairs, oldestWithdrawalAt, gone] = await Promise.all([
    countUnpaid(db, id),
    countHeld(db, id),
    oldestWithdrawal(db, id),
    countGone(db, id),
  ])
  const waits = unpaid.filter(({ status }) => status === 'waiting')
  const owedAt = unpaid.filter(isUnderWay).flatMap(row => row.owedAt ?? [])
  const shown = unpaid.map(row => ({ ...row, status: shownAs({ status: row.status, reason: undefined }, by).status }))
  const held = repairs.map(({ reason, n }) => ({ cause: reason ?? 'unknown', debts: n }))
  return {
    integrationId: id,
    counts: STATUSES.flatMap(status =>
      PRIORITY_NAMES.map(priority => {
        const own = shown.filter(row => row.status === status && row.priority === PRIORITY[priority])
        return { status, priority, debts: sizeOf(own) }
      }),
    ),
    held: by === undefined || sizeOf(waits) === 0 ? held : [...held, { cause: by, debts: sizeOf(waits) }],
    // Of an integration that is switched off nothing is said to wait: that is meant.
    oldestAt: settings.enabled && owedAt.length > 0 ? Math.min(...owedAt) : undefined,
    oldestWithdrawalAt: settings.enabled ? oldestWithdrawalAt : undefined,
    gone,
  }
}

const STATUSES = ['waiting', 'sending', 'held', 'dead'] as const satisfies readonly Unpaid[]
const PRIORITY_NAMES = ['withdrawal', 'live', 'backfill'] as const satisfies readonly Priority[]

const isUnderWay = ({ status }: UnpaidCount): boolean => status === 'waiting' || status === 'sending'

const sizeOf = (rows: readonly UnpaidCount[]): number => rows.reduce((size, { n }) => size + n, 0)
