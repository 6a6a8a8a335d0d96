const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const STAMP = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)$/

/** The instant that a text states; undefined without a zone, or when it is no time (R10). */
export function instantOf(text: string | undefined): number | undefined {
  const match = STAMP.exec(text ?? '')
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match
  const parts = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts
  const milliseconds = Math.floor(Number(`0.${fraction || '0'}`) * 1_000)
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, milliseconds)
  if (new Date(Date.UTC(y, mo - 1, d)).getUTCDate() !== d || h > 23 || mi > 59 || s > 60) return undefined
  return utc - offsetOf(zone)
}

function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0')
  return (zone.startsWith('-') ? -1 : 1) * minutes * MINUTE
}

/** A stated time that may be used: one more than 24 hours ahead of its receipt is none (R10). */
export const usable = (stated: number | undefined, receivedAt: number): number | undefined =>
  stated !== undefined && stated <= receivedAt + DAY ? stated : undefined

/** R10: a fast clock moves a grant no further than our receipt, and a denial five minutes beyond it. */
export const dated = (stated: number, grants: boolean, receivedAt: number): number =>
  Math.min(stated, grants ? receivedAt : receivedAt + 5 * MINUTE)
