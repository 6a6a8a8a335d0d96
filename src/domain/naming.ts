import { spellsOf, type Spell } from './attributes.ts'
import { type Fact } from './fact.ts'
import { type Settings } from './integration.ts'
import { LIMITS } from './limits.ts'
import { contactOf, type ContactRef, type Match } from './person.ts'
import { countBefore } from './times.ts'

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
  const spells = spellsOf(tellers(), path => path.join('_') === match).flatMap(({ value, ...spell }): Named[] => {
    const contact = contactOf(value, match)
    return contact ? [{ ...spell, contact, key: JSON.stringify(contact) }] : []
  })
  const current = now && JSON.stringify(now)
  const nextAfter = nextTold(spells, current)
  const left = new Map<string, LeftContact>()
  for (const spell of spells) {
    const { contact, key, until } = spell
    if (key === current) continue
    const end = spell.isUndated ? until : Math.min(until, nextAfter(spell))
    left.set(key, { contact, leftAt: Math.max(end, left.get(key)?.leftAt ?? Number.NEGATIVE_INFINITY) })
  }
  const all = [...left.values()]
  if (all.length <= LIMITS.leftContacts) return { now, left: all }
  return { now, left: all.sort((a, b) => b.leftAt - a.leftAt).slice(0, LIMITS.leftContacts) }
}

type Named = Omit<Spell, 'value'> & { readonly contact: ContactRef; readonly key: string }

/**
 * When another contact was stated first after this one last: another Didomi user of the person may still hold the
 * value, which has lost to the next newer one (R8).
 */
function nextTold(spells: readonly Named[], current: string | undefined): (spell: Named) => number {
  const tells = spells
    .filter(({ isUndated }) => !isUndated)
    .flatMap(({ key, told }) => told.map(at => ({ key, at })))
    .sort((a, b) => a.at - b.at)
  const times = tells.map(({ at }) => at)
  const nextOther: number[] = []
  for (let index = tells.length - 1; index >= 0; index--) {
    const isSame = tells[index]?.key === tells[index + 1]?.key
    nextOther[index] = isSame ? (nextOther[index + 1] ?? Infinity) : (tells[index + 1]?.at ?? Infinity)
  }
  const currentTold = new Set(tells.filter(({ key }) => key === current).map(({ at }) => at))
  return ({ key, told }) => {
    const last = told.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    // Of two that were stated at one time the one that is named now has won, by the fixed order.
    if (currentTold.has(last)) return last
    const index = countBefore(times, last + 1)
    const next = tells[index]
    if (!next) return Infinity
    return next.key === key ? (nextOther[index] ?? Infinity) : next.at
  }
}
