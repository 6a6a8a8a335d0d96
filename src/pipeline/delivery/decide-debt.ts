import { decide, type Decision } from '../../domain/decide.ts'
import { mayWithdraw, type Fact } from '../../domain/fact.ts'
import { type Isolation } from '../../domain/isolation.ts'
import { type Audience } from '../../domain/mapping.ts'
import { type Fields } from '../../domain/plan.ts'
import { mustAssert, type Window } from '../../domain/window.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type Carried } from '../../store/debts/carried.ts'
import { type LastDelivered } from '../../store/debts/delivered.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { feedFor, folds } from '../../domain/standing.ts'
import { LIMITS } from '../../domain/limits.ts'

/** An integration that may deliver now, with what it needs for it. */
export type Ready = { readonly integration: Integration; readonly audience: Audience }

/** A due debt decided on all facts, with what its row said. */
export type Decided = {
  readonly debt: DueDebt
  readonly ready: Ready
  readonly decision: Decision
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
  readonly last: LastDelivered | undefined
  readonly now: number
}

/** Decides one debt on all facts of its person; at the end of its window on nothing that was confirmed before (I15). */
export function decideDebt(debt: DueDebt, ready: Ready, { facts, last, now }: Evidence): Decided {
  const { window, refused } = debt
  const sure = last?.certain ? last : undefined
  const relied = mustAssert(window, sure?.fields, now) ? undefined : sure
  const decideOnly = (only: readonly string[] | undefined): Decision =>
    decisionFor(debt.person, facts, ready, { last: relied, refused, only })
  let { isolation } = debt
  let decision = decideOnly(isolation[0])
  while (decision.plan.do === 'skip' && isolation.length > 0) {
    isolation = isolation.slice(1)
    decision = decideOnly(isolation[0])
  }
  const carried = carriedBy(debt, facts, { last, feed: ready.integration.feed })
  const lastFact = facts.map(({ id }) => id).reduce((a, b) => (a > b ? a : b), '')
  const row = { debt, ready, refused, isolation, window }
  return { ...row, decision, carried, confirmed: relied?.fields, lastFact: lastFact === '' ? undefined : lastFact }
}

type Reliance = {
  readonly last: LastDelivered | undefined
  readonly refused: Fields
  readonly only?: readonly string[] | undefined
}

/** All of an integration that a decision depends on. */
type DecisionContext = {
  readonly integration: Pick<Integration, 'feed' | 'settings' | 'taken'>
  readonly audience: Audience
}

export const decisionFor = (
  person: string,
  facts: readonly Fact[],
  { integration, audience }: DecisionContext,
  { last, refused, only }: Reliance,
): Decision =>
  decide({
    facts,
    person,
    audience,
    refused,
    only,
    feed: feedFor(integration.feed, facts),
    settings: integration.settings,
    taken: integration.taken,
    lastDelivered: contact => (last?.certain && last.contact === contactKey(contact) ? last.fields : undefined),
  })

/** The facts that made this debt due and that no confirmed request has taken into account. */
const carriedBy = (
  debt: DueDebt,
  facts: readonly Fact[],
  { last, feed }: { readonly last: LastDelivered | undefined; readonly feed: Integration['feed'] },
): readonly Carried[] =>
  facts
    .filter(fact => fact.receivedAt >= debt.owedAt && fact.id > (last?.lastFact ?? ''))
    .filter(fact => folds(fact, feed))
    .slice(0, LIMITS.carriedFacts)
    .map(fact => ({ factId: fact.id, receivedAt: fact.receivedAt, withdrawal: mayWithdraw(fact) }))
