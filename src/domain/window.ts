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
export type Window = { readonly until: number; readonly sent: Readonly<Record<string, readonly FieldValue[]>> }

/** An attempt of unknown outcome: what it carried, and when it left. */
type Unknown = { readonly fields: Fields; readonly sentAt: number; readonly until: number }

/** The window after one more attempt of unknown outcome. What an older one sent counts only while it can arrive. */
export function widened(window: Window | undefined, { fields, sentAt, until }: Unknown): Window {
  const open = window && window.until > sentAt ? window : undefined
  const sent: Record<string, readonly FieldValue[]> = { ...open?.sent }
  for (const [key, value] of Object.entries(fields)) sent[key] = [...new Set([...valuesOf(open, key), value])]
  return { until: Math.max(until, open?.until ?? 0), sent }
}

const valuesOf = (window: Window | undefined, key: string): readonly FieldValue[] =>
  window && Object.hasOwn(window.sent, key) ? (window.sent[key] ?? []) : []

/** Could something arrive late, or have arrived, that is not what Mailchimp confirmed last? */
const mayDiffer = (window: Window, confirmed: Fields | undefined): boolean =>
  Object.entries(window.sent).some(([key, values]) => values.some(value => value !== confirmed?.[key]))

/** I15: the window is over, and what Mailchimp confirmed before its end may have been overwritten since. */
export const mustAssert = (window: Window | undefined, confirmed: Fields | undefined, now: number): boolean =>
  window !== undefined && now >= window.until && mayDiffer(window, confirmed)

type Confirmation = {
  /** What Mailchimp said that it holds, this attempt included. */
  readonly confirmed: Fields | undefined
  /** When the attempt left that ended like this, or now if there was nothing to send. */
  readonly sentAt: number
  readonly now: number
}

/**
 * R22, I15: a debt that would end now waits for the end of its window instead, to assert the newest state once more,
 * unless nothing that may arrive late differs from it. The window is kept while it is open: a newer fact may differ.
 */
export function underWindow(next: Next, window: Window | undefined, { confirmed, sentAt, now }: Confirmation) {
  if (!window) return { next, window }
  if (next.status === 'waiting' || next.status === 'dead') return { next, window }
  if (sentAt >= window.until) return { next, window: undefined }
  if (!mayDiffer(window, confirmed)) return { next, window: now >= window.until ? undefined : window }
  return { next: waiting(Math.max(window.until, now), 'assert_again'), window }
}

/** What two windows hold together: of a target that is in both, every value. */
export function joined(a: Window, b: Window): Window {
  const sent = [...Object.keys(a.sent), ...Object.keys(b.sent)].map((key): [string, readonly FieldValue[]] => [
    key,
    [...new Set([...valuesOf(a, key), ...valuesOf(b, key)])],
  ])
  return { until: Math.max(a.until, b.until), sent: Object.fromEntries(sent) }
}

/** The part of a window that is about some of its targets; undefined when it is about none of them. */
export function about(window: Window, isOne: (target: string) => boolean): Window | undefined {
  const sent = Object.entries(window.sent).filter(([key]) => isOne(key))
  return sent.length === 0 ? undefined : { until: window.until, sent: Object.fromEntries(sent) }
}

/**
 * R22: while an integration is paused, only what may have been overwritten late is asserted. A debt that is owed more
 * than that does not end with it, but waits for the end of the pause.
 */
export const restWaits = <End extends { readonly next: Next }>(end: End, isOwedMore: boolean, now: number): End =>
  isOwedMore && end.next.status !== 'waiting' && end.next.status !== 'dead'
    ? { ...end, next: { ...settled('waiting', undefined), dueAt: now } }
    : end
