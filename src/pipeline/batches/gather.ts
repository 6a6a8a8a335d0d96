import { LIFETIME, LIVE_FOR } from '../../domain/batch.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { withdrawsAny } from '../../domain/plan.ts'
import { widened } from '../../domain/window.ts'
import { recordIntents } from '../../store/debts/attempts.ts'
import { dueForBatch, handOver, passedBy, preferWithdrawals } from '../../store/debts/batch-debts.ts'
import { addOperations, insertBatch, type NewBatch } from '../../store/debts/batches.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey, type DebtKey } from '../../store/debts/delivery-columns.ts'
import { PRIORITY, settle, type Ended, type Settlement } from '../../store/debts/deliveries.ts'
import { isAsRead } from '../../store/debts/due-debts.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { assign, contactPath, intentOf, type Assignment } from '../delivery/assign.ts'
import { pass } from './conclude-batch.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { decideAll, keyOf, settledUndecided, settledWithout, type DueOf } from '../delivery/decide-due.ts'
import { doubtWritten } from '../delivery/written.ts'
import { unsentEnd } from './operation-end.ts'

/** How a batch travels: as operations of `/batches`, or as members of one audience in one call. */
export type Way = { readonly by: 'batches' } | { readonly by: 'lists'; readonly audienceId: string }

/** A batch and what goes with it. */
export type Full = { readonly batch: Batch; readonly way: Way; readonly assignments: readonly Assignment[] }

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

type Gathered = {
  readonly assignments: readonly Assignment[]
  readonly ended: readonly Ended[]
  /** Nothing more is there that could go with this batch. */
  readonly isAll: boolean
}

/**
 * R28: moves due debts into a batch, each as an attempt that is recorded before the batch leaves (I6). What needs no
 * request is settled, and what takes something back is left to the single lane, before everything else. So is a contact
 * of several persons: a request for another of them may overtake the batch (R16b).
 */
export async function gather(tx: Sql, request: GatherRequest): Promise<Gathered> {
  const { ready, room, busy, now, newId } = request
  const due = await dueFor(tx, ready, now, room)
  const { decided, undecided } = await decideAll(tx, due, now)
  const settlements: Settlement[] = undecided.map(each => settledUndecided(each, now))
  const withdrawing: DebtKey[] = []
  const assignments: Assignment[] = []
  const taken = new Set(busy)
  for (const each of decided) {
    const { plan, lastDelivered, desired } = each.decision
    if (each.isShared) continue
    if (plan.do === 'skip') {
      settlements.push(settledWithout(each, now))
      continue
    }
    if (withdrawsAny(plan.fields, lastDelivered, desired.lists)) {
      withdrawing.push(keyOf(each.debt))
      continue
    }
    const contact = contactPath(each.ready.integration, plan, each.decision.record)
    if (each.contactKey === undefined || taken.has(contact)) continue
    taken.add(contact)
    // All mapped fields, because nothing can be relied on until the end of the batch is known.
    assignments.push(
      assign(each, { plan: { ...plan, fields: desired.fields }, contact, contactKey: each.contactKey, now, newId }),
    )
  }
  const ended = settlements.length > 0 ? await settle(tx, settlements) : []
  if (withdrawing.length > 0) await preferWithdrawals(tx, withdrawing)
  const left = assignments.length > 0 ? await leave(tx, assignments, request) : []
  const isStuck = settlements.length + withdrawing.length + left.length === 0
  return { assignments: left, ended, isAll: isStuck || due.length < room }
}

/** Backfills first: no person waits for them. */
async function dueFor(tx: Sql, ready: readonly Ready[], now: number, room: number): Promise<DueOf[]> {
  const due: DueOf[] = []
  for (const [priority, dueBefore] of [
    [PRIORITY.backfill, now],
    [PRIORITY.live, now - LIVE_FOR],
  ] as const) {
    for (const own of ready) {
      if (due.length >= room) return due
      const query = { integration: own.integration, priority, dueBefore, limit: room - due.length }
      due.push(...(await dueForBatch(tx, query)).map(debt => ({ debt, ready: own })))
    }
  }
  return due
}

/** Gives those that really go. */
async function leave(
  tx: Sql,
  assignments: readonly Assignment[],
  { batch, isNew }: Pick<GatherRequest, 'batch' | 'isNew'>,
): Promise<readonly Assignment[]> {
  const debts = assignments.map(({ integration, person, contactKey, revision, plan, startedAt }) => ({
    integrationId: integration.id,
    person,
    contact: contactKey.alias,
    revision,
    window: widened(undefined, {
      fields: plan.fields,
      sentAt: startedAt,
      until: startedAt + LIFETIME,
      contact: contactKey.alias,
    }),
  }))
  const handed = await handOver(tx, debts, batch.deadlineAt)
  const going = assignments.filter(({ integration, person }) =>
    handed.has(debtKey({ integrationId: integration.id, person })),
  )
  if (going.length === 0) return []
  // Mailchimp may run the batch before or after what is sent meanwhile.
  await doubtWritten(tx, going)
  if (isNew) await insertBatch(tx, batch)
  await addOperations(tx, { id: batch.id, operations: going.length })
  await recordIntents(
    tx,
    going.map(assignment => intentOf(assignment, batch.id)),
  )
  return going
}

/**
 * The batch as it may leave: without those that something newer came in about while the others were gathered, who go
 * by themselves, and empty when one of the integrations was replaced, removed or paused meanwhile.
 */
export async function readyToLeave(
  tx: Sql,
  { batch, way, assignments }: Full,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): Promise<Full> {
  for (const integration of new Set(assignments.map(each => each.integration)))
    if (!(await isAsRead(tx, integration))) return { batch, way, assignments: [] }
  const passed = await passedBy(tx, batch.id)
  const over = passed.map(attempt => ({ attempt, end: unsentEnd('something newer came in before it left') }))
  await pass(tx, { over, now, until: now, windowMs })
  if (passed.length > 0) await addOperations(tx, { id: batch.id, operations: -passed.length })
  const gone = new Set(passed.map(({ id }) => id))
  const staying = assignments.filter(({ attemptId }) => !gone.has(attemptId))
  return { batch: { ...batch, operations: staying.length }, way, assignments: staying }
}
