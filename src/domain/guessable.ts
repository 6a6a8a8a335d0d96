import { COMMON_WORDS, PRODUCT_WORDS, RUNS } from './common-passwords.ts'

/** Different characters that a password must have beside its guessable pieces. */
const OWN_CHARACTERS = 5
const SHORTEST_RUN = 4
const SHORTEST_PART = 3

const LETTER_FOR: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['@', 'a'],
  ['$', 's'],
  ['!', 'i'],
])

const BOTH_WAYS = RUNS.flatMap(run => [run, [...run].reverse().join('')])

type Piece = { readonly length: number; readonly why: string }

/** Why a password is among the first that others would try; undefined when enough of it is its own. */
export function whyGuessable(password: string, { email }: { readonly email: string | undefined }): string | undefined {
  const typed = [...password.toLowerCase()]
  const spelt = typed.map(character => LETTER_FOR.get(character) ?? character)
  const parts = partsOf(email)
  const own = new Set<string>()
  const reasons = new Set<string>()
  for (let at = 0; at < typed.length;) {
    const piece = longest([
      wordAt([typed, spelt], { at, words: parts, why: 'parts of the e-mail address' }),
      wordAt([typed, spelt], { at, words: PRODUCT_WORDS, why: 'names of this product' }),
      wordAt([typed, spelt], { at, words: COMMON_WORDS, why: 'common passwords' }),
      runAt(typed, at),
      yearAt(typed, at),
    ])
    if (piece) reasons.add(piece.why)
    else own.add(typed[at] ?? '')
    at += piece?.length ?? 1
  }
  if (own.size >= OWN_CHARACTERS) return undefined
  return [...reasons].join(' and ') || 'few different characters'
}

const partsOf = (email: string | undefined): readonly string[] =>
  (email ?? '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]/u)
    .filter(part => part.length >= SHORTEST_PART)

const longest = (pieces: readonly (Piece | undefined)[]): Piece | undefined =>
  pieces.reduce((best, piece) => (piece && piece.length > (best?.length ?? 0) ? piece : best), undefined)

/** A word is met as it is typed, and with its digits and signs read as the letters that they look like. */
function wordAt(
  readings: readonly (readonly string[])[],
  { at, words, why }: { readonly at: number; readonly words: readonly string[]; readonly why: string },
): Piece | undefined {
  const lengths = words
    .filter(word => readings.some(reading => [...word].every((character, n) => reading[at + n] === character)))
    .map(word => [...word].length)
  return lengths.length > 0 ? { length: Math.max(...lengths), why } : undefined
}

function runAt(typed: readonly string[], at: number): Piece | undefined {
  const length = Math.max(...BOTH_WAYS.map(run => sharedLength(typed.slice(at, at + run.length), run)))
  return length >= SHORTEST_RUN ? { length, why: 'runs of keys' } : undefined
}

function sharedLength(typed: readonly string[], run: string): number {
  const start = run.indexOf(typed[0] ?? '')
  if (start < 0) return 0
  const differs = typed.findIndex((character, n) => run[start + n] !== character)
  return differs < 0 ? typed.length : differs
}

const yearAt = (typed: readonly string[], at: number): Piece | undefined =>
  /^(19|20)\d\d$/.test(typed.slice(at, at + 4).join('')) ? { length: 4, why: 'years' } : undefined
