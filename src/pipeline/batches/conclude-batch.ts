import { isUnclear } from '../../domain/outcome.ts'
import { recordEndings } from '../../store/debts/attempts.ts'
import { closeWindows, passedBy, stillInBatch } from '../../store/debts/batch-debts.ts'
import { type BatchAttempt } from '../../store/debts/batches.ts'
import { type Fields } from '../../domain/plan.ts'
import { fieldsIn } from '../../mailchimp/targets.ts'
import { endWindows } from '../../store/debts/windows.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey } from '../../store/debts/delivery-columns.ts'
import { type Ended } from '../../store/debts/deliveries.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { assign, contactPath } from '../delivery/assign.ts'
import { conclude, endingOf, type Conclusion } from '../delivery/conclude.ts'
import { type Decided, type Ready } from '../delivery/decide-debt.ts'
import { decideAll, keyOf } from '../delivery/decide-due.ts'
import { isInterrupted, type OperationEnd } from './operation-end.ts'

/** An operation that is over. */
export type Over = { readonly attempt: BatchAttempt; readonly end: OperationEnd }

type ConcludeBatch = {
  /** The integrations that can be decided on, paused or not: what has happened has happened. */
  readonly known: readonly Ready[]
  readonly now: number
  readonly windowMs: number
  readonly dice: () => number
  readonly newId: NewId
}

/**
 * Records how operations of a batch ended. A debt that nothing has happened to since is settled by it, as by a request
 * of its own; of one that a newer fact has moved on, the newest state is asserted once more (I15).
 */
export async function concludeBatch(
  tx: Sql,
  over: readonly Over[],
  { known, now, windowMs, dice, newId }: ConcludeBatch,
): Promise<{ readonly conclusions: readonly Conclusion[]; readonly ended: readonly Ended[] }> {
  const verdicts = over.filter(({ end }) => !isInterrupted(end))
  const decided = await decidedStill(tx, verdicts, { known, now })
  const settling = verdicts.flatMap(each => {
    const own = decided.get(keyIn(each))
    const conclusion = own && conclusionOf(own, each, { now, dice, newId })
    return conclusion ? [{ each, conclusion }] : []
  })
  const conclusions = settling.map(({ conclusion }) => conclusion)
  // The batch itself was their window.
  await endWindows(
    tx,
    settling.map(({ each: { attempt } }) => attempt),
  )
  const ended = await conclude(tx, conclusions, windowMs)
  const settled = new Set(settling.map(({ each }) => each))
  const passed = over.filter(each => !settled.has(each))
  await pass(tx, { over: passed.filter(({ end }) => !isUnclear(end.outcome)), now, until: now, windowMs })
  // An operation whose end is unknown may still be applied (R22).
  await pass(tx, { over: passed.filter(({ end }) => isUnclear(end.outcome)), now, until: now + windowMs, windowMs })
  return { conclusions, ended }
}

/** Whose operation it was, and how that ended. */
type Passed = { readonly attempt: Pick<BatchAttempt, 'id' | 'integrationId' | 'person'>; readonly end: OperationEnd }

type PassRequest = {
  readonly over: readonly Passed[]
  readonly now: number
  readonly until: number
  readonly windowMs: number
}

/** Completes the attempts, and leaves it to the single lane to bring their debts in step, after `until` for sure. */
export async function pass(tx: Sql, { over, now, until, windowMs }: PassRequest): Promise<void> {
  if (over.length === 0) return
  await recordEndings(
    tx,
    over.map(({ attempt: { id: attemptId }, end }) => endingOf({ attemptId, ...end, finishedAt: now })),
  )
  const debts = over.map(({ attempt }) => ({ integrationId: attempt.integrationId, person: attempt.person }))
  await closeWindows(tx, { debts, now, until, windowMs })
}

/**
 * I15: all operations of the batch ran, so what newer requests have put right may be overwritten, and is asserted once
 * more at once. Says whether there was any.
 */
export async function assertPassed(
  tx: Sql,
  batchId: string,
  { now, windowMs }: Pick<PassRequest, 'now' | 'windowMs'>,
): Promise<boolean> {
  const debts = await passedBy(tx, batchId)
  if (debts.length > 0) await closeWindows(tx, { debts, now, until: now, windowMs })
  return debts.length > 0
}

const keyIn = ({ attempt }: Over): string => debtKey({ integrationId: attempt.integrationId, person: attempt.person })

/** The debts that still wait for this batch, decided on what is known now, by `debtKey`. */
async function decidedStill(
  tx: Sql,
  over: readonly Over[],
  { known, now }: Pick<ConcludeBatch, 'known' | 'now'>,
): Promise<ReadonlyMap<string, Decided>> {
  const mayDecide = new Map(known.map(each => [each.integration.id, each]))
  const debts = over.map(({ attempt: { integrationId, person, revision } }) => ({
    integrationId,
    person,
    revision,
  }))
  const still = await stillInBatch(tx, debts)
  const startedAt = new Map(over.map(each => [keyIn(each), each.attempt.startedAt]))
  const due = still.flatMap(debt => {
    const own = mayDecide.get(debt.integrationId)
    // Of a document that was replaced since it says nothing about what should be now.
    const isCurrent = own && (startedAt.get(debtKey(keyOf(debt))) ?? 0) >= own.integration.updatedAt
    return isCurrent ? [{ debt, ready: own }] : []
  })
  const { decided } = await decideAll(tx, due, now)
  return new Map(decided.map(each => [debtKey(keyOf(each.debt)), each]))
}

/** The operation wrote all of these values. */
function carries({ request }: BatchAttempt, fields: Fields): boolean {
  const sent = fieldsIn(request)
  return Object.entries(fields).every(([key, value]) => sent[key] === value)
}

function conclusionOf(
  decided: Decided,
  { attempt, end }: Over,
  { now, dice, newId }: Pick<ConcludeBatch, 'now' | 'dice' | 'newId'>,
): Conclusion | undefined {
  const { decision, contactKey, isShared } = decided
  const { plan, record } = decision
  // R16b: of a contact that others name, too, by now, only the single lane says what it is to hold.
  if (plan.do === 'skip' || contactKey === undefined || isShared) return undefined
  // Where a contact is that took a write before is asked by the single lane (R16e).
  if (end.outcome.kind === 'skipped' && record.wroteAt !== undefined) return undefined
  // What is wanted by now was not in the operation, such as a field that could not be filled when it left.
  if (!carries(attempt, plan.fields)) return undefined
  const contact = contactPath(decided.ready.integration, plan, record)
  const assignment = assign(decided, { plan, contact, contactKey, now: attempt.startedAt, newId })
  return {
    assignment: { ...assignment, attemptId: attempt.id },
    ...end,
    // The time when Mailchimp ran it is unknown, so an unclear end counts from now on (R22).
    sentAt: now,
    finishedAt: now,
    dice: dice(),
  }
}
