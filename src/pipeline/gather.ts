import { LIFETIME, LIVE_FOR } from '../domain/batch.ts'
import { withdrawsAny } from '../domain/plan.ts'
import { widened } from '../domain/window.ts'
import { recordIntents } from '../store/attempts.ts'
import { dueForBatch, handOver, preferWithdrawals } from '../store/batch-debts.ts'
import { addOperations, insertBatch, type NewBatch } from '../store/batches.ts'
import { type Sql } from '../store/database.ts'
import { debtKey } from '../store/delivered.ts'
import { PRIORITY, settle, type Ended } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { assign, contactPath, intentOf, type Assignment } from './assign.ts'
import { type Decided, type Ready } from './decide-debt.ts'
import { decideAll, keyOf, settledWithout, type DueOf } from './decide-due.ts'

export type GatherRequest = {
  readonly ready: readonly Ready[]
  readonly batch: NewBatch
  /** Nothing is in it yet. */
  readonly isNew: boolean
  readonly room: number
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  readonly now: number
  readonly newId: NewId
}

export type Gathered = {
  readonly assignments: readonly Assignment[]
  readonly ended: readonly Ended[]
  /** Nothing more is there that could go with this batch. */
  readonly isAll: boolean
}

/**
 * R28: moves due debts into a batch, each as an attempt that is recorded before the batch leaves (I6). What needs no
 * request is settled, and what takes something back is left to the single lane, before everything else.
 */
export async function gather(tx: Sql, request: GatherRequest): Promise<Gathered> {
  const { ready, room, busy, now, newId } = request
  const due = await dueFor(tx, ready, now, room)
  const decided = await decideAll(tx, due, now)
  const idle = decided.filter(({ decision }) => decision.plan.do === 'skip')
  const withdrawing = decided.filter(withdraws)
  const taken = new Set(busy)
  const assignments = decided.flatMap(each => {
    if (idle.includes(each) || withdrawing.includes(each)) return []
    const assignment = assertionOf(each, { now, newId })
    if (!assignment || taken.has(assignment.contact)) return []
    taken.add(assignment.contact)
    return [assignment]
  })
  const settlements = idle.map(each => settledWithout(each, now))
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (withdrawing.length > 0)
    await preferWithdrawals(
      tx,
      withdrawing.map(({ debt }) => keyOf(debt)),
    )
  const left = assignments.length > 0 ? await leave(tx, assignments, request) : []
  return { assignments: left, ended, isAll: due.length < room }
}

/** Backfills first: they have nobody waiting for them. */
async function dueFor(tx: Sql, ready: readonly Ready[], now: number, room: number): Promise<DueOf[]> {
  const due: DueOf[] = []
  for (const [priority, dueBefore] of [
    [PRIORITY.backfill, now],
    [PRIORITY.live, now - LIVE_FOR],
  ] as const) {
    for (const own of ready) {
      if (due.length >= room) return due
      const query = { integrationId: own.integration.id, priority, dueBefore, limit: room - due.length }
      due.push(...(await dueForBatch(tx, query)).map(debt => ({ debt, ready: own })))
    }
  }
  return due
}

const withdraws = ({ decision: { plan, lastDelivered, desired } }: Decided): boolean =>
  plan.do !== 'skip' && withdrawsAny(plan.fields, lastDelivered, desired.lists)

/** All mapped fields, because nothing can be relied on until the end of the batch is known. */
function assertionOf(decided: Decided, { now, newId }: { readonly now: number; readonly newId: NewId }) {
  const { decision, ready } = decided
  if (decision.plan.do === 'skip') return undefined
  const plan = { ...decision.plan, fields: decision.desired.fields }
  return assign(decided, { plan, contact: contactPath(ready.integration, plan), now, newId })
}

/** Gives those that really go. */
async function leave(
  tx: Sql,
  assignments: readonly Assignment[],
  { batch, isNew }: Pick<GatherRequest, 'batch' | 'isNew'>,
): Promise<readonly Assignment[]> {
  const debts = assignments.map(({ integration, person, revision, plan, startedAt }) => ({
    integrationId: integration.id,
    person,
    revision,
    window: widened(undefined, { fields: plan.fields, sentAt: startedAt, until: startedAt + LIFETIME }),
  }))
  const handed = await handOver(tx, debts, batch.deadline_at)
  const going = assignments.filter(({ integration, person }) =>
    handed.has(debtKey({ integrationId: integration.id, person })),
  )
  if (going.length === 0) return []
  if (isNew) await insertBatch(tx, batch)
  await addOperations(tx, { id: batch.id, operations: going.length })
  await recordIntents(
    tx,
    going.map(assignment => intentOf(assignment, batch.id)),
  )
  return going
}
