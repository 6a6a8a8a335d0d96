import { type Decision } from '../../domain/decide.ts'
import { heldFor, settled, type Next } from '../../domain/delivery.ts'
import { type Settings } from '../../domain/integration.ts'
import { type ContactRef } from '../../domain/person.ts'
import { type Together } from '../../domain/together.ts'
import { inParts, isTooMuch, NOTHING_TOLD, type Weight } from '../../domain/weight.ts'
import { restWaits, underWindow } from '../../domain/window.ts'
import { messageOf } from '../../domain/thrown.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey, type DebtKey } from '../../store/debts/delivery-columns.ts'
import { contactKeyText, contactsOf, type ContactKey } from '../../store/contacts/contacts.ts'
import { type Settlement } from '../../store/debts/deliveries.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { StoreError } from '../../store/engine/errors.ts'
import { erasedByOf } from '../../store/ledger/erasures.ts'
import { factsOf, weightsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { underBrake, type Brakable } from './braking.ts'
import { decideDebt, type Decided, type Ready, type Side } from './decide-debt.ts'
import { answeringOf, foldedBy, keepNaming, TooMuchTold } from './naming.ts'

export type DueOf = { readonly debt: DueDebt; readonly ready: Ready }

/** A debt that cannot be decided, and why: it is shown, and stops no other. */
export type Undecided = DueOf & {
  readonly reason: 'history_too_large' | 'decision_failed'
  readonly detail: string
  /** What was thrown, if anything was. */
  readonly error: unknown
}

type DecidedAll = { readonly decided: readonly Decided[]; readonly undecided: readonly Undecided[] }

/**
 * Decides debts, each on all facts of its contacts and on what was last written there. One that cannot be decided keeps
 * no other from it (I21): where several fail together, each is decided by itself.
 */
export async function decideAll(tx: Sql, due: readonly DueOf[], now: number): Promise<DecidedAll> {
  const weights = await weightsOf(tx, due.map(personOf))
  const weightOf = (each: DueOf): Weight => weights.get(personKey(personOf(each))) ?? NOTHING_TOLD
  const decided: Decided[] = []
  const undecided: Undecided[] = []
  for (const part of inParts(due, weightOf)) {
    const [first] = part
    const results =
      first && isTooMuch(weightOf(first)) ? [undecidedFor(first, new TooMuchTold())] : await decideSafely(tx, part, now)
    for (const each of results)
      if ('decision' in each) decided.push(each)
      else undecided.push(each)
  }
  return { decided, undecided }
}

const personOf = ({ debt, ready }: DueOf) => ({ sourceId: ready.integration.sourceId, person: debt.person })

async function decideSafely(tx: Sql, due: readonly DueOf[], now: number): Promise<readonly (Decided | Undecided)[]> {
  try {
    return await decideTogether(tx, due, now)
  } catch (error) {
    // After an error of its own, a database takes no other statement in this transaction.
    if (error instanceof StoreError) throw error
    const [first, ...others] = due
    if (first && others.length === 0) return [undecidedFor(first, error)]
    const alone: (Decided | Undecided)[] = []
    for (const each of due) alone.push(...(await decideSafely(tx, [each], now)))
    return alone
  }
}

export const undecidedFor = ({ debt, ready }: DueOf, error: unknown): Undecided => ({
  debt,
  ready,
  reason: error instanceof TooMuchTold ? 'history_too_large' : 'decision_failed',
  detail: messageOf(error).slice(0, MOST_DETAIL),
  error,
})

const MOST_DETAIL = 200

/** The end of a debt that cannot be decided: dead, until a new fact comes in, or it is replayed. */
export const settledUndecided = ({ debt, reason, detail }: Undecided, now: number): Settlement => ({
  ...keyOf(debt),
  revision: debt.revision,
  at: now,
  refused: debt.refused,
  isolation: debt.isolation,
  window: debt.window,
  next: { ...settled('dead', reason), detail, failed: debt.failed, firstFailedAt: debt.firstFailedAt },
})

async function decideTogether(tx: Sql, due: readonly DueOf[], now: number): Promise<Decided[]> {
  const people = due.map(personOf)
  const [facts, erasedBy] = await Promise.all([
    factsOf(tx, people),
    erasedByOf(
      tx,
      people.map(({ person }) => person),
    ),
  ])
  const told = (index: number) => facts.get(personKey(people[index] ?? { sourceId: '', person: '' })) ?? []
  const folded = due.map(({ debt: { person }, ready }, index) =>
    foldedBy(ready.integration, { person, facts: told(index), erasedBy: erasedBy.get(person) }),
  )
  const rows = await keepNaming(tx, folded, now)
  const doubts = new Map(due.map(({ debt }) => [debtKey(debt), debt.doubtedAt]))
  const answering = await answeringOf(tx, { folded, rows, doubts })
  const records = await contactsOf(
    tx,
    due.flatMap(({ ready }, index) => {
      const each = answering[index]
      return each ? [each.own, ...each.left].flatMap(of => keyAt(ready, of) ?? []) : []
    }),
  )
  const brakable = due.flatMap(({ debt, ready }, index): Brakable[] => {
    const each = answering[index]
    if (!each) return []
    const sideOf = (of: Together): Side => {
      const key = keyAt(ready, of)
      return { of, contactKey: key, record: key && records.get(contactKeyText(key)) }
    }
    const sides = { own: sideOf(each.own), left: each.left.map(sideOf) }
    const evidence = { facts: told(index), ...sides, doubts: each.doubts, isErased: each.isErased, now }
    const without = (braked: readonly string[]): Decided => decideDebt(debt, ready, { ...evidence, braked })
    return [{ decided: decideDebt(debt, ready, evidence), without }]
  })
  return underBrake(tx, brakable, now)
}

const keyAt = ({ integration }: Ready, { contact }: Together): ContactKey | undefined =>
  contactKeyOf(integration.settings, contact)

/** The name under which a contact is known here. */
export const contactKeyOf = (
  { dataCentre, audienceId }: Pick<Settings, 'dataCentre' | 'audienceId'>,
  contact: ContactRef | undefined,
): ContactKey | undefined => contact && { dataCentre, audienceId, alias: contactKey(contact) }

/** There is nothing to send; an open window is waited for nevertheless (R22). */
export function settledWithout(
  { debt, decision, contactKey, isolation, isOwedMore }: Decided,
  now: number,
): Settlement {
  const { window, refused } = debt
  const known = { contact: contactKey?.alias, confirmed: decision.lastDelivered }
  const end = restWaits(underWindow(endOf(decision), window, { ...known, sentAt: now, now }), isOwedMore, now)
  return { ...keyOf(debt), revision: debt.revision, at: now, refused, isolation, contact: contactKey?.alias, ...end }
}

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

export const keyOf = ({ integrationId, person }: DebtKey): DebtKey => ({ integrationId, person })
