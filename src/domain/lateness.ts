import { DAY, HOUR, MINUTE } from './instant.ts'

export type LateLevel = 'warning' | 'error' | 'incident'

/** R26: the age in milliseconds from which a withdrawal that still waits is this late; the worst first. */
const LATE_FROM: readonly { readonly level: LateLevel; readonly from: number }[] = [
  { level: 'incident', from: DAY },
  { level: 'error', from: HOUR },
  { level: 'warning', from: 15 * MINUTE },
]

/** How late the oldest waiting withdrawal is; undefined when it is not, or when none waits. */
const latenessOf = (ageMs: number | undefined): LateLevel | undefined =>
  LATE_FROM.find(({ from }) => ageMs !== undefined && ageMs >= from)?.level

const rank = (level: LateLevel | undefined): number =>
  LATE_FROM.length - (level === undefined ? LATE_FROM.length : LATE_FROM.findIndex(each => each.level === level))

/**
 * Whether it has become worse than what was told `before`, or has caught up; undefined when there is no news. What is
 * better but still late is no news, so each level is reported once until all have caught up.
 */
export function newsOf(before: LateLevel | undefined, ageMs: number | undefined): LateLevel | 'caught_up' | undefined {
  const level = latenessOf(ageMs)
  if (level === undefined) return before === undefined ? undefined : 'caught_up'
  return rank(level) > rank(before) ? level : undefined
}
