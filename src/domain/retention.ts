import { DAY } from './instant.ts'

/**
 * What is kept for a while only. Facts of a person are not: they say what the state of the person rests on. `anonymous`
 * are those without a known person (R5c).
 */
export type Expiring = 'bodies' | 'quarantine' | 'anonymous' | 'attempts' | 'audit'

/** For how many days each kind is kept; null: for ever. */
export type Retention = { readonly [Kind in Expiring]: number | null }

/** Long enough to find out what went wrong, and no longer than a regulator asks for proof. */
export const DEFAULT_RETENTION: Retention = {
  bodies: 30,
  quarantine: 90,
  anonymous: 90,
  attempts: 90,
  audit: 3 * 365,
}

export type RetentionChange = { readonly [Kind in Expiring]?: number | null | undefined }

/** What is not named stays as it is. */
export function changedBy(retention: Retention, change: RetentionChange): Retention {
  const named = Object.entries(change).filter(([, days]) => days !== undefined)
  return { ...retention, ...Object.fromEntries(named) }
}

/** What came in before this time has expired; undefined while nothing of this kind does. */
export function expiredBefore(retention: Retention, kind: Expiring, now: number): number | undefined {
  const days = retention[kind]
  return days === null ? undefined : now - days * DAY
}
