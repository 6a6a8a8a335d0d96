import { writtenIn, type Life } from './lives.ts'
import { instantOrder } from './order.ts'
import { isBelow, type Place } from './places.ts'
import { type Entity, type Told } from './record.ts'
import { inSequence, timesOf, yesNoOf, type Universe, type Word } from './words.ts'

type Version = { readonly entity: Entity; readonly record: Told; readonly isOld: boolean }

type Said = {
  readonly grants: boolean
  readonly stated: number
  readonly receivedAt: number
  readonly record: Told
  readonly isUndated: boolean
  readonly since?: number
}

/** R8: in the event family each choice that is not null is a statement at the event's time. */
export function eventWords(life: Life, universe: Universe): readonly Word[] {
  const events = new Map<string, Told[]>()
  for (const record of life.records) {
    const id = record.entity.id
    if (record.family === 'event' && id !== undefined) events.set(id, [...(events.get(id) ?? []), record])
  }
  const byRegulation = new Map<string, { word: Word; sequence: number }[]>()
  for (const records of events.values())
    for (const word of wordsOf(life, records, universe))
      byRegulation.set(word.regulation, [...(byRegulation.get(word.regulation) ?? []), { word, sequence: word.stated }])
  return [...byRegulation.values()].flatMap(inSequence)
}

function wordsOf(life: Life, records: readonly Told[], universe: Universe): readonly Word[] {
  const isDeleted = records.some(({ verb }) => verb === 'deleted')
  const regulation = records.find(({ verb }) => verb !== 'deleted')?.entity.regulation ?? 'gdpr'
  const { standing, past } = storyOf(versionsOf(records), universe)
  const wordOf = (place: Place, said: Said, stands: boolean): Word => ({
    place,
    grants: said.grants,
    ...timesOf({ place, ...said }),
    stated: said.stated,
    receivedAt: said.receivedAt,
    stands,
    ...(said.isUndated ? { isUndated: true as const } : {}),
    ...(said.since === undefined ? {} : { since: said.since }),
    regulation,
    family: 'event',
    written: writtenBy(said.record, records),
    life,
  })
  return [
    ...[...standing].map(([place, said]) => wordOf(place, said, !isDeleted)),
    ...past.map(([place, said]) => wordOf(place, said, false)),
  ]
}

/** A confirmation that repeats only what changed is about the person whom the event named. */
const writtenBy = (record: Told, records: readonly Told[]): string | undefined =>
  writtenIn(record) ?? records.map(writtenIn).find(person => person !== undefined)

function versionsOf(records: readonly Told[]): readonly Version[] {
  return records
    .filter(({ verb }) => verb !== 'deleted')
    .toSorted(instantOrder)
    .flatMap(record => [
      ...(record.before ? [{ entity: record.before, record, isOld: true }] : []),
      { entity: record.entity, record, isOld: false },
    ])
}

/** What the versions of one event leave standing, and what each of them replaced or took back (R3, R6a). */
function storyOf(versions: readonly Version[], universe: Universe) {
  const standing = new Map<Place, Said>()
  const past: (readonly [Place, Said])[] = []
  const takeBack = (place: Place): void => {
    const said = standing.get(place)
    if (said) past.push([place, said])
    standing.delete(place)
  }
  const apply = (said: ReadonlyMap<Place, Said | null>): void => {
    for (const [place, one] of said) {
      const before = standing.get(place)
      takeBack(place)
      if (one) standing.set(place, repeating(one, before))
    }
  }
  let waiting = new Map<Place, Said | null>()
  for (const version of versions) {
    const { entity, record, isOld } = version
    const says = saidIn(version, universe)
    if (entity.pending) {
      if (entity.consents) waiting = says
      continue
    }
    // A confirmation without consents confirms what waited, and what waited counts from then on.
    if (!entity.consents) apply(confirmedAt(waiting, record))
    else if (isOld) apply(new Map([...says].filter(([place, one]) => one?.grants !== standing.get(place)?.grants)))
    else apply(says)
    waiting = new Map()
    if (!isOld) for (const place of absentIn(record, standing)) takeBack(place)
  }
  return { standing, past }
}

const repeating = (one: Said, before: Said | undefined): Said =>
  one.grants && before?.grants ? { ...one, since: before.since ?? before.stated } : one

const confirmedAt = (waiting: ReadonlyMap<Place, Said | null>, { receivedAt }: Told): Map<Place, Said | null> =>
  new Map([...waiting].map(([place, said]) => [place, said && { ...said, receivedAt }]))

/** Without a usable time what is taken back counts at receipt, and what is granted goes to quarantine (R10). */
function saidIn({ entity, record }: Version, universe: Universe): Map<Place, Said | null> {
  const { receivedAt } = record
  const said = new Map<Place, Said | null>()
  for (const [place, grants] of yesNoOf(entity.consents, universe)) {
    if (grants === null) said.set(place, null)
    else if (!grants || entity.at !== undefined)
      said.set(place, {
        grants,
        stated: entity.at ?? receivedAt,
        receivedAt,
        record,
        isUndated: entity.at === undefined,
      })
  }
  return said
}

/** R6a: listed in the old entity, and not in the same list of the new one. */
export function absentIn({ entity, before }: Told, stated: ReadonlyMap<Place, unknown>): readonly Place[] {
  const gone = [...(before?.consents?.lists ?? [])].flatMap(([name, { at, items }]) => {
    const now = entity.consents?.lists.get(name)
    return now ? [...items].filter(item => !now.items.has(item)).map(item => [...at, item]) : []
  })
  return [...stated.keys()].filter(place => gone.some(prefix => isBelow(place, prefix)))
}
