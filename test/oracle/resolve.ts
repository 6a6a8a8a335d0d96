import { type Reading } from './persons.ts'
import { isValue, type Place } from './places.ts'
import { type Word } from './words.ts'

/** What all words together say of one place; undefined when nothing was ever said of it. */
export type Verdict = {
  readonly says: 'granted' | 'denied' | 'retracted'
  /** The word that decided. */
  readonly word: Word
}

/** R7: the latest wins within a regulation; across regulations a standing denial beats a grant whatever the times. */
export function verdictOn(place: Place, words: readonly Word[], reading: Reading): Verdict | undefined {
  const about = words.filter(word => word.place === place)
  const regulations = [...new Set(about.map(({ regulation }) => regulation))]
  const verdicts = regulations.flatMap(
    regulation =>
      withinOne(
        about.filter(word => word.regulation === regulation),
        reading,
      ) ?? [],
  )
  const denied = verdicts.filter(({ says, word }) => says === 'denied' && (reading === 'strict' || word.stands))
  const first = (says: Verdict['says']) => verdicts.find(verdict => verdict.says === says)
  return denied[0] ?? first('granted') ?? first('denied') ?? first('retracted')
}

/** R6b, R6c: a grant that was taken away leaves no grant, and is a denial only where nothing else is left. */
function withinOne(words: readonly Word[], reading: Reading): Verdict | undefined {
  // A list that was taken away had lost only what an earlier one held; that it left out others may be no denial.
  const denies = ({ place, at }: Word): boolean =>
    reading === 'strict' || !isValue(place) || words.some(word => word.grants && word.at < at)
  const isSure = (word: Word): boolean =>
    word.stands && (word.isUndated !== true || reading === 'strict' || denies(word))
  const counting = words.filter(word => isSure(word) || (!word.grants && denies(word)))
  const latest = counting.toSorted((a, b) => later(b, a, reading))[0]
  if (latest) return { says: latest.grants ? 'granted' : 'denied', word: latest }
  const lost = words.filter(word => word.grants || denies(word)).toSorted((a, b) => b.receivedAt - a.receivedAt)[0]
  return lost && { says: 'retracted', word: lost }
}

function later(one: Word, other: Word, reading: Reading): number {
  const byTime = reading === 'loose' ? one.atLatest - other.atLatest || one.stated - other.stated : one.at - other.at
  return byTime || Number(other.grants) - Number(one.grants) || other.receivedAt - one.receivedAt
}
