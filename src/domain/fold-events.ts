import { byRestriction, byText, isDenied, placeKey, type Loss, type Place, type Word } from './choice.ts'
import { grantsAt, type Statement } from './fact.ts'
import { AFTER_ALL, leftOut, sequenced, type Ground, type Leaving, type Taken } from './ground.ts'
import { groupBy } from './group.ts'
import { type Share } from './share.ts'

/** What one version of an event says of one place, and since when; undefined where it shows that no choice is made. */
type Saying = {
  readonly place: Place
  readonly statement: Statement | undefined
  readonly share: Share
}

/**
 * Stage 1 of the fold for the `event.*` family: the events of one Didomi user. Every choice in an event that is not
 * null is a statement at the event's time (R8). What is pending waits for a later version that confirms it, and then
 * counts from when it was said (R3). An
 * event speaks on of what its newer versions do not mention; `deleted` events have nothing to say any more (R6).
 */
export function groundOfEvents(own: readonly Share[], deleted: ReadonlySet<string>): Ground {
  const standing: Word[] = []
  const taken: Taken[] = []
  const denying: Leaving[] = []
  for (const [entityId, versions] of groupBy(own, ({ fact }) => fact.entityId)) {
    const sayings = groupBy(sayingsOf(versions.toSorted(byVersion)), ({ place }) => placeKey(place))
    for (const ofPlace of sayings.values()) {
      const ends = wordsOf(ofPlace.toSorted(bySequence), deleted.has(entityId))
      standing.push(...ends.standing)
      taken.push(...ends.taken)
      denying.push(...ofPlace.flatMap(asDenial))
    }
  }
  return sequenced({ standing, taken: [...taken, ...leftOut(denying)] })
}

/** A word, with when it counts for what it leaves out; one that counts for nothing else is dated so already. */
const asDenial = ({ statement, share }: Saying): Leaving[] =>
  statement && statement.takesOnly !== true && share.only !== 'passed' && share.fact.datedBy !== 'receipt'
    ? [{ ...wordOf(statement, share), deniesAt: share.fact.at }]
    : []

// Didomi re-applies events by update date; an update without one has only its creation date, as its original has.
const byVersion = (a: Share, b: Share): number =>
  a.fact.statedAt - b.fact.statedAt ||
  rank(a) - rank(b) ||
  byText(a.fact.status, b.fact.status) ||
  a.fact.receivedAt - b.fact.receivedAt
const rank = ({ fact }: Share): number => (fact.kind === 'created' ? 0 : 1)

/** Versions that tie all speak; the more restrictive has the last word. */
const bySequence = (a: Saying, b: Saying): number =>
  byVersion(a.share, b.share) ||
  (a.statement && b.statement
    ? byRestriction(b.statement.answer, a.statement.answer)
    : Number(!a.statement) - Number(!b.statement))

/** What the versions say that are confirmed, by themselves or by a later one. */
function sayingsOf(versions: readonly Share[]): Saying[] {
  const confirmed = versions.slice(0, versions.findLastIndex(({ fact }) => fact.status === 'confirmed') + 1)
  return confirmed.flatMap(share => {
    const { statements, blanks } = share.fact.after
    return [
      ...statements.map(statement => ({ place: statement.place, statement, share })),
      ...blanks.map(({ place }) => ({ place, statement: undefined, share })),
    ]
  })
}

/** What stands of an event at one place, and what was taken away there. */
function wordsOf(sayings: readonly Saying[], isDeleted: boolean): Ground {
  const taken: Taken[] = []
  let said: Word[] = []
  const takeAway = (why: Loss): void => {
    taken.push(...said.map(word => ({ ...word, why })))
    said = []
  }
  for (const { statement, share } of sayings) {
    if (!statement) {
      takeAway('no_choice')
      continue
    }
    const word = wordOf(statement, share)
    if (share.only === 'left') taken.push({ ...word, why: 'moved' })
    else if (share.only === 'passed')
      taken.push(...(isDenied(word.answer) ? [] : [{ ...word, why: 'moved' as const, onlyGrants: true as const }]))
    else if (share.only === undefined && statement.takesOnly !== true) said.push(word)
    // Of a record that may be about another person only what it takes back counts.
    else if (statement.answer !== true) taken.push({ ...word, why: 'moved', onlyTakes: true })
  }
  if (isDeleted) takeAway('event_deleted')
  const last = said.at(-1)
  return { standing: last ? [last] : [], taken }
}

const wordOf = ({ place, answer }: Statement, { fact }: Share): Word => ({
  place,
  answer,
  at: isDenied(answer) ? fact.at : grantsAt(fact),
  stated: fact.datedBy === 'receipt' ? AFTER_ALL : fact.statedAt,
  heard: fact.receivedAt,
})
