import type { MergeField } from '../../api/mailchimp.ts'

/** The steps of a path that name nothing: the same in every path. */
const GRAMMAR = new Set([
  'consents',
  'purposes',
  'preferences',
  'values',
  'channels',
  'channel',
  'vendors',
  'enabled',
  'li',
  'value',
  'metadata',
])

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const namesIn = (path: string): string[] => wordsOf(path).filter(word => !GRAMMAR.has(word))

const LEAST_LIKENESS = 0.5

/**
 * The merge field whose tag or name is most like what a path names; undefined when none is. Later steps of a path
 * are finer, so they say more.
 */
export function suggestField(path: string, fields: readonly MergeField[]): MergeField | undefined {
  const names = namesIn(path)
  if (names.length === 0) return undefined
  const rated = fields.map(field => ({ field, likeness: likenessOf(names, field) }))
  const best = rated.sort((a, b) => b.likeness - a.likeness)[0]
  return best && best.likeness >= LEAST_LIKENESS ? best.field : undefined
}

function likenessOf(names: readonly string[], { tag, name }: MergeField): number {
  const whole = names.join('')
  const last = names.at(-1) ?? ''
  const ofField = [wordsOf(tag).join(''), wordsOf(name).join('')]
  return Math.max(
    ...ofField.flatMap(text => [likeness(whole, text), 0.95 * Math.max(likeness(last, text), stem(last, text))]),
  )
}

/** Dice's coefficient of the two-letter pieces: 1 for equal words, 0 for nothing in common. */
function likeness(a: string, b: string): number {
  const [ofA, ofB] = [piecesOf(a), piecesOf(b)]
  if (a === b) return a === '' ? 0 : 1
  if (ofA.length === 0 || ofB.length === 0) return 0
  const shared = ofA.filter(piece => ofB.includes(piece)).length
  return (2 * shared) / (ofA.length + ofB.length)
}

/** A word and its beginning, such as `sports` and `sport`, or `electronics` and `ELEC`. */
const stem = (a: string, b: string): number =>
  Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a)) ? 0.9 : 0

const piecesOf = (word: string): string[] =>
  [...word].slice(0, -1).map((letter, index) => `${letter}${[...word][index + 1] ?? ''}`)

/** The last name in a path that says something by itself: not the `at` of `created_at`. */
function finestName(path: string): string {
  const names = namesIn(path)
  const last = names.at(-1) ?? ''
  return last.length > 2 ? last : names.slice(-2).join('')
}

const MOST_LETTERS = 10

/** A tag for a merge field that does not exist yet: what the path names, as Mailchimp takes it. */
export const tagFor = (path: string): string =>
  finestName(path)
    .normalize('NFD')
    .replace(/[^a-z0-9]/g, '')
    .toUpperCase()
    .slice(0, MOST_LETTERS)

/** A name for a merge field that does not exist yet, for people. */
export function nameFor(path: string, tag: string): string {
  const name = namesIn(path).slice(-2).join(' ')
  return name === '' ? tag : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
