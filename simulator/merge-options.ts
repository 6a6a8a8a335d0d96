import { type Json, type JsonObject, isArray, isObject } from './json.ts'
import { type FieldError, wrongType } from './problems.ts'
import type { MergeField, MergeFieldType } from './state.ts'

type Options = MergeField['options']

export const MERGE_FIELD_TYPES: readonly MergeFieldType[] = [
  'text',
  'number',
  'address',
  'phone',
  'date',
  'url',
  'imageurl',
  'radio',
  'dropdown',
  'birthday',
  'zip',
]

/** The options of a field of each type, as Mailchimp fills them in; a type without any has none. */
const DEFAULTS: Readonly<Partial<Record<MergeFieldType, Options>>> = {
  text: { size: 25 },
  address: { default_country: 164 },
  phone: { phone_format: 'none' },
  date: { date_format: 'MM/DD/YYYY' },
  birthday: { date_format: 'MM/DD' },
  radio: { choices: [] },
  dropdown: { choices: [] },
}

/** The formats of a type, its default first: Mailchimp's older description says that any other is taken for that. */
const DATE_FORMATS: Readonly<Partial<Record<MergeFieldType, readonly string[]>>> = {
  date: ['MM/DD/YYYY', 'DD/MM/YYYY'],
  birthday: ['MM/DD', 'DD/MM'],
}

/** The options after a write. What a field of this type has no use for is not kept. */
export function withOptions(type: MergeFieldType, before: Options, sent: Json | undefined): Options {
  const whole = { ...DEFAULTS[type], ...before }
  if (!isObject(sent)) return whole
  const known = Object.entries(sent).filter(([name]) => name in whole)
  const options: Options = { ...whole, ...Object.fromEntries(known) }
  const formats = DATE_FORMATS[type]
  const isKnown = options.date_format !== undefined && formats?.includes(options.date_format)
  return formats?.[0] === undefined || isKnown ? options : { ...options, date_format: formats[0] }
}

const OPTION_TYPES: Readonly<Record<keyof Options, string>> = {
  size: 'integer',
  date_format: 'string',
  phone_format: 'string',
  default_country: 'integer',
  choices: 'array',
}

export function optionErrors({ options }: JsonObject): readonly FieldError[] {
  if (!isObject(options)) return []
  const choices = isArray(options['choices']) ? options['choices'] : []
  return [
    ...Object.entries(OPTION_TYPES).flatMap(([name, type]) => wrongType(options[name], `options.${name}`, type)),
    ...choices.flatMap((choice, at) => wrongType(choice, `options.choices.item:${at}`, 'string')),
  ]
}
