import { parseInstant } from './instant.ts'

/** One merge field of an audience, with what is needed to know what it takes. */
export type MergeField = {
  readonly tag: string
  readonly name: string
  readonly type: string
  readonly choices: readonly string[]
}

export type FieldValue = string | number

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

/** Whether an audience's field can hold a yes or no at all. */
export const takesYesNo = (field: MergeField): boolean =>
  field.type === 'text' || (isChoiceField(field) && field.choices.includes('true') && field.choices.includes('false'))

const isChoiceField = (field: MergeField): boolean => field.type === 'dropdown' || field.type === 'radio'

export function fitText(text: string, field: MergeField): Fit {
  if (text === '') return fits('')
  const rule = RULES[field.type]
  return rule ? rule(text, field) : mismatch(`is of type ${field.type}, which cannot be filled from a preference`)
}

const bytes = (text: string): number => {
  let count = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return count
}

const fitPlain = (text: string): Fit =>
  bytes(text) <= TEXT_BYTES
    ? fits(text)
    : unfit(`takes at most ${TEXT_BYTES} bytes, the value has ${bytes(text)}: Mailchimp would cut it`)

const fitPattern =
  (pattern: RegExp, expected: string) =>
  (text: string): Fit =>
    pattern.test(text) ? fitPlain(text) : unfit(`takes ${expected}`)

/** Past 15 digits a number would be sent as another one. */
function fitNumber(text: string): Fit {
  const digits = /^\s*[+-]?0*(\d+(?:\.\d+)?)\s*$/.exec(text)?.[1]
  if (digits === undefined) return unfit('takes a number')
  return digits.replace('.', '').length <= 15 ? fits(Number(text)) : unfit('takes a number of at most 15 digits')
}

const fitChoice = (text: string, field: MergeField): Fit =>
  field.choices.includes(text) ? fits(text) : unfit(`takes one of ${field.choices.map(c => `"${c}"`).join(', ')}`)

function fitDate(text: string): Fit {
  const day = DATE.exec(text)?.[1]
  return day !== undefined && isDay(day) ? fits(day) : unfit('takes a date')
}

function fitBirthday(text: string): Fit {
  const day = /^(\d\d)\/(\d\d)$/.exec(text)
  return day && isDay(`2000-${day[1]}-${day[2]}`) ? fits(text) : unfit('takes a birthday written MM/DD')
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/
const isDay = (day: string): boolean => parseInstant(`${day}T00:00:00Z`) !== undefined

const fitZip = fitPattern(/^\d{5}$/, 'a zip code of five digits')
const fitUrl = fitPattern(/^https?:\/\/[^\s/]+\.[^\s]+$/, 'a web address')

/** Mailchimp's types, by what they accept; `address` takes an object and is not here on purpose. */
const RULES: Readonly<Record<string, (text: string, field: MergeField) => Fit>> = {
  text: fitPlain,
  phone: fitPlain,
  number: fitNumber,
  date: fitDate,
  birthday: fitBirthday,
  zip: fitZip,
  url: fitUrl,
  imageurl: fitUrl,
  dropdown: fitChoice,
  radio: fitChoice,
}
