import { parseInstant } from './instant.ts'

const YEAR_FIRST = /^(\d{4})([-/])(\d\d)\2(\d\d)$/
const DAY_FIRST = /^(\d\d)-(\d\d)-(\d{4})$/
const WITH_TIME = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?$/
const SLASHES = /^(\d\d)\/(\d\d)\/(\d{4})$/

/** What the first number of a date with slashes is, by the `date_format` of a field; undefined when it says neither. */
type Order = 'month first' | 'day first' | undefined

const orderOf = (format: string | undefined): Order => {
  if (format === 'MM/DD/YYYY' || format === 'MM/DD') return 'month first'
  return format === 'DD/MM/YYYY' || format === 'DD/MM' ? 'day first' : undefined
}

/**
 * R13: the day that a text names, as `YYYY-MM-DD`, which Mailchimp reads alike in every field. A day with slashes is
 * read by the format of the field, and is none in a field without one.
 */
export function dayIn(text: string, format: string | undefined): string | undefined {
  const [, day = text] = WITH_TIME.exec(text) ?? []
  const yearFirst = YEAR_FIRST.exec(day)
  if (yearFirst) return realDay([yearFirst[1], yearFirst[3], yearFirst[4]])
  const dayFirst = DAY_FIRST.exec(day)
  if (dayFirst) return realDay([dayFirst[3], dayFirst[2], dayFirst[1]])
  const slashes = SLASHES.exec(day)
  const order = orderOf(format)
  if (!slashes || !order) return undefined
  const [, first, second, year] = slashes
  return realDay(order === 'day first' ? [year, second, first] : [year, first, second])
}

/** Whether a text is a day of the year in the order of the field, which is month first unless it says otherwise. */
export function isBirthday(text: string, format: string | undefined): boolean {
  const found = /^(\d\d)\/(\d\d)$/.exec(text)
  if (!found) return false
  const [, first, second] = found
  // 29 February is a birthday, and 2000 has one.
  return realDay(orderOf(format) === 'day first' ? ['2000', second, first] : ['2000', first, second]) !== undefined
}

function realDay(parts: readonly (string | undefined)[]): string | undefined {
  const day = parts.join('-')
  return parseInstant(`${day}T00:00:00Z`) === undefined ? undefined : day
}
