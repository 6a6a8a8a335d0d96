import { DAY } from './instant.ts'

/** What is kept for a while only. Facts are not: they say what the state of a person rests on. */
export type Evidence = 'bodies' | 'quarantine' | 'attempts' | 'audit'

/** For how many days each kind is kept; null: for ever. */
export type Retention = { readonly [Kind in Evidence]: number | null }

/** Long enough to find out what went wrong, and no longer than a regulator asks for proof. */
export const DEFAULT_RETENTION: Retention = { bodies: 30, quarantine: 90, attempts: 90, audit: 3 * 365 }

export type RetentionChange = { readonly [Kind in Evidence]?: number | null | undefined }

/** What is not named stays as it is. */
export function changedBy(retention: Retention, change: RetentionChange): Retention {
  const kept = (kind: Evidence): number | null => {
    const days = change[kind]
    return days === undefined ? retention[kind] : days
  }
  return { bodies: kept('bodies'), quarantine: kept('quarantine'), attempts: kept('attempts'), audit: kept('audit') }
}

/** What came in before this time has expired; undefined while nothing of this kind does. */
export function expiredBefore(retention: Retention, kind: Evidence, now: number): number | undefined {
  const days = retention[kind]
  return days === null ? undefined : now - days * DAY
}
