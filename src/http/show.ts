import { describe } from '../domain/paths.ts'
import { noteOn } from '../domain/choice-note.ts'
import { typeOf, type Fact, type Family } from '../domain/fact.ts'
import { type ConsentState } from '../domain/fold.ts'
import { remedyOf } from '../domain/hold.ts'
import { EXPLANATIONS, isReason } from '../domain/reason.ts'
import { type Answer, type Choice } from '../domain/choice.ts'
import { folds, isAdopted } from '../domain/standing.ts'
import { type Attempt } from '../store/debts/attempts.ts'
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

export const showChoices = (state: ConsentState) => state.choices.map(showChoice)

const showChoice = (choice: Choice) => ({
  place: describe(choice.place),
  answer: answerOf(choice.answer),
  at: instant(Math.max(0, choice.at)),
  retracted: choice.retracted ?? null,
  denied_under: choice.deniedUnder ?? null,
  says: noteOn(choice) ?? null,
})

type FactContext = { readonly feed: Family | undefined; readonly person: string | undefined }

export const showFact = (fact: Fact, { feed, person }: FactContext) => ({
  id: fact.id,
  type: typeOf(fact),
  entity_id: fact.entityId,
  user_id: fact.userId,
  at: instant(fact.at),
  received_at: instant(fact.receivedAt),
  clock_off_ms: fact.clockOff ?? 0,
  status: fact.status,
  regulation: fact.regulation,
  folds: folds(fact, feed),
  adopted: isAdopted(fact, person),
  states: fact.after.statements.map(({ place, answer }) => ({ place: describe(place), answer: answerOf(answer) })),
})

export const showDelivery = (debt: ShownDebt) => ({
  id: debt.id,
  integration_id: debt.integrationId,
  person: debt.person,
  status: debt.status,
  end: debt.end ?? null,
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

export const showAttempt = (row: Attempt) => ({
  id: row.id,
  integration_id: row.integrationId,
  person: row.person,
  started_at: instant(row.startedAt),
  finished_at: instantOrNull(row.finishedAt),
  duration_ms: row.finishedAt === undefined ? null : row.finishedAt - row.startedAt,
  request: { method: row.method, path: row.path, body: row.request },
  answer: { status: row.status ?? null, body: row.answer ?? null, request_id: row.requestId ?? null },
  outcome: row.outcome ?? null,
  reason: row.reason ?? null,
  detail: row.detail ?? null,
  carries: row.carried.map(({ factId, receivedAt, withdrawal }) => ({
    fact_id: factId,
    received_at: instant(receivedAt),
    withdrawal,
    waited_ms: row.outcome === 'delivered' && row.finishedAt !== undefined ? row.finishedAt - receivedAt : null,
  })),
})
