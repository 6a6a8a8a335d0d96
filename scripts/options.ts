import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from '../src/contract/options.ts'
import { OPTION_NAMES, OPTIONS, type Option } from '../src/domain/options.ts'
import { table } from './markdown.ts'

const END = '<!-- prettier-ignore-end -->'

/** docs/document.md, with its table of options made anew from the one that the code follows. */
export function documentPage(how: string): string {
  const start = `<!-- Made by ${how} from src/domain/options.ts. -->\n\n<!-- prettier-ignore-start -->\n`
  const page = readFileSync(join(import.meta.dirname, '../docs/document.md'), 'utf8')
  const [before, rest = ''] = page.split(start)
  const after = rest.slice(rest.indexOf(END))
  if (!rest.includes(END)) throw new Error('docs/document.md has no place for the table of options')
  const rows = OPTION_NAMES.map(name => [
    `\`options.${keyOf(name)}\``,
    defaultOf(OPTIONS[name]),
    meaningOf(OPTIONS[name]),
  ])
  return `${before}${start}${table(['key', 'default', 'meaning'], rows)}\n${after}`
}

const defaultOf = (option: Option): string => `\`${JSON.stringify(option.default)}\``

function meaningOf(option: Option): string {
  const more = option.section === undefined ? '' : ` See [below](#${option.section}).`
  return `${option.says} ${valuesOf(option)}.${more}`
}

function valuesOf(option: Option): string {
  switch (option.kind) {
    case 'choice':
      return Object.entries(option.choices).map(meaning).join('; ')
    case 'keyed':
      return [...Object.entries(option.choices).map(meaning), meaning([`${option.prefix}<key>`, option.other])].join(
        '; ',
      )
    case 'count':
      return `${option.min} to ${option.max}`
    case 'ids':
      return `Each is a ${option.one}`
    case 'flag':
      return '`true` or `false`'
  }
}

const meaning = ([value, { label, says }]: readonly [string, { label: string; says?: string }]): string =>
  label === value ? `\`${value}\`` : `\`${value}\`: ${inline(says ?? label)}`

/** A sentence within another one. */
const inline = (text: string): string =>
  `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '').replace(/^mailchimp/, 'Mailchimp')
