import { byteLength, isWithin } from './byte-length.ts'
import { dayIn, isBirthday } from './calendar.ts'

/** One merge field of an audience, with what is needed to know what it takes. */
export type MergeField = {
  readonly tag: string
  /** Mailchimp's number of the field: a field that is created again under the same tag has another one. */
  readonly mergeId: number | undefined
  readonly name: string
  readonly type: string
  /** Of a dropdown or radio field. */
  readonly choices: readonly string[]
  /** Of a date (`MM/DD/YYYY` or `DD/MM/YYYY`) or birthday (`MM/DD` or `DD/MM`). */
  readonly dateFormat: string | undefined
  /** Of a phone: `US`, or any number as it is written. */
  readonly phoneFormat: string | undefined
}

export type FieldValue = string | number

/** A value that grants nothing: a no, or a cleared field. */
export const saysNo = (value: FieldValue | undefined): boolean => value === 'false' || value === ''

/**
 * R13: how a value is written into a merge field. `unfit` is about this value, `mismatch` about the mapping itself
 * (no value of this kind can ever fit). Nothing is ever cut to fit.
 */
export type Fit =
  | { readonly kind: 'fits'; readonly value: FieldValue }
  | { readonly kind: 'unfit' | 'mismatch'; readonly detail: string }

/** Mailchimp cuts text at 255 *bytes* without a word. */
const TEXT_BYTES = 255

const fits = (value: FieldValue): Fit => ({ kind: 'fits', value })
const unfit = (detail: string): Fit => ({ kind: 'unfit', detail })
const mismatch = (detail: string): Fit => ({ kind: 'mismatch', detail })

/** A yes or no, which Didomi's own integration writes as the text `true` or `false`. */
export function fitYesNo(granted: boolean, field: MergeField): Fit {
  const text = String(granted)
  if (field.type === 'text') return fits(text)
  if (takesYesNo(field)) return fits(text)
  return mismatch(`is of type ${field.type}, which cannot hold true and false: use a text merge field`)
}

/** What of a field says which kinds of values it can hold. */
type Holding = Pick<MergeField, 'type' | 'choices'>

/** Whether an audience's field can hold a yes or no at all. */
export const takesYesNo = (field: Holding): boolean =>
  field.type === 'text' || (isChoiceField(field) && field.choices.includes('true') && field.choices.includes('false'))

const isChoiceField = (field: Holding): boolean => field.type === 'dropdown' || field.type === 'radio'

/** A text, or the reason why it does not fit. A long one is refused before any pattern looks at it. */
export function fitText(text: string, field: MergeField): Fit {
  if (text === '') return fits('')
  const rule = RULES[field.type]
  if (!rule) return mismatch(`is of type ${field.type}, which cannot be filled from a preference`)
  if (isWithin(text, TEXT_BYTES)) return rule(text, field)
  return unfit(`takes at most ${TEXT_BYTES} bytes, the value has ${byteLength(text)}: Mailchimp would cut it`)
}

const fitPattern =
  (pattern: RegExp, expected: string) =>
  (text: string): Fit =>
    pattern.test(text) ? fits(text) : unfit(`takes ${expected}`)

/** Past 15 digits a number would be sent as another one. */
function fitNumber(text: string): Fit {
  const number = text.trim()
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(number)) return unfit('takes a number')
  const digits = number.replace(/^[+-]?0*/, '').replace('.', '')
  // Adding 0 makes 0 of -0, which JSON does not know.
  return digits.length <= 15 ? fits(Number(number) + 0) : unfit('takes a number of at most 15 digits')
}

const fitChoice = (text: string, field: MergeField): Fit =>
  field.choices.includes(text) ? fits(text) : unfit(`takes one of ${field.choices.map(c => `"${c}"`).join(', ')}`)

function fitDate(text: string, { dateFormat }: MergeField): Fit {
  const day = dayIn(text, dateFormat)
  if (day !== undefined) return fits(day)
  return unfit(`takes a date written YYYY-MM-DD${dateFormat === undefined ? '' : ` or ${dateFormat}`}`)
}

const fitBirthday = (text: string, { dateFormat }: MergeField): Fit =>
  isBirthday(text, dateFormat) ? fits(text) : unfit(`takes a birthday written ${dateFormat ?? 'MM/DD'}`)

const US_PHONE = /^(?:\(\d{3}\) ?|\d{3}[-. ]?)\d{3}[-. ]?\d{4}$/

/** Only a field of the US format has a form; any other takes a number as it is written. */
const fitPhone = (text: string, { phoneFormat }: MergeField): Fit =>
  phoneFormat?.toUpperCase() !== 'US' || US_PHONE.test(text)
    ? fits(text)
    : unfit('takes a phone number of the US, written (212) 555-0123')

const fitZip = fitPattern(/^\d{5}$/, 'a zip code of five digits')
const fitUrl = fitPattern(/^https?:\/\/[^\s/][^\s/.]*\.[^\s]+$/, 'a web address')

/** Mailchimp's types, by what they accept; `address` takes an object and is not here on purpose. */
const RULES: Readonly<Record<string, (text: string, field: MergeField) => Fit>> = {
  text: fits,
  phone: fitPhone,
  number: fitNumber,
  date: fitDate,
  birthday: fitBirthday,
  zip: fitZip,
  url: fitUrl,
  imageurl: fitUrl,
  dropdown: fitChoice,
  radio: fitChoice,
}
