import { type ConsentState } from './fold.ts'
import { type Settings } from './integration.ts'
import { type Desired } from './mapping.ts'
import { saysNo, type FieldValue } from './merge-field.ts'
import { contactOf, type ContactRef } from './person.ts'
import { type SkipReason } from './outcome.ts'

/** Values by the key of their target. */
export type Fields = Readonly<Record<string, FieldValue>>

/** The one thing to do now for one contact. `status` never appears: it is not ours to change (R19). */
export type Plan =
  | { readonly do: 'skip'; readonly because: SkipReason }
  | { readonly do: 'update'; readonly contact: ContactRef; readonly fields: Fields }
  | {
      readonly do: 'upsert'
      readonly contact: ContactRef & { readonly by: 'address' }
      readonly statusIfNew: string
      /** When the newest grant of a contact that is created was given; undefined when that is not known. */
      readonly signedUpAt: number | undefined
      readonly fields: Fields
    }

export type Request = Exclude<Plan, { do: 'skip' }>

export type Situation = {
  readonly settings: Pick<Settings, 'upsertMode' | 'options'>
  readonly contact: ContactRef | undefined
  /** The request may create the contact (R19). */
  readonly isNew: boolean
  readonly desired: Desired
  /** What need not be written again (R21). */
  readonly confirmed: Fields
  /** The targets that this request may fill; undefined for all of them (R13). */
  readonly only?: readonly string[] | undefined
}

/** R17–R21: the smallest safe request that brings the contact in step, or why none is needed. */
export function planFor({ settings, contact, isNew, desired, confirmed, only: keys }: Situation): Plan {
  if (!contact) return { do: 'skip', because: 'unresolvable' }
  const fields = keys ? only(desired.fields, keys) : desired.fields
  const changed = unconfirmedOf(fields, confirmed)
  if (Object.keys(desired.fields).length === 0) return { do: 'skip', because: 'nothing_mapped' }
  if (Object.keys(changed).length === 0) return { do: 'skip', because: 'unchanged' }
  // What is only taken back creates no contact (R6).
  const mayCreate = settings.upsertMode && isNew && desired.isStated
  if (!mayCreate || contact.by !== 'address') return { do: 'update', contact, fields: changed }
  // A PUT may create the contact, so it always carries everything that a new one must hold.
  const { subscribes, grantedAt } = desired.beginning
  const statusIfNew = subscribes ? settings.options.newContactStatus : 'transactional'
  return { do: 'upsert', contact, statusIfNew, signedUpAt: grantedAt, fields }
}

export const only = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)))

const unconfirmedOf = (desired: Fields, confirmed: Fields): Fields =>
  Object.fromEntries(
    Object.entries(desired).filter(([key, value]) => !Object.hasOwn(confirmed, key) || confirmed[key] !== value),
  )

/** R16: the contact that a person is at Mailchimp under this integration's `match`. */
export function contactFor(state: ConsentState, person: string, settings: Pick<Settings, 'options'>) {
  const { match } = settings.options
  if (!match.startsWith('metadata_')) return contactOf(person, match)
  // R11: a key that two places spell names no person, rather than perhaps the wrong one.
  const [attribute, rival] = state.attributes.filter(({ path }) => path.join('_') === match)
  return attribute && !rival ? contactOf(attribute.value, match) : undefined
}

/** R23, R26: does this request take back something that Mailchimp was given, or may hold for all we know? */
export const withdrawsAny = (fields: Fields, last: Fields | undefined, lists: readonly string[]): boolean =>
  Object.entries(fields).some(([key, value]) => {
    const before = last?.[key]
    if (saysNo(value)) return before !== value
    return lists.includes(key) && before !== undefined && losesAny(String(before), String(value))
  })

function losesAny(before: string, after: string): boolean {
  const kept = new Set(after.split(','))
  return before.split(',').some(id => id !== '' && id !== 'false' && !kept.has(id))
}
