import { byPrecedence, byText, isDenied, placeKey, type Choice } from './choice.ts'
import { type Attribute, type Fact, type Family } from './fact.ts'
import { choicesFromEvents } from './fold-events.ts'
import { choicesFromUser } from './fold-user.ts'

/** Everything we were told about one person, as one state. */
export type ConsentState = {
  readonly choices: readonly Choice[]
  readonly attributes: readonly Attribute[]
  /** When each deleted Didomi user of this person was reported deleted. */
  readonly deletedUsers: readonly { readonly userId: string; readonly at: number }[]
}

export type FoldRules = {
  /** The family that the source folds; the other one is evidence only (R7). */
  readonly family: Family
  readonly regulations: readonly string[]
  readonly onUserDeleted: 'keep' | 'withdraw'
}

/**
 * R3–R10: one person's facts as one state. A pure function of the *set* of facts: arrival order and repeats do
 * not matter (I3). Stage 1 folds each Didomi user, stage 2 lets the latest choice of any of them win.
 */
export function fold(facts: readonly Fact[], rules: FoldRules): ConsentState {
  const deletedUsers = deletionsIn(facts)
  const inForce = facts.filter(
    fact => rules.regulations.includes(fact.regulation) && fact.at <= (deletedUsers.get(fact.userId) ?? Infinity),
  )
  const stated = inForce.filter(
    fact => fact.family === rules.family && fact.kind !== 'deleted' && fact.status === 'confirmed',
  )
  // The deletion of an event names no regulation, so it counts under every one.
  const events = facts.filter(
    fact => fact.family === 'event' && (fact.kind === 'deleted' || rules.regulations.includes(fact.regulation)),
  )
  const choices = [...groupBy(stated, fact => fact.userId)].flatMap(([userId, own]) => {
    const first = winners(rules.family === 'user' ? choicesFromUser(own, events) : choicesFromEvents(events, own))
    const deletedAt = deletedUsers.get(userId)
    return deletedAt !== undefined && rules.onUserDeleted === 'withdraw' ? first.map(endedAt(deletedAt)) : first
  })
  return {
    choices: winners(choices),
    attributes: latestAttributes(stated),
    deletedUsers: [...deletedUsers].map(([userId, at]) => ({ userId, at })).sort((a, b) => byText(a.userId, b.userId)),
  }
}

/** R6: a deletion carries no time of its own, so it counts from our first receipt of it. */
function deletionsIn(facts: readonly Fact[]): Map<string, number> {
  const deleted = new Map<string, number>()
  for (const fact of facts) {
    if (fact.family !== 'user' || fact.kind !== 'deleted') continue
    deleted.set(fact.userId, Math.min(fact.at, deleted.get(fact.userId) ?? Infinity))
  }
  return deleted
}

const endedAt =
  (at: number) =>
  (choice: Choice): Choice =>
    isDenied(choice.answer) ? choice : { ...choice, answer: typeof choice.answer === 'boolean' ? false : [], at }

function winners(choices: readonly Choice[]): Choice[] {
  const best = new Map<string, Choice>()
  for (const choice of choices) {
    const key = placeKey(choice.place)
    const rival = best.get(key)
    if (!rival || byPrecedence(rival, choice) < 0) best.set(key, choice)
  }
  return [...best].sort(([a], [b]) => byText(a, b)).map(([, choice]) => choice)
}

function latestAttributes(facts: readonly Fact[]): Attribute[] {
  const best = new Map<string, { attribute: Attribute; at: number }>()
  for (const fact of facts) {
    for (const attribute of fact.after.attributes) {
      const key = JSON.stringify(attribute.path)
      const rival = best.get(key)
      const order = rival ? rival.at - fact.at || byText(rival.attribute.value, attribute.value) : -1
      if (order < 0) best.set(key, { attribute, at: fact.at })
    }
  }
  return [...best].sort(([a], [b]) => byText(a, b)).map(([, { attribute }]) => attribute)
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
