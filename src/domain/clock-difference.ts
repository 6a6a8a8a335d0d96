import { DAY, SECOND } from './instant.ts'

/** From here on a clock that differs is to be looked after, and receipts are corrected. */
export const MUCH_OFF = 30 * SECOND

/** Another clock named its time in an answer to us. Ours is monotonic: it begins anywhere and is never set. */
type Named = {
  readonly askedAt: number
  readonly answeredAt: number
  readonly named: number
  /** The other clock names the last multiple of this. */
  readonly precision: number
}

/** By how much another clock is ahead of our monotonic one, within the bounds that one answer proves. */
export type Span = { readonly least: number; readonly most: number; readonly answeredAt: number }

/** The time was named at some moment between the question and the answer. */
export const spanOf = ({ askedAt, answeredAt, named, precision }: Named): Span => ({
  least: named - answeredAt,
  most: named + precision - askedAt,
  answeredAt,
})

/** Of the last `COMPARED` answers of Mailchimp more than half must agree, and at least `ENOUGH`. */
const COMPARED = 9
const ENOUGH = 3
/** Nothing stands between us and the database that could answer in its place. */
export const ENOUGH_OF_DATABASE = 1
/** Answers that come together may come out of one cache; later ones of a cache name a time that lags behind. */
const APART = 2 * SECOND

/** The answers to compare from now on, newest last. */
export const withSpan = (spans: readonly Span[], span: Span): readonly Span[] =>
  span.answeredAt - (spans.at(-1)?.answeredAt ?? -Infinity) < APART ? spans : [...spans, span].slice(-COMPARED)

/**
 * R31: by how much the other clock is ahead of ours, which is `lead` ahead of the monotonic one: the least difference
 * that most answers agree on. Undefined while fewer than `enough` agree.
 */
export function differenceIn(spans: readonly Span[], lead: number, enough = ENOUGH): number | undefined {
  const own = spans.map(({ least, most }) => ({ least: least - lead, most: most - lead }))
  const agreeing = (ms: number): number => own.filter(({ least, most }) => least <= ms && ms <= most).length
  const [best] = [0, ...own.flatMap(({ least, most }) => [least, most])]
    .map(ms => ({ ms, agree: agreeing(ms) }))
    .toSorted((a, b) => b.agree - a.agree || Math.abs(a.ms) - Math.abs(b.ms))
  if (!best || best.agree < enough || best.agree * 2 <= spans.length) return undefined
  return Math.round(best.ms)
}

type Known = {
  /** By how much Mailchimp's clock is ahead of the time of the service, if that is known. */
  readonly mailchimp: number | undefined
  /** The same of PostgreSQL's clock, which may be that of our own machine. */
  readonly database: number | undefined
  /** What the process before this one leaves to go by. */
  readonly noted: number
}

/**
 * R10, R31: by how much our clock is behind, or ahead if negative. Less than `MUCH_OFF` counts as 0: it makes no
 * difference to any order, since a denial may run 5 minutes ahead. Until Mailchimp is heard, the later of two times
 * counts: a receipt that is dated too late lets only the grant of a fast clock win.
 */
export function correctionBy({ mailchimp, database = 0, noted }: Known): number {
  const off = mailchimp ?? (noted >= MUCH_OFF ? Math.max(noted, database) : database)
  return Math.abs(off) >= MUCH_OFF ? off : 0
}

/** What a process noted last: the time of the service, and beside it the right one. */
export type Noted = { readonly at: number; readonly rightAt: number }

/**
 * R31: by how much a process that starts at `startedAt` may be behind, by what the one before it noted. A clock that
 * was behind still is; one that is before a time that was right is behind by that. That it is ahead is never taken for
 * granted: a receipt that is dated too early lets an older grant win, one too late only the grant of a fast clock.
 */
export const behindSince = ({ at, rightAt }: Noted, startedAt: number): number =>
  Math.max(0, rightAt - at, rightAt - startedAt)

/**
 * R21: ids say what came first, so those of a process that starts at `startedAt` follow the newest one of the process
 * before, whose clock may have been ahead. By more than a day that is not followed: facts are kept by the time in it.
 */
export const idsFollow = (newestAt: number, startedAt: number): number => Math.min(newestAt, startedAt + DAY)
