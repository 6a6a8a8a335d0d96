import { type Json, isObject } from './json.ts'
import { readBirthday, readDate } from './merge-dates.ts'
import type { FieldError } from './problems.ts'
import type { Address, Audience, Behaviour, MergeField, MergeValue } from './state.ts'

type MergeResult = Readonly<{
  values: Readonly<Record<string, MergeValue>>
  errors: readonly FieldError[]
}>

type Sent = Readonly<Record<string, Json>>
export type MergeWrite = Readonly<{ sent: Sent; skipRequired: boolean; tagCase: Behaviour['mergeTagCase'] }>

type Checked = Readonly<{ value: MergeValue } | { refused: string }>

/**
 * The stored values after a write. Only the tags that were sent change; a tag the audience does not have is
 * ignored in silence, `null` leaves a value alone and `""` clears it (all recorded or reported).
 */
export function applyMergeFields(
  audience: Audience,
  stored: Readonly<Record<string, MergeValue>>,
  write: MergeWrite,
): MergeResult {
  const values: Record<string, MergeValue> = { ...stored }
  const errors: FieldError[] = []
  for (const [tag, sent] of Object.entries(write.sent)) {
    const field = findField(audience, tag, write.tagCase)
    if (!field || sent === null) continue
    const checked = checkValue(field, sent)
    if ('value' in checked) values[field.tag] = checked.value
    else errors.push({ field: field.tag, message: checked.refused })
  }
  if (!write.skipRequired) errors.push(...missingRequired(audience, values, errors))
  return { values, errors }
}

/** Several reports say that a tag in lower case is not stored, and one that case does not matter: a switch. */
function findField(audience: Audience, tag: string, tagCase: Behaviour['mergeTagCase']): MergeField | undefined {
  const wanted = tagCase === 'any' ? tag.toUpperCase() : tag
  return audience.mergeFields.find(field => field.tag === wanted)
}

/** The tags that Mailchimp would ignore in silence. */
export function unknownTags(audience: Audience, sent: Sent, tagCase: Behaviour['mergeTagCase']): readonly string[] {
  return Object.keys(sent).filter(tag => !findField(audience, tag, tagCase))
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
  if (field.type === 'address') return checkAddress(sent, field)
  if (typeof sent !== 'string' && typeof sent !== 'number') return { refused: 'Please enter a value' }
  return CHECKS[field.type](String(sent), field)
}

/** The ids of countries are published nowhere; 164 is the one that every new audience has. */
const COUNTRIES: Readonly<Record<number, string>> = { 164: 'US' }

function checkAddress(sent: Json, { options }: MergeField): Checked {
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
    country: part('country') || (COUNTRIES[options.default_country ?? 164] ?? ''),
  }
  return { value: address }
}

const CHECKS: Readonly<Record<Exclude<MergeField['type'], 'address'>, (text: string, field: MergeField) => Checked>> = {
  text: text => ({ value: truncated(text) }),
  number: text => (isNumeric(text) ? { value: Number(text) } : { refused: 'Please enter a number' }),
  phone: checkPhone,
  date: (text, { options }) => orRefuse(readDate(text, options), 'Please enter the date'),
  birthday: (text, { options }) =>
    orRefuse(readBirthday(text, options), 'Please enter a month (01-12) and a day (01-31)'),
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

/** Text is cut at 255 bytes, not refused (documented); the cut never leaves half a character. */
function truncated(text: string): string {
  if (Buffer.byteLength(text) <= 255) return text
  return new TextDecoder().decode(Buffer.from(text).subarray(0, 255), { stream: true })
}
