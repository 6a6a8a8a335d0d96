import { instantOrder } from './order.ts'
import { type Told } from './record.ts'

/** One life of a Didomi user (R6e), and who it was with: from the first claim on, each until the next. */
export type Life = {
  readonly user: string
  readonly start: number
  readonly records: readonly Told[]
  readonly claims: readonly Claim[]
  /** More than five ids were written for the user: a shop's tablet (R5d). */
  readonly isShared: boolean
}

type Claim = { readonly from: number; readonly person: string }

/** Whom the records of a life count for that write nobody: the newest claim (R5b, R5e). */
export const linkOf = ({ claims, isShared }: Life): string | undefined => (isShared ? undefined : claims.at(-1)?.person)

/** The id that a record writes: the new entity's, else the old one's (R5b). */
export const writtenIn = ({ entity, before }: Told): string | undefined =>
  personOf(entity.person) ?? personOf(before?.person)

/** R16a: two spellings of one address are one person; any other id is exact. */
export function personOf(id: string | undefined): string | undefined {
  if (id === undefined) return undefined
  return addressOf(id) ?? id
}

/** What Unicode calls default-ignorable, format or control. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u
const AT_ENDS =
  /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu

/** R16a: the one form of an address; undefined when it is none that can be resolved. */
export function addressOf(id: string): string | undefined {
  const trimmed = id.replace(AT_ENDS, '')
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || at === trimmed.length - 1) return undefined
  const local = trimmed.slice(0, at)
  const domain = trimmed.slice(at + 1)
  if (INVISIBLE.test(trimmed) || /\s/.test(trimmed) || /[^\x21-\x7e]/.test(local) || local.includes('@'))
    return undefined
  return `${local.replace(/[A-Z]/g, letter => letter.toLowerCase())}@${domain.normalize('NFC').toLowerCase()}`
}

const MOST_IDS = 5

/** All lives of all Didomi users of a source. */
export function livesIn(told: readonly Told[]): readonly Life[] {
  const users = new Map<string, Told[]>()
  for (const record of told) {
    const user = userOf(record, told)
    if (user !== undefined) users.set(user, [...(users.get(user) ?? []), record])
  }
  return [...users].flatMap(([user, records]) => livesOf(user, records))
}

/** Didomi does not say whose event went: it is told by the event's other records. */
function userOf({ entity, before, family }: Told, told: readonly Told[]): string | undefined {
  const own = entity.user ?? before?.user
  if (own !== undefined || family === 'user') return own
  return told.find(other => other.family === 'event' && other.entity.id === entity.id && other.entity.user)?.entity.user
}

function livesOf(user: string, records: readonly Told[]): readonly Life[] {
  const starts = startsOf(records)
  const ids = new Set(records.flatMap(record => writtenIn(record) ?? []))
  return starts.map((start, index) => {
    const own = records.filter(record => lifeOf(record, starts) === index)
    return { user, start, records: own, claims: claimsIn(own), isShared: ids.size > MOST_IDS }
  })
}

const BEFORE_ALL = -Infinity

/** A later `created_at` begins a life; a deletion that names none divides by its receipt (R6e). */
function startsOf(records: readonly Told[]): readonly number[] {
  const births = records.flatMap(({ family, entity }) => (family === 'user' ? (entity.createdAt ?? []) : []))
  const divisions = records.flatMap(({ family, verb, entity, receivedAt }) =>
    family === 'user' && verb === 'deleted' && entity.createdAt === undefined ? [receivedAt + 1] : [],
  )
  const starts = [...new Set([...births, ...divisions])].toSorted((a, b) => a - b)
  return [BEFORE_ALL, ...starts.slice(births.length > 0 && starts[0] === Math.min(...births) ? 1 : 0)]
}

function lifeOf({ family, verb, entity, receivedAt }: Told, starts: readonly number[]): number {
  const at =
    family === 'user' && entity.createdAt !== undefined
      ? entity.createdAt
      : verb === 'deleted'
        ? receivedAt
        : Math.min(entity.at ?? receivedAt, receivedAt)
  return starts.findLastIndex(start => start <= at)
}

/** R5b, R5e: the earliest fact that names both makes the link; `user.*` records, where there are any, decide instead. */
function claimsIn(records: readonly Told[]): readonly Claim[] {
  const naming = records
    .flatMap(record => {
      const person = writtenIn(record)
      return person === undefined ? [] : [{ record, person }]
    })
    .toSorted((a, b) => instantOrder(a.record, b.record))
  const users = naming.filter(({ record }) => record.family === 'user' && record.verb !== 'deleted')
  return (users.length > 0 ? users : naming.slice(0, 1))
    .map(({ record, person }) => ({ from: Math.min(record.entity.at ?? record.receivedAt, record.receivedAt), person }))
    .filter(({ person }, index, list) => list[index - 1]?.person !== person)
}

/** Whether a user was with the person of this claim at that time. */
export function isWithin(at: number, claims: readonly Claim[], index: number): boolean {
  const from = index === 0 ? -Infinity : (claims[index]?.from ?? -Infinity)
  return at >= from && at < (claims[index + 1]?.from ?? Infinity)
}
