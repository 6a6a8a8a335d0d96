import { personFrom, type Decision } from '../../domain/decide.ts'
import { heldFor, settled, type Next } from '../../domain/delivery.ts'
import { type Settings } from '../../domain/integration.ts'
import { type ContactRef } from '../../domain/person.ts'
import { feedFor } from '../../domain/standing.ts'
import { restWaits, underWindow } from '../../domain/window.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type DebtKey } from '../../store/debts/debt-key.ts'
import { contactKeyText, contactsOf, type ContactKey } from '../../store/debts/contacts.ts'
import { type Settlement } from '../../store/debts/deliveries.ts'
import { type DueDebt } from '../../store/debts/due-debts.ts'
import { factsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { decideDebt, type Decided, type Ready } from './decide-debt.ts'

export type DueOf = { readonly debt: DueDebt; readonly ready: Ready }

/** Decides debts, each on all facts and on what was last written to its contact. */
export async function decideAll(tx: Sql, due: readonly DueOf[], now: number): Promise<Decided[]> {
  const people = due.map(({ debt, ready }) => ({ sourceId: ready.integration.sourceId, person: debt.person }))
  const facts = await factsOf(tx, people)
  const folded = due.map(({ debt: { person }, ready: { integration } }) => {
    const own = facts.get(personKey({ sourceId: integration.sourceId, person })) ?? []
    const of = personFrom({ facts: own, feed: feedFor(integration.feed, own), person, settings: integration.settings })
    return { own, of, contactKey: contactKeyOf(integration.settings, of.contact) }
  })
  const records = await contactsOf(
    tx,
    folded.flatMap(({ contactKey }) => contactKey ?? []),
  )
  return due.flatMap(({ debt, ready }, index) => {
    const each = folded[index]
    if (!each) return []
    const { own, of, contactKey } = each
    const record = contactKey && records.get(contactKeyText(contactKey))
    return [decideDebt(debt, ready, { facts: own, of, contactKey, record, now })]
  })
}

/** The name under which a contact is known here. */
export const contactKeyOf = (
  { dataCentre, audienceId }: Pick<Settings, 'dataCentre' | 'audienceId'>,
  contact: ContactRef | undefined,
): ContactKey | undefined => contact && { dataCentre, audienceId, alias: contactKey(contact) }

/** There is nothing to send; an open window is waited for nevertheless (R22). */
export function settledWithout(
  { debt, decision, refused, isolation, window, confirmed, isOwedMore }: Decided,
  now: number,
): Settlement {
  const end = restWaits(underWindow(endOf(decision), window, { confirmed, sentAt: now, now }), isOwedMore, now)
  return { ...keyOf(debt), revision: debt.revision, at: now, refused, isolation, ...end }
}

const endOf = ({ plan, desired }: Decision): Next => {
  if (desired.setAside.length > 0) return heldFor(desired.setAside)
  return settled('skipped', plan.do === 'skip' ? plan.because : undefined)
}

export const keyOf = ({ integrationId, person }: DebtKey): DebtKey => ({ integrationId, person })
