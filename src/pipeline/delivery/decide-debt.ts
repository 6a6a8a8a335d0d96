import { NEW_CONTACT, underWindowOf, valuesOf, type ContactRecord } from '../../domain/contact-record.ts'
import { decide, type Decision } from '../../domain/decide.ts'
import { assertsOnly } from '../../domain/hold.ts'
import { heardAt, mayWithdraw, type Fact } from '../../domain/fact.ts'
import { type Isolation } from '../../domain/isolation.ts'
import { type Audience } from '../../domain/mapping.ts'
import { withdrawsAny } from '../../domain/plan.ts'
import { refusedAt } from '../../domain/refused.ts'
import { mayHaveMade, mustAssert } from '../../domain/window.ts'
import { type Carried } from '../../store/debts/carried.ts'
import { type ContactKey } from '../../store/contacts/contacts.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { folds } from '../../domain/standing.ts'
import { nameOf } from '../../domain/target.ts'
import { LIMITS } from '../../domain/limits.ts'
import { type Together } from '../../domain/together.ts'

/** An integration that may deliver now, with what it needs for it. */
export type Ready = { readonly integration: Integration; readonly audience: Audience }

/** A due debt decided on all facts, with what its row said. */
export type Decided = {
  readonly debt: DueDebt
  readonly ready: Ready
  readonly decision: Decision
  /** The name under which the contact is known here; undefined when the person names none. */
  readonly contactKey: ContactKey | undefined
  readonly isolation: Isolation
  readonly carried: readonly Carried[]
  readonly lastFact: string | undefined
  /** What the debt answers for besides, once this is done (R16f): the contact of its person, or one that they left. */
  readonly rest: 'own' | 'left' | undefined
  /** Other persons have a say in its contacts, so none of them may be written to out of turn (R16b). */
  readonly isShared: boolean
  /** The debt is owed more than is asserted now (R22). */
  readonly isOwedMore: boolean
  /** The targets of which a contact of the debt would lose something by a retraction alone (R33). */
  readonly retracts: readonly string[]
}

/** A contact that a debt answers for. */
export type Side = {
  readonly of: Together
  /** The name under which it is known here; undefined when the person names none. */
  readonly contactKey: ContactKey | undefined
  readonly record: ContactRecord | undefined
}

type Evidence = {
  readonly facts: readonly Fact[]
  readonly own: Side
  readonly left: readonly Side[]
  readonly doubts: ReadonlyMap<string, number>
  /** The person is being erased (R34). */
  readonly isErased?: boolean
  /** The targets that wait where they rest on a retraction alone (R33). */
  readonly braked?: readonly string[]
  readonly now: number
}

/** Decides one debt on all facts of its contacts; at the end of its window on nothing that was written before (I15). */
export function decideDebt(
  debt: DueDebt,
  ready: Ready,
  { facts, own: known, left, doubts, now, isErased = false, braked: waiting = [] }: Evidence,
): Decided {
  const { window, integrationId, person } = debt
  const targets = assertsOnly(ready.integration) ? Object.keys(window?.sent ?? {}) : undefined
  // What is asserted at the end of a window went to the own contact, or to one that was left since.
  const mayHold = (side: Side): Side =>
    window
      ? { ...side, record: underWindowOf(side.record ?? NEW_CONTACT, { window, now, integrationId, person }) }
      : side
  const own = isErased ? mayHold(known) : known
  const decideAny = decidingFor(debt, ready, { own, doubts })
  const decideSide = (side: Side, { only, braked }: Limits): Decision =>
    targets ? asideOf(decideAny(side, { only: both(only, targets) }), targets) : decideAny(side, { only, braked })
  // R22: an integration that a person keeps from delivering only says once more what it said. R34: an erasure is asked for.
  const retractedOf = (side: Side): readonly string[] => (targets || isErased ? [] : decideAny(side, {}).retracts)
  const confirmed = window && decideSide(own, { only: debt.isolation[0] }).lastDelivered
  const isOver = mustAssert(window, { contact: own.contactKey?.alias, confirmed }, now)
  // R34: what was written says what is to be denied, so it is doubted, and not forgotten.
  const relied = isOver && own.record && !isErased ? { ...own, record: { ...own.record, entries: {} } } : own
  const asked = targets
    ? []
    : left.filter(side => mayBeThere(side) || mayHaveMade(window, side.contactKey?.alias, now)).map(mayHold)
  const retracted = new Map([own, ...asked].map(side => [side, retractedOf(side)]))
  const brakedOf = (side: Side): readonly string[] => (retracted.get(side) ?? []).filter(key => waiting.includes(key))
  const turnUnder = (only: readonly string[] | undefined): Turn =>
    turnOf(
      { side: own, decision: decideSide(relied, { only, braked: brakedOf(own) }) },
      asked.map(side => ({ side, decision: decideSide(side, { only, braked: brakedOf(side) }) })),
      debt,
    )
  let { isolation } = debt
  let turn = turnUnder(isolation[0])
  while (turn.decision.plan.do === 'skip' && isolation.length > 0) {
    isolation = isolation.slice(1)
    turn = turnUnder(isolation[0])
  }
  const { side, decision, rest } = turn
  return {
    debt,
    ready,
    contactKey: side.contactKey,
    isolation,
    decision,
    carried: carriedBy(debt, facts, { record: side.record, feed: ready.integration.feed }),
    lastFact: side.of.newestFact,
    rest,
    isShared: left.length > 0 || own.of.namedBy.length + own.of.leftBy.length > 1,
    retracts: [...new Set([...retracted.values()].flat())],
    isOwedMore:
      targets !== undefined && ready.integration.leavesAt === undefined && owesMore(decideAny(own, {}), targets),
  }
}

type Limits = {
  /** The targets that may be filled now; undefined for all of them. */
  readonly only?: readonly string[] | undefined
  /** The targets whose retraction waits. */
  readonly braked?: readonly string[] | undefined
}

/** Decides for any contact of a debt; once, where nothing is held back: what that retracts is asked as well. */
function decidingFor(
  { refused, integrationId, person, unaccepted: known }: DueDebt,
  { audience, integration: { settings, taken } }: Ready,
  { own, doubts }: Pick<Evidence, 'own' | 'doubts'>,
): (side: Side, limits: Limits) => Decision {
  const unaccepted = known === undefined ? undefined : { known, written: valuesOf(own.record?.entries ?? {}) }
  const all = { audience, settings, taken, integrationId, person, doubts, unaccepted }
  const whole = new Map<Side, Decision>()
  return (side, { only, braked = [] }) => {
    const { of, record, contactKey } = side
    const left = contactKey?.alias === own.contactKey?.alias ? undefined : contactKey?.alias
    const request = { ...all, of, record, refused: refusedAt(refused, left) }
    if (only !== undefined || braked.length > 0) return decide({ ...request, only, braked })
    const decision = whole.get(side) ?? decide(request)
    whole.set(side, decision)
    return decision
  }
}

/** A contact that was not there is asked for again only by what was received since, so that no debt asks for ever. */
const mayBeThere = ({ record, of }: Side): boolean => {
  const { goneAfter } = record ?? NEW_CONTACT
  return goneAfter === undefined || [...of.heard.values()].some(fact => fact > goneAfter)
}

type Option = { readonly side: Side; readonly decision: Decision }

type Turn = Option & Pick<Decided, 'rest'>

/**
 * R16f: a contact that the person left goes before the own one, since only something can be lost there. If that failed, what
 * is taken back from the own one has every other turn, so that neither withdrawal waits for the other.
 */
function turnOf(own: Option, left: readonly Option[], { failed }: DueDebt): Turn {
  const [first] = left.filter(({ decision }) => decision.plan.do !== 'skip')
  if (!first) return { ...own, decision: withRefusedOf(left, own.decision), rest: undefined }
  const { plan, lastDelivered, desired } = own.decision
  const withdraws = plan.do !== 'skip' && withdrawsAny(plan.fields, lastDelivered, desired.lists)
  return withdraws && failed % 2 === 1 ? { ...own, rest: 'left' } : { ...first, rest: 'own' }
}

/** What Mailchimp refused to have taken back, and what waits to be, is shown by the end of the debt. */
function withRefusedOf(left: readonly Option[], decision: Decision): Decision {
  const aside = left.flatMap(({ decision: { desired } }) =>
    desired.setAside.filter(({ code }) => code === 'value_refused' || code === 'many_retractions'),
  )
  if (aside.length === 0) return decision
  return { ...decision, desired: { ...decision.desired, setAside: [...decision.desired.setAside, ...aside] } }
}

const both = (group: readonly string[] | undefined, targets: readonly string[]): readonly string[] =>
  group ? group.filter(key => targets.includes(key)) : targets

/** Fields that are not asserted now are not missed in the end of the debt. */
const asideOf = (decision: Decision, targets: readonly string[]): Decision => ({
  ...decision,
  desired: {
    ...decision.desired,
    setAside: decision.desired.setAside.filter(({ tag }) => targets.some(key => nameOf(key) === tag)),
  },
})

/** Does the whole decision ask for more than these targets? */
const owesMore = ({ plan, desired }: Decision, targets: readonly string[]): boolean =>
  desired.setAside.length > 0 || (plan.do !== 'skip' && Object.keys(plan.fields).some(key => !targets.includes(key)))

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
    .filter(fact => heardAt(fact) >= debt.owedAt && fact.id > known && folds(fact, feed))
    .slice(0, LIMITS.carriedFacts)
    .map(fact => ({ factId: fact.id, receivedAt: heardAt(fact), withdrawal: mayWithdraw(fact) }))
}
