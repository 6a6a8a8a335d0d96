import { type Decision } from '../../domain/decide.ts'
import { heldFor, settled, type Next } from '../../domain/delivery.ts'
import { underWindow } from '../../domain/window.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey, type DebtKey } from '../../store/debts/debt-key.ts'
import { lastDelivered } from '../../store/debts/delivered.ts'
import { type Settlement } from '../../store/debts/deliveries.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { factsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { decideDebt, type Decided, type Ready } from './decide-debt.ts'

export type DueOf = { readonly debt: DueDebt; readonly ready: Ready }

/** Decides debts, each on all facts and on what Mailchimp confirmed last. */
export async function decideAll(tx: Sql, due: readonly DueOf[], now: number): Promise<Decided[]> {
  const people = due.map(({ debt, ready }) => ({ sourceId: ready.integration.sourceId, person: debt.person }))
  const facts = await factsOf(tx, people)
  const last = await lastDelivered(
    tx,
    due.map(({ debt }) => debt),
  )
  return due.flatMap(({ debt, ready }, index) => {
    const person = people[index]
    if (!person) return []
    const own = facts.get(personKey(person)) ?? []
    return [decideDebt(debt, ready, { facts: own, last: last.get(debtKey(debt)), now })]
  })
}

/** There is nothing to send; an open window is waited for nevertheless (R22). */
export function settledWithout(
  { debt, decision, refused, isolation, window, confirmed }: Decided,
  now: number,
): Settlement {
  const end = underWindow(endOf(decision), window, { confirmed, sentAt: now, now })
  return { ...keyOf(debt), revision: debt.revision, at: now, refused, isolation, ...end }
}

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

export const keyOf = ({ integrationId, person }: DebtKey): DebtKey => ({ integrationId, person })
