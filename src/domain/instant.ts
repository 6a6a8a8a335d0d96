const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)$/

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/**
 * Milliseconds since the epoch, or undefined. Stricter than `Date`, which takes 30 February for 2 March and a
 * stamp without a zone for local time. Zones are `Z`, `±hh:mm`, `±hhmm` and `±hh` (RFC 3339, ISO 8601; R10).
 */
export function parseInstant(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? RFC3339.exec(text) : null
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const zoneHour = Number(parts[10] ?? 0)
  const zoneMinute = Number(parts[11] ?? 0)
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined
  const millis = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3))
  const zone = (zoneHour * 60 + zoneMinute) * MINUTE * (parts[9] === '-' ? -1 : 1)
  const utc = new Date(0)
  utc.setUTCFullYear(year, month - 1, day)
  utc.setUTCHours(hour, minute, second, millis)
  return utc.getTime() - zone
}

/** A fact's own time may run this far ahead of our receipt before it is pulled back to it. */
const TOLERATED_LEAD = 5 * MINUTE
const INCREDIBLE_LEAD = DAY

type Dating =
  | { readonly credible: true; readonly at: number; readonly statedAt: number }
  | { readonly credible: false; readonly why: string }

/** R10: a fact's time is its own, at most receipt + 5 minutes; missing, malformed or a day ahead is not credible. */
export function dateFact(stamp: unknown, receivedAt: number): Dating {
  if (stamp === undefined || stamp === null) return { credible: false, why: 'has no time' }
  const own = parseInstant(stamp)
  if (own === undefined) return { credible: false, why: 'has a time that is not RFC 3339 with a zone' }
  if (own > receivedAt + INCREDIBLE_LEAD) return { credible: false, why: 'is dated more than 24 hours ahead' }
  return { credible: true, at: Math.min(own, receivedAt + TOLERATED_LEAD), statedAt: own }
}
