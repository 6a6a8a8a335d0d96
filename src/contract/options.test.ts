import { describe, expect, test } from 'vitest'
import { DEFAULT_OPTIONS, inWords, OPTION_NAMES, OPTIONS, type Option, type OptionValue } from '../domain/options.ts'
import { keyOf, options, OPTION_REMEDIES, optionsIn, shownOptions } from './options.ts'

/** Values that an option takes, beside its default, and values that it refuses. */
function valuesOf(option: Option): { readonly fit: readonly OptionValue[]; readonly unfit: readonly unknown[] } {
  switch (option.kind) {
    case 'choice':
      return { fit: Object.keys(option.choices), unfit: ['', 'no such word', 1, null] }
    case 'keyed':
      return {
        fit: [...Object.keys(option.choices), `${option.prefix}a`, option.prefix + 'x'.repeat(option.key.most)],
        unfit: ['', option.prefix, option.prefix + 'x'.repeat(option.key.most + 1), 'no such word', 1],
      }
    case 'count':
      return { fit: [option.min, option.max], unfit: [option.min - 1, option.max + 1, option.min + 0.5, '1'] }
    case 'ids':
      return {
        fit: [option.default, option.example],
        unfit: [...(option.empty === undefined ? [[]] : []), ['NOT AN ID'], option.example[0], [1]],
      }
    case 'flag':
      return { fit: [true, false], unfit: ['true', 1, null, []] }
  }
}

describe.each(OPTION_NAMES.map(name => [keyOf(name), name] as const))('the option %s', (key, name) => {
  const option: Option = OPTIONS[name]
  const { fit, unfit } = valuesOf(option)

  test('is written in a document as it is read from it', () => {
    for (const value of fit) {
      const own = optionsIn(options.parse({ [key]: value }))
      expect(own).toEqual({ ...DEFAULT_OPTIONS, [name]: value })
      expect(optionsIn(options.parse(shownOptions(own)))).toEqual(own)
    }
  })

  test('is refused by other values, at its path and with a remedy', () => {
    for (const value of unfit) expect(options.safeParse({ [key]: value }).error?.issues[0]?.path[0]).toBe(key)
    expect(OPTION_REMEDIES[`options.${key}`]).toMatch(/^[A-Z].*leave it out.*\.$/)
  })

  test('has its texts, and words for its values', () => {
    for (const text of [option.says, option.label]) expect(text).toMatch(/^[A-Z]/)
    for (const value of fit) expect(inWords(option, value)).not.toBe('')
  })
})

test('a document without options has the defaults, and its keys are those of the published API', () => {
  expect(optionsIn({})).toEqual(DEFAULT_OPTIONS)
  expect(Object.keys(shownOptions(DEFAULT_OPTIONS))).toEqual([
    'match',
    'regulations',
    'no_choice',
    'new_contact_status',
    'subscribe_when',
    'opt_in_confirmed_elsewhere',
    'on_user_deleted',
    'connections',
    'bulk',
  ])
})
