import { z } from 'zod'
import {
  OPTION_NAMES,
  OPTIONS,
  optionsBy,
  type Option,
  type OptionName,
  type Options,
  type OptionValue,
} from '../domain/options.ts'
import { named } from './shared.ts'

/** The name of an option in a document: `noChoice` is `no_choice` there. */
export const keyOf = (name: OptionName): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

function schemaOf(option: Option): z.ZodType {
  switch (option.kind) {
    case 'choice':
      return z.enum(Object.keys(option.choices)).describe(option.says)
    case 'keyed':
      return z
        .string()
        .regex(patternOf(option), `is none of ${wordsOf(option).join(', ')}`)
        .describe(option.says)
    case 'count':
      return z
        .int()
        .min(option.min, `is less than ${option.min}`)
        .max(option.max, `is more than ${option.limitOf} limit of ${option.max}`)
        .describe(option.says)
    case 'ids':
      return z
        .array(z.string().regex(option.pattern, `is no ${option.one}`))
        .min(option.empty === undefined ? 1 : 0, 'is empty')
        .describe(option.says)
    case 'flag':
      return z.boolean().describe(option.says)
  }
}

const patternOf = ({ choices, prefix, key }: Option & { readonly kind: 'keyed' }): RegExp =>
  new RegExp(`^(${[...Object.keys(choices), `${prefix}.{1,${key.most}}`].join('|')})$`)

/** What may be written, as people read it. */
const wordsOf = (option: Option & { readonly kind: 'choice' | 'keyed' }): string[] => [
  ...Object.keys(option.choices),
  ...(option.kind === 'keyed' ? [`${option.prefix}<key>`] : []),
]

/** `options` of an integration document. */
export const options = named(
  'IntegrationOptions',
  z
    .strictObject(Object.fromEntries(OPTION_NAMES.map(name => [keyOf(name), schemaOf(OPTIONS[name])])))
    .partial()
    .describe('How the integration delivers; what is left out has its default.'),
  { connections: 4, no_choice: 'clear' },
)

/** The options of a document; those that it leaves out have their defaults. Their schemas have judged the values. */
export const optionsIn = (given: Readonly<Record<string, unknown>> = {}): Options =>
  optionsBy(name => given[keyOf(name)] ?? OPTIONS[name].default)

/** Options as a document writes them. */
export const shownOptions = (own: Readonly<Record<OptionName, OptionValue>>): Record<string, OptionValue> =>
  Object.fromEntries(OPTION_NAMES.map(name => [keyOf(name), own[name]]))

const listed = (words: readonly string[]): string => [words.slice(0, -1).join(', '), words.at(-1)].join(' or ')

function remedyOf(option: Option): string {
  switch (option.kind) {
    case 'choice':
    case 'keyed':
      return `Write ${listed(wordsOf(option))}, or leave it out (${option.default}).`
    case 'count':
      return `Write a whole number from ${option.min} to ${option.max}, or leave it out (${option.default}).`
    case 'ids':
      return `Give a list such as ${JSON.stringify(option.example)}, or leave it out.`
    case 'flag':
      return `Write true if it is so, else false, or leave it out (${option.default}).`
  }
}

/** What to do about a problem with an option, by its path in the document; entries of a list are written `[]`. */
export const OPTION_REMEDIES: Readonly<Record<string, string>> = Object.fromEntries(
  OPTION_NAMES.flatMap(name => {
    const option: Option = OPTIONS[name]
    const path = `options.${keyOf(name)}`
    const own = [path, `${remedyOf(option)}`] as const
    return option.kind === 'ids'
      ? [own, [`${path}[]`, `Write the id as a ${option.one}, such as ${option.example.join()}.`] as const]
      : [own]
  }),
)
