import {
  byRestriction,
  byText,
  isDenied,
  placeKey,
  sameAnswer,
  withdraws,
  type Answer,
  type Loss,
  type Place,
  type Word,
} from './choice.ts'
import { grantsAt, type Entity, type Fact, type Statement } from './fact.ts'
import { createDenials, leftOut, type Denials, type Ground, type Taken } from './ground.ts'
import { type Share } from './share.ts'

/** A moment as it counts for what is granted and for what is denied (R10). */
type Moment = { readonly grants: number; readonly denies: number; readonly stated: number }

/** One look at a Didomi user: the state in a record, or the state just before that the record also carries. */
type Sighting = {
  readonly version: number | undefined
  readonly at: Moment
  readonly answers: ReadonlyMap<string, Statement>
  readonly blanks: ReadonlySet<string>
  /** When what differs from the state just before was chosen; undefined where the record cannot tell. */
  readonly changedAt: Moment | undefined
  /** The event behind the record is older than the state just before, so it does not date what changed. */
  readonly isCauseOlder: boolean
  readonly causeId: string | undefined
  readonly bornAt: number | undefined
  readonly receivedAt: number
  readonly only: Share['only']
  readonly since: number
  /** It is the state before a record. */
  readonly isBefore: boolean
}

/**
 * Stage 1 of the fold for the `user.*` family: one Didomi user's applied state (R7). A record repeats everything,
 * so a choice is dated when its value last *changed*; an update of another purpose does not refresh it. Where
 * only a bound is known, a grant is dated at the earliest and a denial at the latest it can have been made (R8).
 */
export function groundOfUser(own: readonly Share[], evidence: UserEvidence): Ground {
  const sightings = own.flatMap(share => sightingsIn(share, evidence))
  const versioned = sightings.every(sighting => sighting.version !== undefined)
  const grounds = [...historiesIn(sightings)].map(([key, { place, views }]) =>
    groundAt({ key, place, views: views.sort(inSequence(versioned)), evidence }),
  )
  return { standing: grounds.flatMap(({ standing }) => standing), taken: grounds.flatMap(({ taken }) => taken) }
}

type UserEvidence = {
  readonly confirmedAt: ReadonlyMap<string, number>
  /** When the deletion of an event was received. */
  readonly deletedAt: ReadonlyMap<string, number>
  /** Places that a deleted event had withdrawn. */
  readonly withdrawnByDeleted: ReadonlySet<string>
}

/** When a cause was confirmed, and whether it was deleted since. */
export function evidenceIn(events: readonly Fact[]): UserEvidence {
  const deletedAt = new Map<string, number>()
  for (const { kind, entityId, receivedAt } of events)
    if (kind === 'deleted') deletedAt.set(entityId, Math.min(receivedAt, deletedAt.get(entityId) ?? receivedAt))
  const confirmedAt = new Map<string, number>()
  const withdrawnByDeleted = new Set<string>()
  for (const fact of events) {
    if (fact.kind === 'deleted' || fact.status !== 'confirmed') continue
    confirmedAt.set(fact.entityId, Math.max(fact.at, confirmedAt.get(fact.entityId) ?? fact.at))
    if (!deletedAt.has(fact.entityId)) continue
    for (const { place, answer } of fact.after.statements) if (isDenied(answer)) withdrawnByDeleted.add(placeKey(place))
  }
  return { deletedAt, confirmedAt, withdrawnByDeleted }
}

function sightingsIn(
  { fact, only, since = Number.NEGATIVE_INFINITY }: Share,
  { confirmedAt }: UserEvidence,
): Sighting[] {
  const causeId = fact.cause?.id
  const causeAt = (causeId === undefined ? undefined : confirmedAt.get(causeId)) ?? fact.cause?.at
  const knowsBefore = fact.kind === 'created' || fact.before?.hasConsents === true
  const isUndated = fact.datedBy === 'version'
  const at = {
    grants: isUndated ? (fact.createdAt ?? 0) : grantsAt(fact),
    denies: fact.at,
    stated: fact.statedAt,
  }
  const common = { bornAt: fact.createdAt, receivedAt: fact.receivedAt, only, since, isBefore: false }
  const after: Sighting = {
    ...common,
    version: fact.after.version,
    at,
    answers: byPlace(fact.after),
    blanks: blanksIn(fact.after),
    // A cause that was itself updated since is now younger than the change it made.
    changedAt: knowsBefore && !isUndated ? earlier(at, causeAt) : undefined,
    isCauseOlder: causeAt !== undefined && causeAt < (fact.before?.at ?? causeAt),
    causeId,
  }
  return fact.before?.hasConsents === true ? [beforehand(after, fact.before), after] : [after]
}

const earlier = (at: Moment, other: number | undefined): Moment =>
  other === undefined
    ? at
    : { grants: Math.min(other, at.grants), denies: Math.min(other, at.denies), stated: Math.min(other, at.stated) }

/** The state before a record is older than it by a version, and by at least an instant. */
function beforehand(after: Sighting, before: Entity): Sighting {
  const at = earlier(after.at, Math.min(before.at ?? after.at.stated, after.at.stated - 1))
  return {
    ...after,
    version: before.version ?? (after.version === undefined ? undefined : after.version - 1),
    at: { ...at, grants: Math.min(at.grants, after.at.grants - 1), denies: Math.min(at.denies, after.at.denies - 1) },
    answers: byPlace(before),
    blanks: blanksIn(before),
    changedAt: undefined,
    isCauseOlder: false,
    causeId: undefined,
    isBefore: true,
  }
}

const byPlace = (entity: Entity): Map<string, Statement> =>
  new Map(entity.statements.map(statement => [placeKey(statement.place), statement]))

const blanksIn = (entity: Entity): Set<string> => new Set(entity.blanks.map(({ place }) => placeKey(place)))

/** A sighting as seen from one place; without an answer it shows that no choice is made there. */
type View = { readonly answer: Answer | undefined; readonly takesOnly: boolean; readonly sighting: Sighting }

type History = { readonly place: Place; readonly views: View[] }

/** What the records say of each place that any of them answers. */
function historiesIn(sightings: readonly Sighting[]): Map<string, History> {
  const histories = new Map<string, History>()
  for (const { answers } of sightings) for (const [key, { place }] of answers) histories.set(key, { place, views: [] })
  for (const sighting of sightings) {
    for (const [key, { answer, takesOnly }] of sighting.answers)
      histories.get(key)?.views.push({ answer, takesOnly: takesOnly === true, sighting })
    for (const key of sighting.blanks)
      if (!sighting.answers.has(key)) histories.get(key)?.views.push({ answer: undefined, takesOnly: false, sighting })
  }
  return histories
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
    a.sighting.at.stated - b.sighting.at.stated ||
    byRestriction(b.answer ?? false, a.answer ?? false) ||
    Number(a.answer === undefined) - Number(b.answer === undefined) ||
    Number(a.sighting.changedAt === undefined) - Number(b.sighting.changedAt === undefined) ||
    (a.sighting.changedAt?.denies ?? 0) - (b.sighting.changedAt?.denies ?? 0) ||
    (a.sighting.bornAt ?? 0) - (b.sighting.bornAt ?? 0) ||
    byText(a.sighting.causeId ?? '', b.sighting.causeId ?? '') ||
    a.sighting.receivedAt - b.sighting.receivedAt

type Entry = Word & {
  /** When what it leaves out counts. */
  readonly deniesAt: number
  readonly causeId: string | undefined
  readonly sighting: Sighting
  /** Only what it takes back is believed (R10). */
  readonly takesOnly: boolean
}

type PlaceHistory = {
  readonly key: string
  readonly place: Place
  readonly views: readonly View[]
  readonly evidence: UserEvidence
}

/** The walk along one place: `seen` is what the records say, `entries` the changes that count, `gone` those that a blank ended. */
function groundAt({ key, place, views, evidence }: PlaceHistory): Ground {
  let seen: View | undefined
  let entries: Entry[] = []
  const gone: Entry[] = []
  const denials = createDenials()
  for (const view of views) {
    const { answer } = view
    if (answer === undefined) {
      for (const entry of entries) gone.push(entry)
      entries = []
    } else if (seen?.answer !== undefined && sameAnswer(seen.answer, answer)) {
      const last = entries.at(-1)
      if (last) entries[entries.length - 1] = restated(last, view, evidence)
      if (isDeniedLater(view, seen)) seen = view
      continue
    } else {
      const held = entries.at(-1) ?? gone.at(-1)
      const entry = entryOf({ ...view, answer }, { place, seen, denials })
      if (!isRevival(key, entry, { held, evidence })) {
        entries.push(entry)
        if (isDenied(entry.answer)) denials.add(entry)
      }
    }
    seen = view
  }
  const isGone = ({ causeId }: Entry): boolean => causeId !== undefined && evidence.deletedAt.has(causeId)
  const left = entries.filter(entry => entry.sighting.only === 'left' && !isGone(entry) && !isOlder(entry))
  const taking = entries.filter(entry => entry.takesOnly && entry.answer !== true)
  const standing = entries.filter(entry => !isGone(entry) && entry.sighting.only !== 'left' && !entry.takesOnly).at(-1)
  return {
    standing: standing ? [standing] : [],
    taken: [
      ...gone.map(takenBy('no_choice')),
      ...entries.filter(isGone).map(takenBy('event_deleted')),
      ...left.map(takenBy('moved')),
      ...taking.map(entry => ({ ...takenBy('no_choice')(entry), onlyTakes: true as const })),
      ...leftOut(entries.slice(-1)),
    ],
  }
}

/** R5e: a denial that was given before its user was with a person, and only repeated then, does not stay with them. */
const isOlder = ({ answer, stated, sighting }: Entry): boolean => isDenied(answer) && stated < sighting.since

const takenBy =
  (why: Loss) =>
  ({ place, answer, at, stated }: Entry): Taken => ({ place, answer, at, stated, why })

type EntryContext = { readonly place: Place; readonly seen: View | undefined; readonly denials: Denials }

function entryOf(view: View & { readonly answer: Answer }, { place, seen, denials }: EntryContext): Entry {
  const { answer, takesOnly, sighting } = view
  const { at, stated } = isDenied(answer) ? denialDate(view) : grantDate(seen, view)
  // R10: by the same clock, what is granted after a denial counts after it.
  const after = isDenied(answer) ? at : denials.countsAfter({ at, stated })
  const deniesAt = seen?.answer !== undefined && withdraws(seen.answer, answer) ? denialDate(view).at : at
  return { place, answer, at: after, deniesAt, stated, causeId: sighting.causeId, sighting, takesOnly }
}

type Dating = { readonly at: number; readonly stated: number }

/** Of a change that is only known to lie between two records, a denial has the time of the second (R8). */
function denialDate({ sighting }: View): Dating {
  const { denies: at, stated } = (sighting.isCauseOlder ? undefined : sighting.changedAt) ?? sighting.at
  return { at, stated }
}

/** A list that lost something was changed when its record says so, at the latest; one that only grew, at the earliest. */
function grantDate(seen: View | undefined, { answer, sighting }: View & { readonly answer: Answer }): Dating {
  const { changedAt, bornAt, at } = sighting
  if (changedAt) return { at: changedAt.grants, stated: changedAt.stated }
  if (seen?.answer !== undefined && withdraws(seen.answer, answer)) return { at: at.grants, stated: at.stated }
  if (seen) return { at: seen.sighting.at.grants, stated: seen.sighting.at.stated }
  const earliest = Math.min(bornAt ?? 0, at.grants)
  return { at: earliest, stated: earliest }
}

/**
 * R6: Didomi recomputes a user when one of its events goes. A record that names that event once more, or comes from
 * after its deletion, shows that the answer rests on something else, too; since when is not known.
 */
function restated(last: Entry, { answer, sighting }: View, { deletedAt }: UserEvidence): Entry {
  const deleted = last.causeId === undefined ? undefined : deletedAt.get(last.causeId)
  if (deleted === undefined || sighting.isBefore || !isLater(sighting, last.sighting)) return last
  if (answer === undefined || !sameAnswer(answer, last.answer)) return last
  const isRecomputed =
    sighting.causeId === last.causeId ||
    sighting.at.stated > deleted ||
    (sighting.causeId === undefined && sighting.receivedAt > deleted)
  if (!isRecomputed) return last
  const earliest = isDenied(last.answer) ? last.at : Math.min(last.at, sighting.bornAt ?? 0)
  return { ...last, at: earliest, causeId: undefined }
}

/** R8: what is granted next was not granted yet when it was still denied. Of a list that grew, a part may be older. */
const isDeniedLater = ({ answer, sighting: { at } }: View, { sighting: seen }: View): boolean =>
  answer !== undefined && isDenied(answer) && at.grants > seen.at.grants && at.stated > seen.at.stated

const isLater = (a: Sighting, b: Sighting): boolean =>
  a.version !== undefined && b.version !== undefined ? a.version > b.version : a.at.stated > b.at.stated

/**
 * R6: what comes back when an event goes is no new grant: its cause was deleted, or is older than the withdrawal, or is
 * not named while a deleted event had withdrawn this very place.
 */
function isRevival(
  key: string,
  { answer, causeId, stated, sighting }: Entry,
  { held, evidence }: { readonly held: Entry | undefined; readonly evidence: UserEvidence },
): boolean {
  if (!held || byRestriction(answer, held.answer) <= 0) return false
  if (causeId === undefined) {
    if (evidence.withdrawnByDeleted.has(key)) return true
    if (held.causeId !== undefined && evidence.deletedAt.has(held.causeId)) return true
  } else if (evidence.deletedAt.has(causeId)) return true
  return sighting.changedAt !== undefined && stated < held.stated
}
