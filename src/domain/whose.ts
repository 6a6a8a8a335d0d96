import { byText } from './choice.ts'
import { type Fact } from './fact.ts'
import { groupBy } from './group.ts'
import { lifeIn, livesOf } from './lives.ts'
import { whole, type Share } from './share.ts'

/** A Didomi user whose records wrote more ids than this is shared: a shop's tablet, a call centre (R5). */
export const MOST_IDS = 5

/**
 * R5: what these facts are to one person. `facts` are those of every Didomi user that ever wrote the person; of a
 * shared one those that write the person are enough. A function of the set of facts.
 */
export const sharesOf = (person: string, facts: readonly Fact[]): Share[] =>
  [...groupBy(facts, fact => fact.userId)].flatMap(([userId, own]) => {
    if (userId === '' || isShared(own)) return own.filter(isBy(person)).map(whole)
    return lifetimesOf(own).flatMap(life => sharesInLife(person, life))
  })

/** R5c: whom the facts of one Didomi user are about that name no person themselves, by the id of the fact. */
export function adoptersOf(own: readonly Fact[]): ReadonlyMap<string, string | undefined> {
  if (isShared(own)) return new Map(own.flatMap(({ id, names }) => (names === undefined ? [[id, undefined]] : [])))
  return new Map(
    lifetimesOf(own).flatMap(life => {
      const owner = linksIn(life).at(-1)?.person
      return life.flatMap(({ id, names }) => (names === undefined ? [[id, owner] as const] : []))
    }),
  )
}

function lifetimesOf(own: readonly Fact[]): Fact[][] {
  const lives = livesOf(own, deletion => !deletion.namesRegulation)
  return [...groupBy(own, fact => String(lifeIn(lives, fact))).values()]
}

const isShared = (own: readonly Fact[]): boolean => idsIn(own).size > MOST_IDS

/** A deletion can mean no other person, and a fact without a person belongs to the person of the others. */
const isBy =
  (person: string) =>
  ({ names, kind }: Fact): boolean =>
    names === person || (names === undefined && kind === 'deleted')

const idsIn = (facts: readonly Fact[]): Set<string> => new Set(facts.flatMap(({ names }) => names ?? []))

/** When the records of a Didomi user began to name a person. */
type Naming = { readonly person: string; readonly from: number }

/** The persons that a life belonged to, one after the other; the last one is whom its facts are about. */
function linksIn(life: readonly Fact[]): readonly Naming[] {
  const byUsers = life.filter(fact => fact.family === 'user' && fact.kind !== 'deleted' && fact.names !== undefined)
  if (byUsers.length === 0) {
    const [first] = life.filter(({ names }) => names !== undefined).toSorted(byTime)
    return first?.names === undefined ? [] : [{ person: first.names, from: Number.NEGATIVE_INFINITY }]
  }
  const links: Naming[] = []
  const versioned = byUsers.every(({ after }) => after.version !== undefined)
  for (const { names = '', statedAt } of byUsers.toSorted(byRecord(versioned)))
    if (links.at(-1)?.person !== names)
      links.push({ person: names, from: links.length === 0 ? Number.NEGATIVE_INFINITY : statedAt })
  return links
}

const byTime = (a: Fact, b: Fact): number =>
  a.statedAt - b.statedAt || byText(a.entityId, b.entityId) || byText(a.names ?? '', b.names ?? '')

const byRecord =
  (versioned: boolean) =>
  (a: Fact, b: Fact): number =>
    (versioned ? (a.after.version ?? 0) - (b.after.version ?? 0) : 0) || byTime(a, b)

function sharesInLife(person: string, life: readonly Fact[]): Share[] {
  const links = linksIn(life)
  if (links.at(-1)?.person === person) return life.flatMap(fact => shareOfOwner(fact, { person, links }))
  const shares = life.flatMap(fact => shareOfOther(fact, { person, links }))
  return hasStanding(shares) ? [...shares, ...life.filter(isUserDeletion).map(whole)] : shares
}

/** R6e: that a Didomi user was deleted ends its life for each person for whom something that it said counts. */
const hasStanding = (shares: readonly Share[]): boolean =>
  shares.some(({ fact, only }) => only === undefined && fact.kind !== 'deleted')

const isUserDeletion = ({ family, kind }: Fact): boolean => family === 'user' && kind === 'deleted'

type Claim = { readonly person: string; readonly links: readonly Naming[] }

/** The denials of an event that wrote another person while its user was this person's count for both (R5d). */
function shareOfOwner(fact: Fact, { person, links }: Claim): Share[] {
  if (fact.family === 'user' || fact.names === undefined || fact.names === person) return [whole(fact)]
  return ownerAt(links, fact) === fact.names ? [whole(fact)] : [{ fact, only: 'denials' }]
}

/**
 * R5e: what counted for a person until the user moved on has lost its ground. What an event wrote of them while the
 * user was another's counts.
 */
function shareOfOther(fact: Fact, { person, links }: Claim): Share[] {
  if (isUserDeletion(fact)) return []
  const owned = ownerAt(links, fact)
  const wroteAnother = fact.names !== undefined && fact.names !== person && fact.names !== owned
  if (owned === person)
    return [wroteAnother ? { fact, only: 'denials' } : { fact, only: 'left', since: sinceWhen(links, fact) }]
  if (fact.family === 'event' && fact.names === person) return [whole(fact)]
  const counted = fact.family === 'event' && !wroteAnother && isBefore(fact, leftAt(links, person))
  return counted ? [{ fact, only: 'passed' }] : []
}

const isBefore = ({ statedAt }: Fact, at: number | undefined): boolean => at !== undefined && statedAt < at

/** When the user left a person for the last time; undefined when it never was theirs. */
function leftAt(links: readonly Naming[], person: string): number | undefined {
  const last = links.findLastIndex(link => link.person === person)
  return last === -1 ? undefined : links[last + 1]?.from
}

/** Since when the user was with whom it was at the time of a fact. */
const sinceWhen = (links: readonly Naming[], fact: Fact): number =>
  links.findLast(({ person, from }) => person === ownerAt(links, fact) && from <= fact.statedAt)?.from ?? -Infinity

/** Whose the user was at the time of a fact: who its record names, or else who was named last by then. */
const ownerAt = (links: readonly Naming[], fact: Fact): string | undefined =>
  fact.family === 'user' && fact.names !== undefined
    ? fact.names
    : links.findLast(({ from }) => from <= fact.statedAt)?.person
