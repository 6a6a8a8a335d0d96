import { settled, waiting, type Next } from './delivery.ts'
import { SECOND } from './instant.ts'
import { type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'

/** Mailchimp gives up on a request after 120 s; the rest is for connecting and for clocks (R22). */
export const WINDOW_LENGTH = 130 * SECOND

/**
 * What Mailchimp may still apply: the values of attempts of unknown end, by target, and the time from which
 * on none of them can arrive any more (R22).
 */
export type Window = {
  readonly until: number
  readonly sent: Readonly<Record<string, readonly FieldValue[]>>
  /** The contacts that they went to, by name; undefined where an older release did not keep them. */
  readonly contacts?: readonly string[] | undefined
}

/** An attempt of unknown outcome: what it carried, and when it left. */
type Unknown = {
  readonly fields: Fields
  readonly sentAt: number
  readonly until: number
  readonly contact: string | undefined
}

/** The window after one more attempt of unknown outcome. What an older one sent counts only while it can arrive. */
export function widened(window: Window | undefined, { fields, sentAt, until, contact }: Unknown): Window {
  const open = window && window.until > sentAt ? window : undefined
  const sent: Record<string, readonly FieldValue[]> = { ...open?.sent }
  for (const [key, value] of Object.entries(fields)) sent[key] = [...new Set([...valuesOf(open, key), value])]
  const contacts = contact === undefined ? undefined : bothOf(open ? open.contacts : [], [contact])
  return { until: Math.max(until, open?.until ?? 0), sent, contacts }
}

/** All of them; of some that are not known, nothing is. */
const bothOf = (a: Window['contacts'], b: Window['contacts']): Window['contacts'] =>
  a && b && [...new Set([...a, ...b])]

const valuesOf = (window: Window | undefined, key: string): readonly FieldValue[] =>
  window && Object.hasOwn(window.sent, key) ? (window.sent[key] ?? []) : []

/** Could something arrive late, or have arrived, that is not what Mailchimp confirmed last? */
const mayDiffer = (window: Window, confirmed: Fields | undefined): boolean =>
  Object.entries(window.sent).some(([key, values]) => values.some(value => value !== confirmed?.[key]))

/** Could any of it have gone to the contact? */
const mayConcern = ({ contacts }: Window, contact: string | undefined): boolean =>
  contacts === undefined || (contact !== undefined && contacts.includes(contact))

type Contact = {
  /** Its name; undefined when the person names none. */
  readonly contact: string | undefined
  /** What Mailchimp said that it holds. */
  readonly confirmed: Fields | undefined
}

/** I15: the window is over, and what Mailchimp confirmed of the contact before may have been overwritten since. */
export const mustAssert = (window: Window | undefined, { contact, confirmed }: Contact, now: number): boolean =>
  window !== undefined && now >= window.until && mayConcern(window, contact) && mayDiffer(window, confirmed)

/** The window is over, and something went to this very contact: it may be there now, though it was not before. */
export const mayHaveMade = (window: Window | undefined, contact: string | undefined, now: number): boolean =>
  window?.contacts !== undefined && now >= window.until && mayConcern(window, contact)

/** The window after a request to the contact that ended for certain: what left after its end puts that contact right. */
export function assertedAt(window: Window, contact: string, sentAt: number): Window | undefined {
  if (!window.contacts || sentAt < window.until) return window
  const contacts = window.contacts.filter(each => each !== contact)
  return contacts.length === 0 ? undefined : { ...window, contacts }
}

type Confirmation = Contact & {
  /** When the attempt left that ended like this, or now if there was nothing to send. */
  readonly sentAt: number
  readonly now: number
}

/**
 * R22, I15: a debt that would end now waits for the end of its window instead, to assert the newest state once more,
 * unless nothing that may arrive late differs from it, or could arrive at another contact. The window is kept while it is open: a newer fact may differ.
 */
export function underWindow(next: Next, window: Window | undefined, { contact, confirmed, sentAt, now }: Confirmation) {
  if (!window) return { next, window }
  if (next.status === 'waiting' || next.status === 'dead') return { next, window }
  if (sentAt >= window.until) return { next, window: undefined }
  const isElsewhere = window.contacts?.some(each => each !== contact) === true
  if (!isElsewhere && !mayDiffer(window, confirmed)) return { next, window: now >= window.until ? undefined : window }
  return { next: waiting(Math.max(window.until, now), 'assert_again'), window }
}

/** What two windows hold together: of a target that is in both, every value. */
export function joined(a: Window, b: Window): Window {
  const sent = [...Object.keys(a.sent), ...Object.keys(b.sent)].map((key): [string, readonly FieldValue[]] => [
    key,
    [...new Set([...valuesOf(a, key), ...valuesOf(b, key)])],
  ])
  return { until: Math.max(a.until, b.until), sent: Object.fromEntries(sent), contacts: bothOf(a.contacts, b.contacts) }
}

/** The part of a window that is about some of its targets; undefined when it is about none of them. */
export function about(window: Window, isOne: (target: string) => boolean): Window | undefined {
  const sent = Object.entries(window.sent).filter(([key]) => isOne(key))
  return sent.length === 0 ? undefined : { ...window, sent: Object.fromEntries(sent) }
}

/**
 * R22: while an integration is paused, only what may have been overwritten late is asserted. A debt that is owed more
 * than that does not end with it, but waits for the end of the pause.
 */
export const restWaits = <End extends { readonly next: Next }>(end: End, isOwedMore: boolean, now: number): End =>
  isOwedMore && end.next.status !== 'waiting' && end.next.status !== 'dead'
    ? { ...end, next: { ...settled('waiting', undefined), dueAt: now } }
    : end
