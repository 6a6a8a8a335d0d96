import { absentIn } from './event-words.ts'
import { writtenIn, type Life } from './lives.ts'
import { instantOrder } from './order.ts'
import { placeOf, stepsOf, type Consents, type Place } from './places.ts'
import { type Told } from './record.ts'
import { inSequence, timesOf, yesNoOf, type Universe, type Word } from './words.ts'

/** What a user was, at one version: `earliest` and `latest` are one instant unless only bounds are known. */
type Snapshot = {
  readonly record: Told
  readonly earliest: number
  readonly latest: number
  readonly says: ReadonlyMap<Place, boolean | null>
  /** The lists as wholes: a value in a list that changed was said anew with the rest of it. */
  readonly lists: ReadonlyMap<Place, string>
  /** Places whose change to this is seen by this record's own old entity. */
  readonly sees: (place: Place) => boolean
}

/** R8: a user record repeats everything, so a choice is dated when it last changed to what it is. */
export function userWords(life: Life, universe: Universe, withdraws: boolean): readonly Word[] {
  const records = life.records.filter(({ family }) => family === 'user')
  const regulations = new Set(records.map(({ entity }) => entity.regulation))
  return [...regulations].flatMap(regulation => {
    const own = records.filter(({ entity, verb }) => verb !== 'deleted' && entity.regulation === regulation)
    const snapshots = snapshotsOf(own.toSorted(instantOrder), universe)
    const places = new Set(snapshots.flatMap(({ says }) => [...says.keys()]))
    const words = [...places].flatMap(place => wordsOf(place, snapshots, { life, regulation }))
    const kept = inSequence(words)
    const ends = records.filter(
      ({ verb, entity }) => verb === 'deleted' && (!entity.namesRegulation || entity.regulation === regulation),
    )
    return withdraws && ends[0] ? [...kept, ...withdrawn(kept, ends[0])] : kept
  })
}

/** `on_user_deleted: "withdraw"` denies what the life granted, when we were told that it ended (R6e). */
export const withdrawn = (words: readonly Word[], { receivedAt }: Told): readonly Word[] =>
  words
    .filter(word => word.stands && word.grants && !words.some(other => isDeniedAfter(word, other)))
    .map(word => ({
      ...word,
      grants: false,
      isWithdrawal: true as const,
      at: receivedAt,
      atLatest: receivedAt,
      stated: receivedAt,
      receivedAt,
    }))

/** What was refused since is not granted any more, so there is nothing to withdraw. */
const isDeniedAfter = (word: Word, other: Word): boolean =>
  !other.grants && other.place === word.place && other.regulation === word.regulation && other.at >= word.at

function snapshotsOf(records: readonly Told[], universe: Universe): readonly Snapshot[] {
  const snapshots: Snapshot[] = []
  for (const [index, record] of records.entries()) {
    const { entity, before, cause, receivedAt } = record
    const last = snapshots.at(-1)?.latest ?? entity.createdAt ?? -Infinity
    const next = records[index + 1]?.entity.at ?? receivedAt
    const at = entity.at ?? cause?.at
    const old = yesNoOf(before?.consents, universe)
    const isPlaced = at !== undefined || entity.version !== undefined
    const earliest = at ?? (isPlaced ? last : receivedAt)
    const latest = at ?? (isPlaced ? next : receivedAt)
    if (before) {
      const was = before.at
      const seesNothing = () => false
      snapshots.push({
        record,
        earliest: was ?? last,
        latest: was ?? latest,
        says: old,
        lists: listsOf(before.consents),
        sees: seesNothing,
      })
    }
    const all = new Map(yesNoOf(entity.consents, universe))
    const stated = new Map([...snapshots.flatMap(({ says }) => [...says])])
    for (const place of absentIn(record, stated)) all.set(place, null)
    const says = isPlaced ? all : new Map([...all].filter(([place, yes]) => yes !== true && old.get(place) !== yes))
    const listed = before?.consents?.lists.has(JSON.stringify(['purposes'])) === true
    snapshots.push({
      record,
      earliest,
      latest,
      says,
      lists: listsOf(entity.consents),
      sees: place => old.has(place) || listed,
    })
  }
  return snapshots
}

const listsOf = (consents: Consents | undefined): ReadonlyMap<Place, string> =>
  new Map(
    [...(consents?.says ?? [])].flatMap(([place, answer]) =>
      Array.isArray(answer) ? [[place, answer.toSorted().join(',')] as const] : [],
    ),
  )

/** The preference that a value was picked in; any other place is its own. */
function preferenceOf(place: Place): Place {
  const steps = stepsOf(place)
  return steps[4] === 'value' || steps[4] === 'list' ? placeOf(...steps.slice(0, 4)) : place
}

type Run = {
  readonly yes: boolean | null
  readonly list: string | undefined
  /** The earliest that it can have been said, and the time that counts. */
  readonly from: number
  readonly at: number
  readonly record: Told
  readonly sequence: number
}

type Whose = { readonly life: Life; readonly regulation: string }

function wordsOf(place: Place, snapshots: readonly Snapshot[], { life, regulation }: Whose) {
  const runs: Run[] = []
  const preference = preferenceOf(place)
  let previous: Snapshot | undefined
  for (const [sequence, snapshot] of snapshots.entries()) {
    const yes = snapshot.says.get(place)
    if (yes === undefined) continue
    const list = snapshot.lists.get(preference)
    const last = runs.at(-1)
    if (!last || last.yes !== yes || last.list !== list) {
      const { record, sees } = snapshot
      const born = record.entity.createdAt ?? -Infinity
      const from = sees(place) ? snapshot.earliest : Math.min(snapshot.earliest, previous?.latest ?? born)
      runs.push({ yes, from, at: yes === true ? from : snapshot.latest, list, record, sequence })
    }
    previous = snapshot
  }
  return runs.flatMap(({ yes, from, at, record, sequence }, index) => {
    if (yes === null) return []
    const denied = runs[index - 1]?.yes === false ? runs[index - 1]?.at : undefined
    const causedAt = record.cause?.at ?? Infinity
    const word: Word = {
      place,
      grants: yes,
      ...(yes && causedAt <= (denied ?? -Infinity) ? { revivedAt: causedAt } : {}),
      ...timesOf({ place, grants: yes, stated: at, receivedAt: record.receivedAt, listedFrom: from }),
      stated: at,
      receivedAt: record.receivedAt,
      stands: index === runs.length - 1,
      regulation,
      family: 'user',
      written: writtenIn(record),
      life,
    }
    return [{ word, sequence }]
  })
}
