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
  const spells = spellsOf(tellers(), path => path.join('_') === match).flatMap(({ value, at, until }) => {
    const contact = contactOf(value, match)
    return contact ? [{ contact, at, until }] : []
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

type Named = { readonly contact: ContactRef; readonly at: number; readonly until: number }

/** Another Didomi user of the person may still hold the value, which has lost to the next newer one (R8). */
function endOf({ contact, at, until }: Named, spells: readonly Named[], now: ContactRef | undefined): number {
  const others = spells.filter(other => !sameContact(other.contact, contact))
  const next = others.filter(other => other.at > at).map(other => other.at)
  // One of the same time, which wins by the fixed order.
  const rivals = others.filter(other => other.at === at && sameContact(other.contact, now)).map(other => other.at)
  return [...next, ...rivals].reduce((end, each) => Math.min(end, each), until)
}

/** Under one `match` all contacts are named alike. */
const sameContact = (a: ContactRef, b: ContactRef | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)
