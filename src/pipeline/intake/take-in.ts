import { mayWithdraw, type Family } from '../../domain/fact.ts'
import { groupBy } from '../../domain/group.ts'
import { folds } from '../../domain/standing.ts'
import { type Sql } from '../../store/engine/database.ts'
import { PRIORITY, type Owed } from '../../store/debts/deliveries.ts'
import { adoptDeletions, appendFacts, type StoredFact } from '../../store/ledger/facts.ts'
import { addLinks, linkedTo, markShared, userKey, type DidomiUser } from '../../store/ledger/links.ts'
import { personKey, type SourcePerson } from '../../store/ledger/source-person.ts'
import { type Tally } from '../../store/ledger/tallies.ts'
import { feedsOf, fixFeeds, keepReaders } from '../../store/settings/sources.ts'
import { adoptUnnamed } from './adopt.ts'

type TakenIn = {
  /** Ids of the facts that were not known before. */
  readonly appended: ReadonlySet<string>
  readonly feeds: ReadonlyMap<string, Family>
  /** Who may be out of step now. */
  readonly owed: readonly Owed[]
  /** I16: what was counted as anonymous and is not any more, or the other way round. */
  readonly adopted: readonly Tally[]
}

/**
 * Keeps the facts that are new, finds out whom each of them is about, and says who may be out of step now. A fact that
 * names no person is about the one its Didomi user is linked to, in either order of arrival (R5).
 */
export async function takeIn(tx: Sql, facts: readonly StoredFact[], at: number): Promise<TakenIn> {
  const sourceIds = [...new Set(facts.map(({ sourceId }) => sourceId))]
  // Sent together where one does not need another's answer: the store's thread waits for the next one otherwise.
  const [, appended, known, deletions] = await Promise.all([
    keepReaders(tx, sourceIds),
    appendFacts(tx, facts),
    feedsOf(tx, sourceIds),
    adoptDeletions(tx, facts.flatMap(entitiesOf)),
  ])
  // What was erased leaves no link when it comes once more.
  const added = facts.filter(({ fact }) => appended.has(fact.id))
  const users = usersOf([...added.map(userOf), ...deletions])
  const [linked, links, feeds] = await Promise.all([
    addLinks(tx, added.flatMap(linkOf)),
    linkedTo(tx, users),
    fixedFeeds(tx, added, known),
  ])
  if (linked.length > 0) await markShared(tx, usersOf(linked))
  const adoptions = mayHoldUnnamed(added, linked) ? await adoptUnnamed(tx, users) : []
  const context = { feeds, links: groupBy(links, userKey), at }
  const owed = [
    ...added.flatMap(stored => owedFor(stored, context)),
    ...deletions.map(({ sourceId, person }) => ({ sourceId, person, priority: PRIORITY.withdrawal, at })),
    ...adoptions.flatMap(({ sourceId, persons }) =>
      persons.map(person => ({ sourceId, person, priority: PRIORITY.withdrawal, at })),
    ),
  ]
  return { appended, feeds, owed: mostUrgent(owed), adopted: adoptions.flatMap(({ tally }) => tally) }
}

/** What a deletion without a person may be about: the entity of a fact, or the event behind it. */
const entitiesOf = ({ fact: { entityId, cause }, sourceId }: StoredFact) =>
  [entityId, ...(cause ? [cause.id] : [])].map(id => ({ sourceId, entityId: id }))

export const userOf = ({ fact, sourceId }: StoredFact): DidomiUser => ({ sourceId, userId: fact.userId })

const usersOf = (users: readonly DidomiUser[]): DidomiUser[] => [
  ...new Map(users.filter(({ userId }) => userId !== '').map(user => [userKey(user), user])).values(),
]

const linkOf = ({ fact: { userId, names }, sourceId }: StoredFact) =>
  userId === '' || names === undefined ? [] : [{ sourceId, userId, person: names }]

/** Most bodies name their person, and by users that are known: then no fact can have changed hands. */
const mayHoldUnnamed = (added: readonly StoredFact[], linked: readonly DidomiUser[]): boolean =>
  linked.length > 0 || added.some(({ fact }) => fact.names === undefined || fact.family === 'user')

/** R7: what the sources of these facts fold, after the first of their facts has decided it. */
async function fixedFeeds(tx: Sql, added: readonly StoredFact[], known: ReadonlyMap<string, Family>) {
  const firsts = firstFamilies(added).filter(({ sourceId }) => !known.has(sourceId))
  if (firsts.length === 0) return known
  await fixFeeds(tx, firsts)
  return feedsOf(tx, [...new Set(added.map(({ sourceId }) => sourceId))])
}

/** R7: the first statement of a group decides for a source that folds no family yet; a deletion decides nothing. */
function firstFamilies(facts: readonly StoredFact[]) {
  const firsts = new Map<string, Family>()
  for (const { fact, sourceId } of facts) {
    if (fact.kind !== 'deleted' && !firsts.has(sourceId)) firsts.set(sourceId, fact.family)
  }
  return [...firsts].map(([sourceId, family]) => ({ sourceId, family }))
}

type Context = {
  readonly feeds: ReadonlyMap<string, Family>
  /** By Didomi user. */
  readonly links: ReadonlyMap<string, readonly SourcePerson[]>
  readonly at: number
}

/** R5, R7: whose fold a fact may change, evidence included: whom it names, and whom its Didomi user ever named. */
function owedFor(stored: StoredFact, { feeds, links, at }: Context): Owed[] {
  const { fact, sourceId } = stored
  const persons = new Set([
    ...(fact.names === undefined ? [] : [fact.names]),
    ...(links.get(userKey(userOf(stored))) ?? []).map(({ person }) => person),
  ])
  const counts = fact.kind === 'deleted' || folds(fact, feeds.get(sourceId))
  const priority = counts && mayWithdraw(fact) ? PRIORITY.withdrawal : PRIORITY.live
  return [...persons].map(person => ({ sourceId, person, priority, at }))
}

function mostUrgent(owed: readonly Owed[]): Owed[] {
  const urgent = new Map<string, Owed>()
  for (const debt of owed) {
    const rival = urgent.get(personKey(debt))
    if (!rival || debt.priority < rival.priority) urgent.set(personKey(debt), debt)
  }
  return [...urgent.values()]
}
