import { HOUR } from './instant.ts'
import { type Settings } from './integration.ts'
import { renamesContacts } from './left-behind.ts'
import { claimedAs } from './taken-tag.ts'
import { mergeField, nameOf } from './target.ts'

/** R22: after a removal or a replaced document, what may come late is asserted within this time, or is unproven. */
export const LEAVES_WITHIN = 24 * HOUR

/** Whether a document that replaces another goes on to fill a target, at the same contact, under any key. */
export function goesOn(before: Settings, after: Settings): (target: string) => boolean {
  const isSamePlace = after.enabled && !renamesContacts(before, after)
  const filled = new Set(isSamePlace ? after.mappings.map(({ id }) => claimedAs(id)) : [])
  return target => filled.has(claimedAs(nameOf(target)))
}

/** A document that fills only what another one does not go on to fill. */
export const leavingDocument = (before: Settings, after: Settings): Settings => {
  const isKept = goesOn(before, after)
  return { ...before, mappings: before.mappings.filter(({ id }) => !isKept(mergeField(id))) }
}

/** Why a debt that ended proves nothing of what it had to assert: no contact is known, or nothing could be sent. */
export const PROVES_NOTHING = ['unresolvable', 'nothing_mapped'] as const
