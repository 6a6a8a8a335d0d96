import { afterAttempt, dueAgain, otherTurn, waiting, type Next } from '../../domain/delivery.ts'
import { afterRefusal, type Isolation } from '../../domain/isolation.ts'
import { isUnclear, type Outcome } from '../../domain/outcome.ts'
import { restEnd } from '../../domain/resting.ts'
import { type Fields } from '../../domain/plan.ts'
import { refusedAt, withRefusedAt } from '../../domain/refused.ts'
import { assertedAt, restWaits, underWindow, widened, type Window } from '../../domain/window.ts'
import { type Reply } from '../../mailchimp/client.ts'
import { isAboutBody } from '../../mailchimp/classify.ts'
import { recordEndings, type AttemptEnding } from '../../store/debts/attempts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey } from '../../store/debts/delivery-columns.ts'
import { settle, type Ended, type Settlement } from '../../store/debts/deliveries.ts'
import { currentWindows } from '../../store/debts/windows.ts'
import { type Assignment } from './assign.ts'
import { rememberWritten } from './written.ts'

/** A sent request and how it ended. */
export type Conclusion = {
  readonly assignment: Assignment
  readonly reply: Reply
  readonly outcome: Outcome
  /** When the request left. */
  readonly sentAt: number
  readonly finishedAt: number
  readonly dice: number
}

/**
 * Completes the attempts, remembers what Mailchimp confirmed, and settles the debts, in one transaction. An attempt of
 * unknown outcome may still be applied for `windowMs` milliseconds after it left. Gives the debts that ended.
 */
export async function conclude(tx: Sql, conclusions: readonly Conclusion[], windowMs: number): Promise<Ended[]> {
  if (conclusions.length === 0) return []
  await recordEndings(
    tx,
    conclusions.map(({ assignment: { attemptId }, ...end }) => endingOf({ attemptId, ...end })),
  )
  await rememberWritten(tx, conclusions)
  const windows = await windowsNow(tx, conclusions)
  return settle(
    tx,
    conclusions.map(conclusion => {
      const { integration, person } = conclusion.assignment
      const window = windows.get(debtKey({ integrationId: integration.id, person }))
      return settlementOf(conclusion, windowAfter(conclusion, window, windowMs), windowMs)
    }),
  )
}

/**
 * While a request was under way, the batch of its debt may have ended, and the window with it (R28), or another
 * integration may have handed one over (R22).
 */
const windowsNow = (tx: Sql, conclusions: readonly Conclusion[]): Promise<ReadonlyMap<string, Window>> =>
  currentWindows(
    tx,
    conclusions.map(({ assignment: { integration, person } }) => ({ integrationId: integration.id, person })),
  )

function settlementOf(conclusion: Conclusion, window: Window | undefined, windowMs: number): Settlement {
  const { assignment, outcome, sentAt, finishedAt } = conclusion
  const { next, refused, isolation } = endOf(conclusion)
  const rested = isUnclear(outcome) ? notBefore(next, restEnd(sentAt, windowMs)) : next
  const end = underWindow(rested, window, {
    contact: assignment.contactKey.alias,
    confirmed: confirmedBy(conclusion),
    sentAt,
    now: finishedAt,
  })
  return {
    integrationId: assignment.integration.id,
    person: assignment.person,
    revision: assignment.revision,
    at: finishedAt,
    refused,
    isolation,
    ...restWaits(end, assignment.isOwedMore, finishedAt),
  }
}

const notBefore = (next: Next, at: number): Next =>
  next.status === 'waiting' ? { ...next, dueAt: Math.max(next.dueAt ?? at, at) } : next

/** R22: an attempt of unknown outcome opens a window, or opens it wider; one that leaves after its end may close it. */
function windowAfter(
  { assignment: { plan, contactKey }, outcome, sentAt }: Conclusion,
  window: Window | undefined,
  windowMs: number,
): Window | undefined {
  const contact = contactKey.alias
  if (isUnclear(outcome)) return widened(window, { fields: plan.fields, sentAt, until: sentAt + windowMs, contact })
  const isCertain = outcome.kind === 'delivered' || outcome.kind === 'skipped'
  return window && isCertain ? assertedAt(window, contact, sentAt) : window
}

const confirmedBy = ({ assignment: { decision }, outcome }: Conclusion): Fields | undefined =>
  outcome.kind === 'delivered' ? { ...decision.lastDelivered, ...outcome.accepted } : undefined

type End = { readonly next: Next; readonly refused: Fields; readonly isolation: Isolation }

/** R13: a refusal over the fields leads to a request without the culprits; what is left to try apart is due at once. */
function endOf(conclusion: Conclusion): End {
  const { assignment, outcome, finishedAt, dice } = conclusion
  const { debt, plan, decision, refused, isolation } = assignment
  if (isAboutFields(conclusion)) {
    const left = assignment.rest === 'own' ? assignment.contactKey.alias : undefined
    const named = outcome.kind === 'rejected' ? outcome.fields : []
    const after = afterRefusal({ fields: plan.fields, named, isolation, refused: refusedAt(refused, left) })
    return { next: dueAgain(debt, finishedAt), ...after, refused: withRefusedAt(refused, left, after.refused) }
  }
  if (outcome.kind === 'skipped' && outcome.movedTo !== undefined)
    return { next: waiting(finishedAt, 'contact_renamed'), refused, isolation }
  const rest = isolation.slice(1)
  if (outcome.kind === 'delivered' && rest.length > 0)
    return { next: dueAgain(debt, finishedAt), refused, isolation: rest }
  const ended = afterAttempt(debt, outcome, decision.desired.setAside, { now: finishedAt, dice })
  const next = isWhole(outcome) ? withRest(ended, conclusion) : ended
  // R25: a field that is alone with an unknown answer is asked again, after those that are still to be tried.
  const left = isUnknown(outcome) ? [...rest, ...isolation.slice(0, 1)] : isolation
  return { next, refused, isolation: next.status === 'waiting' ? left : [] }
}

/** A field that Mailchimp dropped would be dropped again at once. */
const isWhole = (outcome: Outcome): boolean => outcome.kind !== 'delivered' || outcome.dropped.length === 0

/** R16f: a debt that answers for another contact, too, does not end before that is written to. */
function withRest(next: Next, { assignment: { debt, rest }, outcome, finishedAt, dice }: Conclusion): Next {
  const isOver = outcome.kind === 'delivered' || outcome.kind === 'skipped'
  if (rest === 'own' && isOver) return waiting(finishedAt, 'contact_left')
  return rest === 'left' && next.status !== 'waiting' ? otherTurn(debt, { now: finishedAt, dice }) : next
}

/** A 400 that says nothing we know may be about any of several fields; about one alone it is not ours to guess. */
function isAboutFields({ assignment: { plan, isolation }, reply, outcome }: Conclusion): boolean {
  const several = Object.keys(plan.fields).length > 1
  if (isUnknown(outcome)) return isAboutBody(reply) && several
  if (outcome.kind !== 'rejected') return false
  if (outcome.cause === 'fields_invalid') return true
  return outcome.cause === 'request_refused' && isAboutBody(reply) && (isolation.length > 0 || several)
}

const isUnknown = (outcome: Outcome): boolean => outcome.kind === 'retry' && outcome.cause === 'answer_unknown'

type Answered = Pick<Conclusion, 'reply' | 'outcome' | 'finishedAt'> & { readonly attemptId: string }

/** A success is kept as its status alone: the answer repeats the contact's whole record, most of it not ours. */
export function endingOf({ attemptId, reply, outcome, finishedAt }: Answered): AttemptEnding {
  const answered = reply.kind === 'answer'
  return {
    id: attemptId,
    finishedAt,
    status: answered ? reply.status : undefined,
    answer: answered && outcome.kind !== 'delivered' && reply.json !== undefined ? excerpt(reply.json) : undefined,
    requestId: answered ? reply.requestId : undefined,
    outcome: outcome.kind,
    reason: reasonOf(outcome),
    detail: 'detail' in outcome ? outcome.detail : undefined,
  }
}

const MOST_ANSWER_KEPT = 4_000
const excerpt = (json: unknown): string => JSON.stringify(json).slice(0, MOST_ANSWER_KEPT)

export const reasonOf = (outcome: Outcome): string | undefined => {
  if (outcome.kind === 'delivered') return outcome.dropped.length > 0 ? 'field_dropped' : undefined
  return outcome.kind === 'skipped' ? outcome.because : outcome.cause
}
