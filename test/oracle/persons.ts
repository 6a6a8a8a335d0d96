import { isWithin, linkOf } from './lives.ts'
import { isValue } from './places.ts'
import { type Word } from './words.ts'

/** The rules leave a few cases two readings. `strict` is the one that is safer for the person, and is asked for first. */
export type Reading = 'strict' | 'loose'
export const READINGS: readonly Reading[] = ['strict', 'loose']

type Counted = { readonly person: string; readonly word: Word }

/** Whom a word counts for, and as what (R5, R6b). */
export function countedFor(word: Word, reading: Reading): readonly Counted[] {
  const { life, written, family } = word
  const linked = linkOf(life)
  if (life.isShared) return written === undefined ? [] : [{ person: written, word }]
  if (family === 'user' || written === undefined)
    return [...(linked === undefined ? [] : [{ person: linked, word }]), ...leftWith(word, reading)]
  // By the links of its time an event is in doubt that wrote whom its user moved back to since (R5d, R5e).
  const byItsTime = word.grants || reading === 'loose' ? [] : leftWith(word, reading)
  if (linked === undefined || written === linked) return [{ person: written, word }, ...byItsTime]
  // A newer version of an event is in doubt that writes whom its user has left; what it repeats was in none before.
  const times = reading === 'loose' && word.since !== undefined ? [word.at, word.since] : [word.at]
  const wasWith = life.claims.some(
    ({ person }, index) => person === written && times.some(at => isWithin(at, life.claims, index)),
  )
  if (wasWith && reading === 'loose') return [written, linked].map(person => ({ person, word }))
  // A user that moved took the ground of its grants along; what was denied there stays (R5e).
  const own = wasWith ? { ...word, stands: false } : word
  // That a list left something out takes it back from the other person; where they never had it, it may deny nothing.
  const doubted = reading === 'loose' && isValue(word.place) ? { ...word, stands: false } : word
  // A grant in doubt counted for one person alone, so its withdrawal does, too.
  const isOfOne = word.grants || (word.isWithdrawal === true && !wasWith)
  const inDoubt = isOfOne ? [] : [{ person: linked, word: doubted }, ...leftWith(word, reading)]
  return [{ person: written, word: own }, ...inDoubt.filter(({ person }) => person !== written)]
}

/**
 * Of a life that moved, what was said while it was with somebody else: denials stay, grants lost their ground. A grant
 * is dated at the earliest, which may lie in the time of one before; its own record names the one after (R5b).
 */
function leftWith(word: Word, reading: Reading): readonly Counted[] {
  const { claims } = word.life
  const now = linkOf(word.life)
  const isOfAnother = (person: string): boolean =>
    reading === 'loose' && word.grants && word.written !== undefined && word.written !== person
  return claims
    .filter(({ person }, index) => person !== now && isWithin(word.at, claims, index) && !isOfAnother(person))
    .map(({ person }) => ({ person, word: { ...word, stands: false } }))
}
