import { isWithin, linkOf, writtenIn, type Life } from './lives.ts'
import { instantOrder } from './order.ts'
import { type Reading } from './persons.ts'
import { type Entity, type Family, type Told } from './record.ts'
import { dated } from './times.ts'

/** A value that an attribute of a person had, from then on; undefined since it went (R8). */
export type Held = {
  readonly person: string
  readonly value: string | undefined
  readonly at: number
  /** For what an event without a time says of it, it was so until then. */
  readonly undatedUntil?: number
}

type AttributeReading = {
  readonly key: string
  readonly family: Family
  readonly regulations: readonly string[]
  readonly reading: Reading
}

/** Every value that the attribute ever had, of all persons, the oldest first. */
export const attributeStory = (lives: readonly Life[], reading: AttributeReading): readonly Held[] =>
  lives
    .flatMap(perPerson)
    .flatMap(life => heldIn(life, reading))
    .toSorted((a, b) => a.at - b.at)

/** R5d: each record of a shared user counts for the person whom it writes, and those of others tell nothing of them. */
function perPerson(life: Life): readonly Life[] {
  if (!life.isShared) return [life]
  const persons = new Set(life.records.flatMap(record => writtenIn(record) ?? []))
  return [...persons].map(person => ({
    ...life,
    records: life.records.filter(record => record.verb === 'deleted' || writtenIn(record) === person),
  }))
}

function heldIn(life: Life, { key, family, regulations, reading }: AttributeReading): readonly Held[] {
  const records = life.records
    .filter(record => record.family === family && record.verb !== 'deleted')
    .filter(({ entity }) => regulations.includes(entity.regulation) && !entity.pending)
    .filter(({ entity }) => family === 'user' || !isQuarantined(entity))
    .toSorted(instantOrder)
  const held: Held[] = []
  for (const record of records) {
    const person = family === 'user' && !life.isShared ? linkOf(life) : (writtenIn(record) ?? linkOf(life))
    const value = record.entity.attributes.get(key)
    const was = record.before?.attributes.get(key)
    if (person === undefined || (value === undefined && was === undefined)) continue
    if (family === 'event' && value === undefined) continue
    const earlier = held.at(-1)
    if (
      family === 'user' &&
      was !== undefined &&
      was !== earlier?.value &&
      (was !== value || earlier !== undefined) &&
      record.before?.at !== undefined
    )
      held.push({ person, value: was, at: dated(record.before.at, true, record.receivedAt) })
    const last = held.at(-1)
    if (family === 'user' && last && last.value === value) continue
    const isUndated = family === 'event' && record.entity.at === undefined
    const at = timeOf(record, family === 'user' && was === value)
    const undated = isUndated ? { undatedUntil: record.receivedAt + 1 } : {}
    for (const each of reading === 'loose' ? movedAlong(life, { person, at }) : [person])
      held.push({ person: each, value, at, ...undated })
  }
  return held
}

/** R5e: what an event wrote of a person while its user was theirs counts for the one whom the user moved to, too. */
function movedAlong(life: Life, { person, at }: { readonly person: string; readonly at: number }): readonly string[] {
  const linked = linkOf(life)
  const wasWith = life.claims.some((claim, index) => claim.person === person && isWithin(at, life.claims, index))
  return linked !== undefined && linked !== person && wasWith ? [person, linked] : [person]
}

/** R10: of an event without a usable time nothing is taken in but what it takes back. */
const isQuarantined = ({ at, consents }: Entity): boolean =>
  at === undefined && ![...(consents?.says.values() ?? [])].some(answer => answer === false || Array.isArray(answer))

/**
 * Where a record only repeats the value, it was so since the creation of its user at the earliest. What an event without
 * a usable time says is older than whatever has one.
 */
function timeOf({ entity, cause, receivedAt, family }: Told, repeats: boolean): number {
  if (family === 'event' && entity.at === undefined) return 0
  const at = entity.at ?? cause?.at ?? receivedAt
  return dated(repeats ? Math.min(at, entity.createdAt ?? at) : at, true, receivedAt)
}
