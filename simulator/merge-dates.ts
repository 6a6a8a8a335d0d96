import type { MergeField } from './state.ts'

type Options = MergeField['options']

/** The documented spellings, kept as `YYYY-MM-DD`. With slashes, the field's format says what the first number is. */
export function readDate(text: string, { date_format: format }: Options): string | undefined {
  const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$/.exec(text)
  if (yearFirst) return realDate(yearFirst[1], yearFirst[2], yearFirst[3])
  const dayFirst = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(text)
  if (dayFirst) return realDate(dayFirst[3], dayFirst[2], dayFirst[1])
  const [, first, second, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? []
  return format === 'DD/MM/YYYY' ? realDate(year, second, first) : realDate(year, first, second)
}

/** A day of the year, kept as `MM/DD`: the wrong order is taken for another day, or refused past 12 (reported). */
export function readBirthday(text: string, { date_format: format }: Options): string | undefined {
  const [, first, second] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []
  // 2024 is a leap year: 02/29 is a birthday.
  const day = format === 'DD/MM' ? realDate('2024', second, first) : realDate('2024', first, second)
  return day?.slice(5).replace('-', '/')
}

function realDate(year = '', month = '', day = ''): string | undefined {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const parsed = Date.parse(`${iso}T00:00:00Z`)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(iso) ? iso : undefined
}
