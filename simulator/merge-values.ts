import { type Json, isObject } from './json.ts'
import type { FieldError } from './problems.ts'
import type { Address, Audience, MergeField, MergeValue } from './state.ts'

type MergeResult = Readonly<{
  values: Readonly<Record<string, MergeValue>>
  errors: readonly FieldError[]
}>

type Sent = Readonly<Record<string, Json>>
type Checked = Readonly<{ value: MergeValue } | { refused: string }>

/**
 * The stored values after a write. Only the tags that were sent change; a tag the audience does not have is
 * ignored in silence, `null` leaves a value alone and `""` clears it (all recorded or reported).
 */
export function applyMergeFields(
  audience: Audience,
  stored: Readonly<Record<string, MergeValue>>,
  write: Readonly<{ sent: Sent; skipRequired: boolean }>,
): MergeResult {
  const values: Record<string, MergeValue> = { ...stored }
  const errors: FieldError[] = []
  for (const [tag, sent] of Object.entries(write.sent)) {
    const field = findField(audience, tag)
    if (!field || sent === null) continue
    const checked = checkValue(field, sent)
    if ('value' in checked) values[field.tag] = checked.value
    else errors.push({ field: field.tag, message: checked.refused })
  }
  if (!write.skipRequired) errors.push(...missingRequired(audience, values, errors))
  return { values, errors }
}

/** Tags are matched without regard to case (reported). */
function findField(audience: Audience, tag: string): MergeField | undefined {
  const exact = audience.mergeFields.find(field => field.tag === tag)
  return exact ?? audience.mergeFields.find(field => field.tag === tag.toUpperCase())
}

/** Hits writes of other fields, too: the reason every integration sends `skip_merge_validation` (reported). */
function missingRequired(audience: Audience, values: Sent, errors: readonly FieldError[]): readonly FieldError[] {
  return audience.mergeFields
    .filter(
      field => field.required && isEmpty(values[field.tag]) && !errors.some(({ field: tag }) => tag === field.tag),
    )
    .map(({ tag }) => ({ field: tag, message: 'Please enter a value' }))
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === ''
}

function checkValue(field: MergeField, sent: Json): Checked {
  if (sent === '') return { value: '' }
  if (field.type === 'address') return checkAddress(sent)
  if (typeof sent !== 'string' && typeof sent !== 'number') return { refused: 'Please enter a value' }
  return CHECKS[field.type](String(sent), field)
}

function checkAddress(sent: Json): Checked {
  if (!isObject(sent)) return { refused: 'Please enter a complete address' }
  const complete = ['addr1', 'city', 'state', 'zip'].every(part => typeof sent[part] === 'string' && sent[part] !== '')
  if (!complete) return { refused: 'Please enter a complete address' }
  const part = (name: string) => (typeof sent[name] === 'string' ? sent[name] : '')
  const address: Address = {
    addr1: part('addr1'),
    addr2: part('addr2'),
    city: part('city'),
    state: part('state'),
    zip: part('zip'),
    country: part('country') || 'US',
  }
  return { value: address }
}

const CHECKS: Readonly<Record<Exclude<MergeField['type'], 'address'>, (text: string, field: MergeField) => Checked>> = {
  text: text => ({ value: truncated(text) }),
  number: text => (isNumeric(text) ? { value: Number(text) } : { refused: 'Please enter a number' }),
  phone: checkPhone,
  date: text => orRefuse(readDate(text), 'Please enter the date'),
  birthday: text => orRefuse(readBirthday(text), 'Please enter a month (01-12) and a day (01-31)'),
  zip: text => orRefuse(/^\d{5}(-\d{4})?$/.exec(text)?.[0], 'Please enter a zip code (5 numbers)'),
  url: checkUrl,
  imageurl: checkUrl,
  radio: checkChoice,
  dropdown: checkChoice,
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}

function orRefuse(value: string | undefined, refused: string): Checked {
  return value === undefined ? { refused } : { value }
}

/** Any string will do when `phone_format` is `none` or international; the US form wants ten digits. */
function checkPhone(text: string, field: MergeField): Checked {
  if (field.options.phone_format !== 'US') return { value: truncated(text) }
  return orRefuse(/^\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}$/.exec(text)?.[0], 'Please enter a valid phone number')
}

function checkUrl(text: string): Checked {
  return /^https?:\/\/[^\s.]+\.\S+$/.test(text) ? { value: truncated(text) } : { refused: 'Please enter a valid url' }
}

function checkChoice(text: string, field: MergeField): Checked {
  const choices = field.options.choices ?? []
  if (choices.includes(text)) return { value: text }
  return { refused: `Value must be one of: ${choices.join(', ')} (not ${text})` }
}

/** The four documented spellings, kept as `YYYY-MM-DD`. */
function readDate(text: string): string | undefined {
  const yearFirst = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$/.exec(text)
  if (yearFirst) return realDate(yearFirst[1], yearFirst[2], yearFirst[3])
  const dayFirst = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(text)
  if (dayFirst) return realDate(dayFirst[3], dayFirst[2], dayFirst[1])
  const monthFirst = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
  return monthFirst ? realDate(monthFirst[3], monthFirst[1], monthFirst[2]) : undefined
}

function realDate(year = '', month = '', day = ''): string | undefined {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const parsed = Date.parse(`${iso}T00:00:00Z`)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(iso) ? iso : undefined
}

function readBirthday(text: string): string | undefined {
  const [, month = '', day = ''] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []
  // 2024 is a leap year: 02/29 is a birthday.
  return realDate('2024', month, day)?.slice(5).replace('-', '/')
}

/** Text is cut at 255 bytes, not refused (documented); the cut never leaves half a character. */
function truncated(text: string): string {
  if (Buffer.byteLength(text) <= 255) return text
  return new TextDecoder().decode(Buffer.from(text).subarray(0, 255), { stream: true })
}
