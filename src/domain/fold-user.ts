import {
  byRestriction,
  byText,
  isDenied,
  placeKey,
  sameAnswer,
  withdraws,
  type Answer,
  type Choice,
  type Place,
} from './choice.ts'
import { type Entity, type Fact, type Statement } from './fact.ts'

/** One look at a Didomi user: the state in a record, or the state just before that the record also carries. */
type Sighting = {
  readonly version: number | undefined
  readonly at: number
  readonly answers: ReadonlyMap<string, Statement>
  /** When what differs from the state just before was chosen; undefined where the record cannot tell. */
  readonly changedAt: number | undefined
  readonly causeId: string | undefined
  readonly bornAt: number | undefined
}

/**
 * Stage 1 of the fold for the `user.*` family: one Didomi user's applied state (R7). A record repeats everything,
 * so a choice is dated when its value last *changed*; an update of another purpose does not refresh it. Where
 * only a bound is known, a grant is dated at the earliest and a denial at the latest it can have been made (R8).
 * `events` is evidence: when a cause was confirmed, and whether it was deleted since.
 */
export function choicesFromUser(own: readonly Fact[], events: readonly Fact[]): Choice[] {
  const evidence = evidenceIn(events)
  const sightings = own.flatMap(fact => sightingsIn(fact, evidence))
  const versioned = sightings.every(sighting => sighting.version !== undefined)
  const places = new Map<string, Place>()
  for (const { answers } of sightings) for (const [key, { place }] of answers) places.set(key, place)
  return [...places].map(([key, place]) => {
    const views = sightings.flatMap(sighting => viewOf(key, sighting)).sort(inSequence(versioned))
    const { answer, at } = historyOf(key, views, evidence)
    return { place, answer, at }
  })
}

type UserEvidence = {
  readonly confirmedAt: ReadonlyMap<string, number>
  readonly deleted: ReadonlySet<string>
  /** Places that a deleted event had withdrawn. */
  readonly withdrawnByDeleted: ReadonlySet<string>
}

function evidenceIn(events: readonly Fact[]): UserEvidence {
  const deleted = new Set(events.filter(fact => fact.kind === 'deleted').map(fact => fact.entityId))
  const confirmedAt = new Map<string, number>()
  const withdrawnByDeleted = new Set<string>()
  for (const fact of events) {
    if (fact.kind === 'deleted' || fact.status !== 'confirmed') continue
    confirmedAt.set(fact.entityId, Math.max(fact.at, confirmedAt.get(fact.entityId) ?? fact.at))
    if (!deleted.has(fact.entityId)) continue
    for (const { place, answer } of fact.after.statements) if (isDenied(answer)) withdrawnByDeleted.add(placeKey(place))
  }
  return { deleted, confirmedAt, withdrawnByDeleted }
}

function sightingsIn(fact: Fact, { confirmedAt }: UserEvidence): Sighting[] {
  const causeId = fact.cause?.id
  const causeAt = (causeId === undefined ? undefined : confirmedAt.get(causeId)) ?? fact.cause?.at
  const knowsBefore = fact.kind === 'created' || fact.before !== undefined
  const after: Sighting = {
    version: fact.after.version,
    at: fact.at,
    answers: byPlace(fact.after),
    // A cause that was itself updated since is now younger than the change it made.
    changedAt: knowsBefore ? Math.min(causeAt ?? fact.at, fact.at) : undefined,
    causeId,
    bornAt: fact.createdAt,
  }
  return fact.before ? [beforehand(fact, fact.before), after] : [after]
}

/** The state before a record is older than it by a version, and by at least an instant. */
const beforehand = (fact: Fact, before: Entity): Sighting => ({
  version: before.version ?? (fact.after.version === undefined ? undefined : fact.after.version - 1),
  at: Math.min(before.at ?? fact.at, fact.at - 1),
  answers: byPlace(before),
  changedAt: undefined,
  causeId: undefined,
  bornAt: fact.createdAt,
})

const byPlace = (entity: Entity): Map<string, Statement> =>
  new Map(entity.statements.map(statement => [placeKey(statement.place), statement]))

/** A sighting as seen from one place. */
type View = { readonly answer: Answer; readonly sighting: Sighting }

const viewOf = (key: string, sighting: Sighting): View[] => {
  const statement = sighting.answers.get(key)
  return statement ? [{ answer: statement.answer, sighting }] : []
}

/**
 * By version where every sighting of this user carries one, else by time: one comparator for one user, so it stays
 * transitive. Records of one position that disagree: the more restrictive has the last word. Among equals, the one
 * that dates its change comes first, a repeat then adds nothing.
 */
export const inSequence =
  (versioned: boolean) =>
  (a: View, b: View): number =>
    (versioned ? (a.sighting.version ?? 0) - (b.sighting.version ?? 0) : 0) ||
    a.sighting.at - b.sighting.at ||
    byRestriction(b.answer, a.answer) ||
    Number(a.sighting.changedAt === undefined) - Number(b.sighting.changedAt === undefined) ||
    (a.sighting.changedAt ?? 0) - (b.sighting.changedAt ?? 0) ||
    (a.sighting.bornAt ?? 0) - (b.sighting.bornAt ?? 0) ||
    byText(a.sighting.causeId ?? '', b.sighting.causeId ?? '')

type Dated = { readonly answer: Answer; readonly at: number; readonly causeId: string | undefined }

/** The walk along one place: `seen` is what the records say, `held` what counts, and since when. */
function historyOf(key: string, views: readonly View[], evidence: UserEvidence): Dated {
  let seen: View | undefined
  let held: Dated = { answer: false, at: Number.MIN_SAFE_INTEGER, causeId: undefined }
  for (const view of views) {
    if (seen && sameAnswer(seen.answer, view.answer)) continue
    const { causeId } = view.sighting
    if (!seen) held = { answer: view.answer, at: firstDate(view), causeId }
    else if (!isRevival(key, view, held, evidence)) held = { answer: view.answer, at: changeDate(seen, view), causeId }
    seen = view
  }
  return held
}

function firstDate({ answer, sighting }: View): number {
  if (sighting.changedAt !== undefined) return sighting.changedAt
  return isDenied(answer) ? sighting.at : (sighting.bornAt ?? 0)
}

function changeDate(seen: View, { answer, sighting }: View): number {
  if (sighting.changedAt !== undefined) return sighting.changedAt
  return withdraws(seen.answer, answer) ? sighting.at : seen.sighting.at
}

/**
 * R6: Didomi recomputes a user when one of its events goes. What comes back that way is no new grant: its cause was
 * deleted, or is older than the withdrawal, or is not named while a deleted event had withdrawn this very place.
 */
function isRevival(key: string, { answer, sighting }: View, held: Dated, evidence: UserEvidence): boolean {
  if (byRestriction(answer, held.answer) <= 0) return false
  if (sighting.causeId === undefined) {
    if (evidence.withdrawnByDeleted.has(key)) return true
    if (held.causeId !== undefined && evidence.deleted.has(held.causeId)) return true
  } else if (evidence.deleted.has(sighting.causeId)) return true
  return sighting.changedAt !== undefined && sighting.changedAt < held.at
}
