import { type Decision } from '../../domain/decide.ts'
import { heldFor, settled, type Next } from '../../domain/delivery.ts'
import { type Settings } from '../../domain/integration.ts'
import { type ContactRef } from '../../domain/person.ts'
import { type Together } from '../../domain/together.ts'
import { restWaits, underWindow } from '../../domain/window.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type Sql } from '../../store/engine/database.ts'
import { debtKey, type DebtKey } from '../../store/debts/delivery-columns.ts'
import { contactKeyText, contactsOf, type ContactKey } from '../../store/contacts/contacts.ts'
import { type Settlement } from '../../store/debts/deliveries.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { factsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { decideDebt, type Decided, type Ready, type Side } from './decide-debt.ts'
import { answeringOf, foldedBy, keepNaming } from './naming.ts'

export type DueOf = { readonly debt: DueDebt; readonly ready: Ready }

/** Decides debts, each on all facts of its contacts and on what was last written there. */
export async function decideAll(tx: Sql, due: readonly DueOf[], now: number): Promise<Decided[]> {
  const people = due.map(({ debt, ready }) => ({ sourceId: ready.integration.sourceId, person: debt.person }))
  const facts = await factsOf(tx, people)
  const told = (index: number) => facts.get(personKey(people[index] ?? { sourceId: '', person: '' })) ?? []
  const folded = due.map(({ debt, ready }, index) => foldedBy(ready.integration, debt.person, told(index)))
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
  return due.flatMap(({ debt, ready }, index) => {
    const each = answering[index]
    if (!each) return []
    const sideOf = (of: Together): Side => {
      const key = keyAt(ready, of)
      return { of, contactKey: key, record: key && records.get(contactKeyText(key)) }
    }
    const sides = { own: sideOf(each.own), left: each.left.map(sideOf) }
    return [decideDebt(debt, ready, { facts: told(index), ...sides, doubts: each.doubts, now })]
  })
}

const keyAt = ({ integration }: Ready, { contact }: Together): ContactKey | undefined =>
  contactKeyOf(integration.settings, contact)

/** The name under which a contact is known here. */
export const contactKeyOf = (
  { dataCentre, audienceId }: Pick<Settings, 'dataCentre' | 'audienceId'>,
  contact: ContactRef | undefined,
): ContactKey | undefined => contact && { dataCentre, audienceId, alias: contactKey(contact) }

/** There is nothing to send; an open window is waited for nevertheless (R22). */
export function settledWithout({ debt, decision, isolation, isOwedMore }: Decided, now: number): Settlement {
  const { window, refused } = debt
  const confirmed = decision.lastDelivered
  const end = restWaits(underWindow(endOf(decision), window, { confirmed, sentAt: now, now }), isOwedMore, now)
  return { ...keyOf(debt), revision: debt.revision, at: now, refused, isolation, ...end }
}

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

export const keyOf = ({ integrationId, person }: DebtKey): DebtKey => ({ integrationId, person })
