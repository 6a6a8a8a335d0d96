import { isDenied, placeKey, type Choice, type Place } from './choice.ts'
import { type Fact } from './fact.ts'

/**
 * Stage 1 of the fold for the `event.*` family: the newest version of each event speaks at its own time, and every
 * choice in it that is not null is a statement (R8). An event that was deleted, or a version that was replaced, no
 * longer grants anything, but what it withdrew stays withdrawn unless the newest version speaks of it too (R6, I5).
 * `events` is searched for deletions, `own` are one Didomi user's confirmed events.
 */
export function choicesFromEvents(events: readonly Fact[], own: readonly Fact[]): Choice[] {
  const deleted = new Set(events.filter(fact => fact.kind === 'deleted').map(fact => fact.entityId))
  const newest = new Set(newestVersions(own))
  const restated = new Set([...newest].flatMap(fact => fact.now.statements.map(({ place }) => wordKey(fact, place))))
  return own.flatMap(fact =>
    fact.now.statements
      .filter(({ place, answer }) => {
        if (!newest.has(fact)) return isDenied(answer) && !restated.has(wordKey(fact, place))
        return isDenied(answer) || !deleted.has(fact.entityId)
      })
      .map(({ place, answer }) => ({ place, answer, at: fact.at })),
  )
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
