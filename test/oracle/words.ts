import { type Life } from './lives.ts'
import { isValue, placeOf, stepsOf, type Answer, type Consents, type Place } from './places.ts'
import { type Family, type Told } from './record.ts'
import { dated } from './times.ts'

/** One yes or no that was once said of one place, with what has become of it. */
export type Word = {
  readonly place: Place
  readonly grants: boolean
  /** Computed (R10), and as it was stated. */
  readonly at: number
  /** Where the rules leave two readings of the order, the other one: see `timesOf` and `behindDenials`. */
  readonly atLatest: number
  readonly stated: number
  /** When we had all that makes it count. */
  readonly receivedAt: number
  /** False of what was taken away or replaced: a denial left behind, or a grant that lost its ground. */
  readonly stands: boolean
  /** A user record grants by an event older than the denial before it: perhaps no new grant, but an old one that came back. */
  readonly revivedAt?: number
  /** No time but its receipt: what a list leaves out where nothing stood may be no denial. */
  readonly isUndated?: true
  /** Not said: what the deletion of its Didomi user takes back. */
  readonly isWithdrawal?: true
  /** The first version of an event that granted it, where a newer one repeats it. */
  readonly since?: number
  /** Of the contact, by someone who names it no more (R16f). */
  readonly isLeavers?: true
  readonly regulation: string
  readonly family: Family
  readonly written: string | undefined
  readonly life: Life
}

/** Which values were ever picked, by preference: a list speaks of each of them, by holding it or not. */
export type Universe = ReadonlyMap<Place, ReadonlySet<string>>

export function universeOf(told: readonly Told[], paths: readonly string[]): Universe {
  const found = new Map<Place, Set<string>>()
  for (const { entity, before } of told)
    for (const [place, answer] of [...(entity.consents?.says ?? []), ...(before?.consents?.says ?? [])])
      if (isList(answer))
        found.set(place, new Set([...(found.get(place) ?? []), ...answer, ...valuesAskedFor(place, paths)]))
  return found
}

/** A value that a path asks for and that no list ever held is one of those that a list leaves out. */
function valuesAskedFor(place: Place, paths: readonly string[]): readonly string[] {
  const [, purpose, , preference] = stepsOf(place)
  const start = `consents_purposes_${purpose}_values_${preference}_value_`
  return paths
    .filter(path => path.startsWith(start) && path.endsWith('_enabled'))
    .map(path => path.slice(start.length, -'_enabled'.length))
}

const isList = (answer: Answer | undefined): answer is readonly string[] => Array.isArray(answer)

const valuePlace = (preference: Place, value: string): Place => placeOf(...stepsOf(preference), 'value', value)

/** Says that a list was stated, an empty one, too. */
export const listPlace = (preference: Place): Place => placeOf(...stepsOf(preference), 'list')

type YesNo = ReadonlyMap<Place, boolean | null>

/** Consents as yes and no only: a preference denied as a whole denies each of its values (R13). */
export function yesNoOf(consents: Consents | undefined, universe: Universe): YesNo {
  const all = new Map<Place, boolean | null>()
  for (const [place, answer] of consents?.says ?? []) {
    const values = [...(universe.get(place) ?? [])]
    if (isList(answer)) {
      all.set(listPlace(place), true)
      for (const value of values) all.set(valuePlace(place, value), answer.includes(value))
      continue
    }
    all.set(place, answer)
    if (answer !== true) for (const value of values) all.set(valuePlace(place, value), answer)
  }
  return all
}

type Times = Pick<Word, 'place' | 'grants' | 'stated' | 'receivedAt'> & { readonly listedFrom?: number }

/**
 * R10, R8. That a list leaves a value out may be a denial, dated as one, or no more than what the list grants: then it
 * is as old as the list may be.
 */
export function timesOf({ place, grants, stated, receivedAt, listedFrom = stated }: Times) {
  const asListed = isValue(place) ? dated(listedFrom, true, receivedAt) : dated(stated, grants, receivedAt)
  return { at: dated(stated, grants, receivedAt), atLatest: asListed }
}

type Sequenced = { readonly word: Word; readonly sequence: number }

/**
 * R10: a grant that follows a denial of the same user is dated behind it, and a denial that follows a grant no earlier
 * than it, whatever the clocks said. By stated times, a device that was a day ahead when it granted seems to grant after
 * a denial made, and received, later: that one denies.
 */
export function inSequence(words: readonly Sequenced[]): readonly Word[] {
  const done: Sequenced[] = []
  const grantsFirst = (a: Sequenced, b: Sequenced): number =>
    a.sequence - b.sequence || Number(b.word.grants) - Number(a.word.grants)
  for (const { word, sequence } of words.toSorted(grantsFirst)) {
    const before = done.filter(other => other.word.place === word.place)
    const dated = word.grants
      ? behindDenials(
          word,
          before.filter(other => other.sequence < sequence),
        )
      : behindGrants(word, before)
    done.push({ word: dated, sequence })
  }
  return done.map(({ word }) => word)
}

function behindDenials(word: Word, before: readonly Sequenced[]): Word {
  const denials = before.map(other => other.word).filter(({ grants }) => !grants)
  const known = denials.filter(other => word.family === 'user' || other.receivedAt <= word.receivedAt)
  return {
    ...word,
    at: Math.max(word.at, ...known.map(({ at }) => at + 1)),
    atLatest: word.revivedAt ?? Math.max(word.at, ...denials.map(({ atLatest }) => atLatest + 1)),
  }
}

/** Perhaps a grant that was taken away since is none that a denial follows. What a user's versions say is in order. */
function behindGrants(word: Word, before: readonly Sequenced[]): Word {
  if (word.family === 'user') return word
  const grants = before.map(other => other.word).filter(other => other.grants)
  return {
    ...word,
    at: Math.max(word.at, ...grants.map(({ at }) => at)),
    atLatest: Math.max(word.atLatest, ...grants.filter(({ stands }) => stands).map(({ atLatest }) => atLatest)),
  }
}
