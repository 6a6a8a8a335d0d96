import {
  byPrecedence,
  byRestriction,
  byText,
  denialLike,
  isDenied,
  placeKey,
  withdraws,
  type Answer,
  type Choice,
  type Loss,
  type Word,
} from './choice.ts'
import { groupBy } from './group.ts'
import { countBefore } from './times.ts'

/** A word that was taken away, and how. `onlyTakes`: it never counted for what it grants; `onlyGrants`: nor for what it takes back. */
export type Taken = Word & { readonly why: Loss; readonly onlyTakes?: true; readonly onlyGrants?: true }

/** What some facts of one person say, place by place (R6). */
export type Ground = {
  /** What a fact states now. */
  readonly standing: readonly Word[]
  /** What was taken away. It grants nothing; what it took back stays so until a newer grant. */
  readonly taken: readonly Taken[]
}

/**
 * R6, R7: per place the last standing word wins, less what was taken back after it by words that are gone. Where
 * nothing stands and nothing was ever taken back, the place is retracted.
 */
export function settle(grounds: readonly Ground[]): Choice[] {
  const standing = lastWords(grounds.flatMap(ground => ground.standing))
  const taken = groupBy(
    grounds.flatMap(ground => ground.taken),
    ({ place }) => placeKey(place),
  )
  const keys = [...new Set([...standing.keys(), ...taken.keys()])].sort(byText)
  return keys.flatMap(key => choiceFrom(standing.get(key), (taken.get(key) ?? []).sort(byPrecedence)) ?? [])
}

/** The last word about each place, by its key. */
export function lastWords(words: readonly Word[]): Map<string, Word> {
  const last = new Map<string, Word>()
  for (const word of words) {
    const key = placeKey(word.place)
    const rival = last.get(key)
    if (!rival || byPrecedence(rival, word) < 0) last.set(key, word)
  }
  return last
}

function choiceFrom(last: Word | undefined, taken: readonly Taken[]): Choice | undefined {
  if (last) return lessTaken(last, taken)
  const denial = taken.findLast(({ answer }) => isDenied(answer))
  if (denial) return { place: denial.place, answer: denial.answer, at: denial.at }
  const grant = taken.findLast(({ onlyTakes }) => onlyTakes !== true)
  if (!grant) return undefined
  const { place, answer, at, why } = grant
  return { place, answer: denialLike(answer), at, retracted: why, had: lessTaken(grant, taken).answer }
}

/** A word, less what was taken back after it. */
const lessTaken = (said: Word, taken: readonly Taken[]): Choice =>
  taken
    .filter(word => !word.onlyGrants && byPrecedence(said, word) < 0)
    .reduce<Choice>(without, { place: said.place, answer: said.answer, at: said.at })

/** What is left of a choice under a later word that is gone. What remains of a list is as old as the list. */
function without({ place, answer, at }: Choice, { answer: gone, at: goneAt }: Taken): Choice {
  const left = remainder(answer, gone)
  if (left === undefined) return { place, answer, at }
  return { place, answer: left, at: isDenied(left) ? goneAt : at }
}

/** What is left of an answer, or undefined when nothing is taken back. */
function remainder(answer: Answer, gone: Answer): Answer | undefined {
  if (isDenied(gone)) return isDenied(answer) ? undefined : gone
  if (!withdraws(answer, gone)) return undefined
  return typeof answer === 'boolean' || typeof gone === 'boolean' ? gone : answer.filter(id => gone.includes(id))
}

/**
 * R7: a standing denial under one regulation beats what others grant, at any times. Of grants the latest
 * counts, of lists what all of them hold. What is retracted loses to anything that stands.
 */
export function acrossRegulations(byRegulation: ReadonlyMap<string, readonly Choice[]>): Choice[] {
  const all = [...byRegulation].flatMap(([regulation, choices]) => choices.map(choice => ({ regulation, choice })))
  return [...groupBy(all, ({ choice }) => placeKey(choice.place))]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([, rivals]) => strictest(rivals) ?? [])
}

function strictest(rivals: readonly { readonly regulation: string; readonly choice: Choice }[]): Choice | undefined {
  const standing = rivals.filter(({ choice }) => choice.retracted === undefined)
  const [first, ...others] = (standing.length > 0 ? standing : rivals).toSorted(
    (a, b) => b.choice.at - a.choice.at || byText(a.regulation, b.regulation),
  )
  if (!first || standing.length === 0) return first?.choice
  const denying = standing.filter(({ choice }) => isDenied(choice.answer)).toSorted((a, b) => b.choice.at - a.choice.at)
  const [denial] = denying
  if (denial)
    return denying.length < standing.length ? { ...denial.choice, deniedUnder: denial.regulation } : denial.choice
  return others.reduce((kept, { choice }) => ({ ...kept, answer: inBoth(kept.answer, choice.answer) }), first.choice)
}

function inBoth(a: Answer, b: Answer): Answer {
  if (a === true) return b
  if (b === true || typeof a === 'boolean' || typeof b === 'boolean') return a
  return a.filter(id => b.includes(id))
}

/** A word, and when what it leaves out counts as denied. */
export type Leaving = Word & { readonly deniesAt: number }

/**
 * R10: what a list leaves out is denied, and a denial may count later than what the list grants. Of one Didomi user the
 * list that it stated last says what that is, and no earlier than what the user said before; one that it stated before
 * takes nothing that a later one holds.
 */
export function leftOut(words: readonly Leaving[]): Taken[] {
  const lists = words.filter(({ answer }) => typeof answer !== 'boolean')
  if (lists.length === 0) return []
  const places = new Set(lists.map(({ place }) => placeKey(place)))
  const ofPlaces = groupBy(words, ({ place }) => placeKey(place))
  return [...places].flatMap(key => leftOutAt(ofPlaces.get(key) ?? []))
}

function leftOutAt(words: readonly Leaving[]): Taken[] {
  const taken: Taken[] = []
  const kept = new Set<string>()
  const latest = words.reduce((at, word) => Math.max(at, word.at), Number.NEGATIVE_INFINITY)
  let until = Number.NEGATIVE_INFINITY
  for (const { deniesAt, ...word } of words.toSorted(lastFirst)) {
    if (typeof word.answer === 'boolean') break
    for (const id of word.answer) kept.add(id)
    const at = taken.length === 0 ? Math.max(deniesAt, latest) : deniesAt
    // An older list takes no more than a newer one, unless it counts for longer.
    if (at <= until) continue
    taken.push({ ...word, answer: [...kept], at, why: 'no_choice', onlyTakes: true })
    until = at
  }
  return taken
}

const lastFirst = (a: Word, b: Word): number => b.stated - a.stated || byRestriction(a.answer, b.answer)

/** The denials of one Didomi user at one place. */
export type Denials = {
  add(denial: Pick<Word, 'at' | 'stated'>): void
  /** R10: when something granted counts that is stated then: behind each denial of before that was stated by then. */
  countsAfter(grant: Pick<Word, 'at' | 'stated'>): number
}

/** By the time that they state, each with the latest time at which it or one before it counts. */
export function createDenials(): Denials {
  const stated: number[] = []
  const latest: number[] = []
  return {
    add(denial) {
      const place = countBefore(stated, denial.stated)
      stated.splice(place, 0, denial.stated)
      latest.splice(place, 0, Math.max(denial.at, latest[place - 1] ?? denial.at))
      for (let next = place + 1; next < latest.length; next += 1) {
        if ((latest[next] ?? 0) >= denial.at) break
        latest[next] = denial.at
      }
    },
    countsAfter({ at, stated: own }) {
      const before = latest[countBefore(stated, own + 1) - 1]
      return before === undefined ? at : Math.max(at, before + 1)
    },
  }
}

/** R10: what is stated at the receipt alone: no time that others state can be compared with it. */
export const AFTER_ALL = Number.MAX_SAFE_INTEGER

/**
 * R10: the words of one Didomi user count in the order in which it stated them. Its clock may run ahead of ours, for its
 * denials more than for its grants, and ours may be set: so a grant counts after each denial before it, and a denial no
 * earlier than each grant before it. A denial that came in after a grant was perhaps made after it, by a clock that was
 * set meanwhile, so no grant is put behind such a one.
 */
export function sequenced({ standing, taken }: Ground): Ground {
  const dates = datesIn([...standing, ...taken.filter(({ answer }) => isDenied(answer))])
  const dated = <Some extends Word>(word: Some): Some => ({ ...word, at: dates.get(word) ?? word.at })
  return { standing: standing.map(dated), taken: taken.map(dated) }
}

function datesIn(words: readonly Word[]): ReadonlyMap<Word, number> {
  const dates = new Map<Word, number>()
  const comparable = words.filter(({ stated }) => stated < AFTER_ALL)
  for (const own of groupBy(comparable, ({ place }) => placeKey(place)).values()) {
    let granted = Number.NEGATIVE_INFINITY
    const denials: { readonly at: number; readonly heard: number }[] = []
    for (const word of own.sort(asStated)) {
      const { heard = 0 } = word
      const at = isDenied(word.answer) ? Math.max(word.at, granted) : behindKnown(word, denials)
      if (isDenied(word.answer)) denials.push({ at, heard })
      else granted = Math.max(granted, at)
      dates.set(word, at)
    }
  }
  return dates
}

const behindKnown = (
  { at, heard = 0 }: Word,
  denials: readonly { readonly at: number; readonly heard: number }[],
): number => denials.reduce((latest, denial) => (denial.heard <= heard ? Math.max(latest, denial.at + 1) : latest), at)

const asStated = (a: Word, b: Word): number =>
  a.stated - b.stated || Number(isDenied(a.answer)) - Number(isDenied(b.answer))
