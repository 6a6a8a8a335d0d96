import { describe } from '../domain/paths.ts'
import { type Fact, type Family } from '../domain/fact.ts'
import { type ConsentState } from '../domain/fold.ts'
import { remedyOf } from '../domain/hold.ts'
import { EXPLANATIONS, isReason } from '../domain/reason.ts'
import { type Answer } from '../domain/choice.ts'
import { folds } from '../domain/standing.ts'
import { type AttemptRow, type Carried } from '../store/debts/attempts.ts'
import { type ShownDebt } from '../store/debts/delivery-list.ts'

export const instant = (at: number): string => new Date(at).toISOString()
export const instantOrNull = (at: number | undefined): string | null => (at === undefined ? null : instant(at))

/** A reason in words, for people who do not know our codes. */
export const explain = (reason: string | undefined): { says: string | null; next: string | null } => {
  if (reason === undefined || !isReason(reason)) return { says: null, next: null }
  const { says, next } = EXPLANATIONS[reason]
  return { says, next: next === '' ? null : next }
}

const answerOf = (answer: Answer) => (typeof answer === 'boolean' ? answer : [...answer])

export const showChoices = (state: ConsentState) =>
  state.choices.map(({ place, answer, at }) => ({
    place: describe(place),
    answer: answerOf(answer),
    at: instant(Math.max(0, at)),
  }))

export const showFact = (fact: Fact, feed: Family | undefined) => ({
  id: fact.id,
  type: `${fact.family}.${fact.kind}`,
  entity_id: fact.entityId,
  user_id: fact.userId,
  at: instant(fact.at),
  received_at: instant(fact.receivedAt),
  status: fact.status,
  regulation: fact.regulation,
  folds: folds(fact, feed),
  states: fact.now.statements.map(({ place, answer }) => ({ place: describe(place), answer: answerOf(answer) })),
})

export const showDelivery = (debt: ShownDebt) => ({
  id: debt.id,
  integration_id: debt.integrationId,
  person: debt.person,
  status: debt.status,
  reason: debt.reason ?? null,
  says: explain(debt.reason).says,
  next: remedyOf(debt, debt.heldBy) || null,
  detail: debt.detail ?? null,
  failed: debt.failed,
  carries_withdrawal: debt.carriesWithdrawal,
  due_at: instantOrNull(debt.dueAt),
  owed_at: instant(debt.owedAt),
  settled_at: instantOrNull(debt.settledAt),
})

export const showAttempt = (row: AttemptRow) => ({
  id: row.id,
  integration_id: row.integration_id,
  person: row.person,
  started_at: instant(row.started_at),
  finished_at: instantOrNull(row.finished_at ?? undefined),
  duration_ms: row.finished_at === null ? null : row.finished_at - row.started_at,
  request: { method: row.method, path: row.path, body: JSON.parse(row.request) as unknown },
  answer: { status: row.status, body: row.answer, request_id: row.request_id },
  outcome: row.outcome,
  reason: row.reason,
  detail: row.detail,
  carries: carriedIn(row).map(({ fact_id, received_at, withdrawal }) => ({
    fact_id,
    received_at: instant(received_at),
    withdrawal,
    waited_ms: row.outcome === 'delivered' && row.finished_at !== null ? row.finished_at - received_at : null,
  })),
})

// Written by `recordIntents`.
const carriedIn = ({ carried }: AttemptRow): Carried[] => (carried === null ? [] : (JSON.parse(carried) as Carried[]))
