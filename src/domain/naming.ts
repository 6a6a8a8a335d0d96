import { spellsOf } from './attributes.ts'
import { type Fact } from './fact.ts'
import { type Settings } from './integration.ts'
import { contactOf, type ContactRef, type Match } from './person.ts'

/** A contact that a person named before, and the latest time at which they may have ceased to. */
type LeftContact = { readonly contact: ContactRef; readonly leftAt: number }

/** The contacts that the facts of a person name now and named before (R16f). */
export type Naming = { readonly now: ContactRef | undefined; readonly left: readonly LeftContact[] }

/** Whether several persons may name one contact. An address is one person in every spelling, and so is a permanent id. */
export const mayShareContacts = (match: Match): boolean => match !== 'email' && match !== 'contact_id'

type NamingRequest = {
  readonly now: ContactRef | undefined
  /** The facts of one Didomi user and life each, moved ones included. */
  readonly tellers: () => readonly (readonly Fact[])[]
}

/**
 * R16f: whom a person named is a function of the facts alone, not of when a debt was decided. An id never names another
 * contact than now; metadata may have.
 */
export function namingOf({ options: { match } }: Pick<Settings, 'options'>, { now, tellers }: NamingRequest): Naming {
  if (!match.startsWith('metadata_')) return { now, left: [] }
  const spells = spellsOf(tellers(), path => path.join('_') === match).flatMap(({ value, told, until }) => {
    const contact = contactOf(value, match)
    return contact ? [{ contact, told, until }] : []
  })
  const left = new Map<string, LeftContact>()
  for (const spell of spells) {
    const { contact } = spell
    if (sameContact(contact, now)) continue
    const key = JSON.stringify(contact)
    const leftAt = Math.max(endOf(spell, spells, now), left.get(key)?.leftAt ?? Number.NEGATIVE_INFINITY)
    left.set(key, { contact, leftAt })
  }
  return { now, left: [...left.values()] }
}

type Named = { readonly contact: ContactRef; readonly told: readonly number[]; readonly until: number }

/** Another Didomi user of the person may still hold the value, which has lost to the next newer one (R8). */
function endOf({ contact, told, until }: Named, spells: readonly Named[], now: ContactRef | undefined): number {
  const last = told.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const ends = spells
    .filter(other => !sameContact(other.contact, contact))
    // Of two that were told at one time the one that is named now has won, by the fixed order.
    .flatMap(other => other.told.filter(at => at > last || (at === last && sameContact(other.contact, now))))
  return ends.reduce((end, each) => Math.min(end, each), until)
}

/** Under one `match` all contacts are named alike. */
const sameContact = (a: ContactRef, b: ContactRef | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)
