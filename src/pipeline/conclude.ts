import { afterAttempt, dueAgain, type Next } from '../domain/delivery.ts'
import { type Outcome } from '../domain/outcome.ts'
import { type Fields } from '../domain/plan.ts'
import { type Reply } from '../mailchimp/client.ts'
import { contactKey } from '../mailchimp/address.ts'
import { recordEndings, type Ending } from '../store/attempts.ts'
import { type Sql } from '../store/database.ts'
import { rememberDelivered, type Delivered } from '../store/delivered.ts'
import { settle } from '../store/deliveries.ts'
import { type Assignment } from './take.ts'

/** A sent request and how it ended. */
export type Conclusion = {
  readonly assignment: Assignment
  readonly reply: Reply
  readonly outcome: Outcome
  readonly finishedAt: number
  readonly dice: number
}

/** Completes the attempts, remembers what Mailchimp confirmed, and settles the debts, in one transaction. */
export async function conclude(tx: Sql, conclusions: readonly Conclusion[]): Promise<void> {
  if (conclusions.length === 0) return
  await recordEndings(tx, conclusions.map(endingOf))
  const delivered = conclusions.flatMap(deliveredBy)
  if (delivered.length > 0) await rememberDelivered(tx, delivered)
  await settle(
    tx,
    conclusions.map(conclusion => ({
      integrationId: conclusion.assignment.integration.id,
      person: conclusion.assignment.person,
      revision: conclusion.assignment.revision,
      at: conclusion.finishedAt,
      ...endOf(conclusion),
    })),
  )
}

/** R13: when Mailchimp refuses some of several fields, those are set aside and the others are due at once. */
function endOf({ assignment, outcome, finishedAt, dice }: Conclusion): { next: Next; refused: Fields } {
  const { debt, plan, decision, refused } = assignment
  const named = outcome.kind === 'rejected' && outcome.cause === 'fields_invalid' ? outcome.fields : []
  const newly = Object.fromEntries(Object.entries(plan.fields).filter(([tag]) => named.includes(tag)))
  if (Object.keys(newly).length > 0) return { next: dueAgain(debt, finishedAt), refused: { ...refused, ...newly } }
  return { next: afterAttempt(debt, outcome, decision.desired.setAside, { now: finishedAt, dice }), refused }
}

/** A success is kept as its status alone: the answer repeats the contact's whole record, most of it not ours. */
function endingOf({ assignment, reply, outcome, finishedAt }: Conclusion): Ending {
  const answered = reply.kind === 'answer'
  return {
    id: assignment.attemptId,
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

const reasonOf = (outcome: Outcome): string | undefined => {
  if (outcome.kind === 'delivered') return outcome.dropped.length > 0 ? 'field_dropped' : undefined
  return outcome.kind === 'skipped' ? outcome.because : outcome.cause
}

/**
 * After an attempt of unknown outcome nothing is sure, so the next one asserts every field (R22); neither is it once
 * the contact was found absent, for it may come back empty.
 */
function deliveredBy({ assignment, outcome, finishedAt }: Conclusion): Delivered[] {
  const { integration, person, decision, plan } = assignment
  const base = { integrationId: integration.id, person, contact: contactKey(plan.contact), at: finishedAt }
  const before = decision.lastDelivered ?? {}
  if (outcome.kind === 'delivered') return [{ ...base, fields: { ...before, ...outcome.accepted }, certain: true }]
  const unsure = (outcome.kind === 'retry' && outcome.ambiguous) || outcome.kind === 'skipped'
  return unsure ? [{ ...base, fields: before, certain: false }] : []
}
