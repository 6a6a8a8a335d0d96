import { passedOn } from '../../domain/contact-record.ts'
import { contactKeyText, contactsOf, keepContacts, type ContactKey } from '../../store/contacts/contacts.ts'
import { contactsNamedBy, forgetContacts, othersAt } from '../../store/contacts/erasing.ts'
import { type DebtKey } from '../../store/debts/delivery-columns.ts'
import { type Sql } from '../../store/engine/database.ts'

type Asked = {
  readonly person: string
  /** In whose record they are. */
  readonly mentioning: readonly ContactKey[]
}

/**
 * R34: the records of the contacts that were a person's alone go; from those of others, the person goes. Gives the debts
 * of these others, who are to be decided without the person.
 */
export async function eraseFromContacts(tx: Sql, { person, mentioning }: Asked): Promise<DebtKey[]> {
  const named = await contactsNamedBy(tx, person)
  const contacts = [...new Map([...mentioning, ...named].map(key => [contactKeyText(key), key])).values()]
  if (contacts.length === 0) return []
  const others = await othersAt(tx, contacts, person)
  const shared = new Set(others.map(contactKeyText))
  await forgetContacts(
    tx,
    contacts.filter(key => !shared.has(contactKeyText(key))),
  )
  const left = contacts.filter(key => shared.has(contactKeyText(key)))
  const records = await contactsOf(tx, left)
  const kept = left.flatMap(key => {
    const record = records.get(contactKeyText(key))
    const own = others.filter(each => contactKeyText(each) === contactKeyText(key))
    const heirIn = (integrationId: string) => own.find(each => each.integrationId === integrationId)?.person
    return record ? [{ key, record: passedOn(record, { person, heirIn }) }] : []
  })
  if (kept.length > 0) await keepContacts(tx, kept)
  return others.map(({ integrationId, person: other }) => ({ integrationId, person: other }))
}
