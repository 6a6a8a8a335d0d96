import { valuesOf, type ContactRecord } from '../../domain/contact-record.ts'
import { decide, type Decision, type DecideRequest, type Person } from '../../domain/decide.ts'
import { mayWithdraw, type Fact } from '../../domain/fact.ts'
import { type Isolation } from '../../domain/isolation.ts'
import { type Audience } from '../../domain/mapping.ts'
import { type Fields } from '../../domain/plan.ts'
import { mustAssert, type Window } from '../../domain/window.ts'
import { type Carried } from '../../store/debts/carried.ts'
import { type ContactKey } from '../../store/debts/contacts.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { folds } from '../../domain/standing.ts'
import { LIMITS } from '../../domain/limits.ts'

/** An integration that may deliver now, with what it needs for it. */
export type Ready = { readonly integration: Integration; readonly audience: Audience }

/** A due debt decided on all facts, with what its row said. */
export type Decided = {
  readonly debt: DueDebt
  readonly ready: Ready
  readonly decision: Decision
  /** The name under which the contact is known here; undefined when the person names none. */
  readonly contactKey: ContactKey | undefined
  /** What Mailchimp refused before. */
  readonly refused: Fields
  readonly isolation: Isolation
  readonly window: Window | undefined
  /** What Mailchimp confirmed last, if that can be relied on now. */
  readonly confirmed: Fields | undefined
  readonly carried: readonly Carried[]
  readonly lastFact: string | undefined
}

type Evidence = {
  readonly facts: readonly Fact[]
  readonly of: Person
  readonly contactKey: ContactKey | undefined
  readonly record: ContactRecord | undefined
  readonly now: number
}

/** Decides one debt on all facts of its person; at the end of its window on nothing that was written before (I15). */
export function decideDebt(debt: DueDebt, ready: Ready, { facts, of, contactKey, record, now }: Evidence): Decided {
  const { window, refused, integrationId, doubtedAt } = debt
  const written = valuesOf(record?.entries ?? {})
  const unaccepted = debt.unaccepted === undefined ? undefined : { known: debt.unaccepted, written }
  const decideOnly = (only: readonly string[] | undefined, relied: ContactRecord | undefined): Decision =>
    decisionFor(of, ready, { integrationId, doubtedAt, unaccepted, record: relied, refused, only })
  let { isolation } = debt
  const first = decideOnly(isolation[0], record)
  const isOver = mustAssert(window, first.lastDelivered, now)
  const relied = isOver && record ? { ...record, entries: {} } : record
  let decision = isOver ? decideOnly(isolation[0], relied) : first
  while (decision.plan.do === 'skip' && isolation.length > 0) {
    isolation = isolation.slice(1)
    decision = decideOnly(isolation[0], relied)
  }
  const carried = carriedBy(debt, facts, { record, feed: ready.integration.feed })
  const lastFact = facts.map(({ id }) => id).reduce((a, b) => (a > b ? a : b), '')
  const row = { debt, ready, contactKey, refused, isolation, window }
  return {
    ...row,
    decision,
    carried,
    confirmed: decision.lastDelivered,
    lastFact: lastFact === '' ? undefined : lastFact,
  }
}

type Reliance = {
  readonly integrationId: string
  readonly doubtedAt: number
  readonly unaccepted?: DecideRequest['unaccepted']
  readonly record: ContactRecord | undefined
  readonly refused: Fields
  readonly only?: readonly string[] | undefined
}

/** All of an integration that a decision depends on. */
type DecisionContext = {
  readonly integration: Pick<Integration, 'settings' | 'taken'>
  readonly audience: Audience
}

export const decisionFor = (of: Person, { integration, audience }: DecisionContext, reliance: Reliance): Decision =>
  decide({ of, audience, settings: integration.settings, taken: integration.taken, ...reliance })

/** The facts that made this debt due and that no confirmed request has taken into account. */
const carriedBy = (
  debt: DueDebt,
  facts: readonly Fact[],
  { record, feed }: { readonly record: ContactRecord | undefined; readonly feed: Integration['feed'] },
): readonly Carried[] => {
  const known = Object.values(record?.entries ?? {})
    .filter(({ integrationId, person }) => integrationId === debt.integrationId && person === debt.person)
    .reduce((newest, { fact }) => (fact > newest ? fact : newest), '')
  return facts
    .filter(fact => fact.receivedAt >= debt.owedAt && fact.id > known && folds(fact, feed))
    .slice(0, LIMITS.carriedFacts)
    .map(fact => ({ factId: fact.id, receivedAt: fact.receivedAt, withdrawal: mayWithdraw(fact) }))
}
