import { isDenied, placeKey, sameAnswer } from './choice.ts'
import { type Fact, type Statement } from './fact.ts'
import { type FoldRules } from './fold.ts'
import { groupBy } from './group.ts'
import { type Share } from './share.ts'

/** By target, the newest fact that states something there. */
export type Heard = Readonly<Record<string, string>>

/** The key of an attribute beside those of places. */
export const attributeKey = (path: readonly string[]): string => JSON.stringify(['attribute', ...path])

/**
 * R21: by place, the newest fact that states something there, as opposed to repeating it. An event states all that it
 * says, and its confirmation all that it confirms. A user's record states what it changes; what it repeats only if the event behind it is known to state it, or
 * if neither that event nor any change is known. Evidence states nothing, but the deletion of an event does, and that of a
 * user where it withdraws what they granted.
 */
export function newestStatements(shares: readonly Share[], rules: Rules): ReadonlyMap<string, string> {
  const facts = shares.map(({ fact }) => fact)
  const told = groupBy(
    facts.filter(fact => fact.family === 'event'),
    ({ entityId }) => entityId,
  )
  const events = new Map([...told].map(([id, own]) => [id, new Set(own.flatMap(saidBy))]))
  const context = { ...rules, events, granted: grantedByUser(facts, rules) }
  const newest = new Map<string, string>()
  for (const fact of facts) {
    for (const key of statedBy(fact, context)) if (fact.id > (newest.get(key) ?? '')) newest.set(key, fact.id)
  }
  return newest
}

type Rules = Pick<FoldRules, 'family' | 'onUserDeleted'>

type Context = Rules & {
  readonly events: ReadonlyMap<string, ReadonlySet<string>>
  /** By Didomi user, what the deletion of that user withdraws. */
  readonly granted: ReadonlyMap<string, readonly string[]>
}

/** What each Didomi user ever granted, where the deletion of a user withdraws that. */
function grantedByUser(
  facts: readonly Fact[],
  { family, onUserDeleted }: Rules,
): ReadonlyMap<string, readonly string[]> {
  if (onUserDeleted !== 'withdraw' || !facts.some(isUserDeleted)) return new Map()
  const granting = facts.filter(fact => fact.family === family && fact.kind !== 'deleted')
  return new Map(
    [...groupBy(granting, ({ userId }) => userId)].map(([userId, own]) => [
      userId,
      own.flatMap(({ after }) =>
        after.statements.filter(({ answer }) => !isDenied(answer)).map(({ place }) => placeKey(place)),
      ),
    ]),
  )
}

const isUserDeleted = ({ kind, family }: Fact): boolean => kind === 'deleted' && family === 'user'

function statedBy(fact: Fact, { family, events, granted }: Context): readonly string[] {
  if (isUserDeleted(fact)) return granted.get(fact.userId) ?? []
  if (fact.kind === 'deleted') return [...(events.get(fact.entityId) ?? [])]
  if (fact.family !== family) return []
  if (family === 'event') return saidByEvent(fact, events)
  const changed = changesIn(fact)
  const cause = fact.cause && events.get(fact.cause.id)
  if (cause) return [...changed, ...saidBy(fact).filter(key => cause.has(key))]
  return changed.length > 0 ? changed : saidBy(fact)
}

/**
 * Without a choice, a new event says nothing of what others stated (R9). An update without consents confirms what its
 * event said before (R3).
 */
function saidByEvent(fact: Fact, events: Context['events']): readonly string[] {
  if (fact.kind !== 'updated') return statedIn(fact)
  return fact.after.hasConsents ? saidBy(fact) : [...(events.get(fact.entityId) ?? []), ...saidBy(fact)]
}

const statedIn = ({ after }: Fact): string[] => [
  ...after.statements.map(({ place }) => placeKey(place)),
  ...after.attributes.map(({ path }) => attributeKey(path)),
]

const saidBy = (fact: Fact): string[] => [
  ...statedIn(fact),
  ...fact.after.blanks.map(({ place }) => placeKey(place)),
  ...fact.after.lostAttributes.map(attributeKey),
]

/** What differs from the state before; everything, where the record does not carry that. */
function changesIn(fact: Fact): string[] {
  const { before, after } = fact
  if (!before) return saidBy(fact)
  const answers = new Map(before.statements.map(({ place, answer }) => [placeKey(place), answer]))
  const isNew = ({ place, answer }: Statement): boolean => {
    const was = answers.get(placeKey(place))
    return !before.hasConsents || was === undefined || !sameAnswer(was, answer)
  }
  const attributes = new Map(before.attributes.map(({ path, value }) => [attributeKey(path), value]))
  return [
    ...after.statements.filter(isNew).map(({ place }) => placeKey(place)),
    ...after.blanks.map(({ place }) => placeKey(place)).filter(key => !before.hasConsents || answers.has(key)),
    ...after.attributes
      .filter(({ path, value }) => attributes.get(attributeKey(path)) !== value)
      .map(({ path }) => attributeKey(path)),
    ...after.lostAttributes.map(attributeKey),
  ]
}
