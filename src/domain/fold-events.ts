import { byRestriction, isDenied, placeKey, withdraws, type Answer, type Choice, type Place } from './choice.ts'
import { type Fact } from './fact.ts'

/** What an event said of one place; it lapsed when the event was deleted or its newest version is silent there. */
type Word = Choice & { readonly lapsed: boolean }

/**
 * Stage 1 of the fold for the `event.*` family: the newest version of each event speaks at its own time, and every
 * choice in it that is not null is a statement (R8). A word that lapsed no longer grants anything, but what it took
 * back stays so until a newer grant (R6, I5). `events` is searched for deletions, `own` are one Didomi user's
 * confirmed events.
 */
export function choicesFromEvents(events: readonly Fact[], own: readonly Fact[]): Choice[] {
  const held = new Map<string, Choice>()
  for (const { place, answer, at, lapsed } of wordsOf(events, own).sort(inOrder)) {
    const before = held.get(placeKey(place))
    const counts = lapsed ? remainder(before?.answer, answer) : answer
    if (counts === undefined) continue
    // What remains of a list is as old as the list; only taking everything back has the time of the lapsed word.
    const since = lapsed && before && !isDenied(counts) ? before.at : at
    held.set(placeKey(place), { place, answer: counts, at: since })
  }
  return [...held.values()]
}

function wordsOf(events: readonly Fact[], own: readonly Fact[]): Word[] {
  const deleted = new Set(events.filter(fact => fact.kind === 'deleted').map(fact => fact.entityId))
  const newest = new Set(newestVersions(own))
  const restated = new Set([...newest].flatMap(fact => fact.after.statements.map(({ place }) => wordKey(fact, place))))
  return own.flatMap(fact =>
    fact.after.statements
      .filter(({ place }) => newest.has(fact) || !restated.has(wordKey(fact, place)))
      .map(({ place, answer }) => {
        return { place, answer, at: fact.at, lapsed: !newest.has(fact) || deleted.has(fact.entityId) }
      }),
  )
}

/** At one instant what lapsed comes last: it may take back, but cannot be granted over. */
const inOrder = (a: Word, b: Word): number =>
  a.at - b.at || Number(a.lapsed) - Number(b.lapsed) || byRestriction(b.answer, a.answer)

/** What is left of an answer under a word that lapsed, or undefined when that takes nothing back. */
function remainder(held: Answer | undefined, lapsed: Answer): Answer | undefined {
  if (isDenied(lapsed)) return lapsed
  if (held === undefined || !withdraws(held, lapsed)) return undefined
  return typeof held === 'boolean' || typeof lapsed === 'boolean' ? lapsed : held.filter(id => lapsed.includes(id))
}

const wordKey = (fact: Fact, place: Place): string => JSON.stringify([fact.entityId, placeKey(place)])

/** Versions that tie all speak: the more restrictive then wins in stage 2. */
function newestVersions(facts: readonly Fact[]): Fact[] {
  const newest = new Map<string, Fact[]>()
  for (const fact of facts) {
    const rivals = newest.get(fact.entityId)
    const order = rivals?.[0] ? byRecency(rivals[0], fact) : -1
    if (order < 0) newest.set(fact.entityId, [fact])
    else if (order === 0) rivals?.push(fact)
  }
  return [...newest.values()].flat()
}

// Didomi re-applies events by update date; an update without one has only its creation date, as its original has.
const byRecency = (a: Fact, b: Fact): number => a.at - b.at || rank(a) - rank(b)
const rank = (fact: Fact): number => (fact.kind === 'created' ? 0 : 1)
