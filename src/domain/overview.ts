import { byText } from './choice.ts'
import { endOf, type End } from './end.ts'
import { DAY, HOUR, MINUTE } from './instant.ts'

/** The periods that can be looked back over, in hours, each with the width of a point of its series. */
const PERIODS = { 1: 2 * MINUTE, 24: HOUR, 168: 6 * HOUR, 720: DAY } as const

export type Hours = keyof typeof PERIODS

/** A time from `from` to `to` in `points` steps. Steps begin at whole multiples of their width, so that none moves. */
export type Span = { readonly from: number; readonly to: number; readonly step: number; readonly points: number }

/** The last `hours`, the step under way among them. */
export function spanOf(hours: Hours, now: number): Span {
  const step = PERIODS[hours]
  const points = (hours * HOUR) / step
  return { from: (Math.floor(now / step) - points + 1) * step, to: now, step, points }
}

/** How many in a step of the span. */
type Counted = { readonly bucket: number; readonly n: number }

type Skipped = Counted & { readonly reason: string }

type Counts = Readonly<Record<Exclude<Kind, 'skipped'>, readonly Counted[]>> & { readonly skipped: readonly Skipped[] }

type Kind = 'received' | 'delivered' | 'skipped' | 'failed'
/** `skippedAs`: those that were skipped, by how they ended. */
export type Point = Readonly<Record<Kind, number>> & {
  readonly at: number
  readonly skippedAs: Readonly<Record<End, number>>
}

/** One point for each step, empty ones too. */
export const seriesOf = ({ from, step, points }: Span, counts: Counts): Point[] =>
  Array.from({ length: points }, (_, bucket) => {
    const own = (kind: Kind): number => total(counts[kind].filter(each => each.bucket === bucket))
    return {
      at: from + bucket * step,
      received: own('received'),
      delivered: own('delivered'),
      skipped: own('skipped'),
      failed: own('failed'),
      skippedAs: byEnd(counts.skipped.filter(each => each.bucket === bucket)),
    }
  })

/** How many debts that were skipped ended in which way. */
function byEnd(skipped: readonly Skipped[]): Record<End, number> {
  const ends = { in_step: 0, not_in_audience: 0, unmatched: 0, contact_gone: 0 }
  for (const { reason, n } of skipped) {
    const end = endOf({ status: 'skipped', reason })
    if (end !== undefined) ends[end] += n
  }
  return ends
}

export const total = (counts: readonly { readonly n: number }[]): number => counts.reduce((sum, { n }) => sum + n, 0)

export type ByReason = { readonly reason: string; readonly count: number }

/** How many for each reason, the commonest first. */
export function byReason(counts: readonly { readonly reason: string; readonly n: number }[]): ByReason[] {
  const sums = new Map<string, number>()
  for (const { reason, n } of counts) sums.set(reason, n + (sums.get(reason) ?? 0))
  return [...sums]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || byText(a.reason, b.reason))
}

export type Timing = { readonly count: number; readonly p50: number | undefined; readonly p95: number | undefined }

/** How long it took, for half of them and for all but one in twenty; undefined of nothing. */
export function timingOf(waits: readonly number[]): Timing {
  const sorted = [...waits].sort((a, b) => a - b)
  return { count: sorted.length, p50: percentile(sorted, 50), p95: percentile(sorted, 95) }
}

/** The nearest-rank percentile: the least of the values that this many of a hundred do not exceed. */
const percentile = (sorted: readonly number[], percent: number): number | undefined =>
  sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]
