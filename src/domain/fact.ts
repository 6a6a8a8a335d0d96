import { isDenied, placeKey, withdraws, type Answer, type Place } from './choice.ts'

/** What one record says about one place. `takesOnly`: only what it takes back is believed (R10). */
export type Statement = { readonly place: Place; readonly answer: Answer; readonly takesOnly?: true }

/** A place where a record shows that no choice is made: it holds it as null, or no longer lists what it listed (R6). */
export type Blank = { readonly place: Place; readonly why: 'null' | 'gone' }

/** A property of the person that is not a choice, such as `country` or `metadata` › `plan`. */
export type Attribute = { readonly path: readonly string[]; readonly value: string }

/** Didomi's two families of webhooks: partial updates (`event.*`) or applied state (`user.*`). R7. */
const FAMILIES = ['event', 'user'] as const
export type Family = (typeof FAMILIES)[number]

const KINDS = ['created', 'updated', 'deleted'] as const
type FactKind = (typeof KINDS)[number]

/** What a webhook of Didomi is called: a family and a kind. */
export type FactType = `${Family}.${FactKind}`

export const typeOf = ({ family, kind }: { readonly family: Family; readonly kind: FactKind }): FactType =>
  `${family}.${kind}`

const NAMED = FAMILIES.flatMap(family => KINDS.map(kind => ({ family, kind })))

/** Every type that Didomi sends (R1). */
export const FACT_TYPES: readonly FactType[] = NAMED.map(typeOf)

/** The family and the kind of a webhook; undefined when Didomi has no such type. */
export const parseType = (type: string) => NAMED.find(each => typeOf(each) === type)

/** What a Didomi entity said at one moment. */
export type Entity = {
  readonly version: number | undefined
  readonly at: number | undefined
  readonly statements: readonly Statement[]
  readonly blanks: readonly Blank[]
  readonly attributes: readonly Attribute[]
  /** Paths of attributes that the state before held and that this one lacks (R8). */
  readonly lostAttributes: readonly (readonly string[])[]
  /** Whether it speaks of consents at all: missing is not null (R3). */
  readonly hasConsents: boolean
}

/**
 * One record of Didomi, kept until its person is erased, and never changed. All times are integer
 * milliseconds. `at` is its effective time for what it denies, computed once at receipt; what it grants counts from
 * `grantsAt` (R10).
 */
export type Fact = {
  readonly id: string
  readonly family: Family
  readonly kind: FactKind
  /** The Didomi event's or user's own id. */
  readonly entityId: string
  /** The Didomi user; several of them may be one person. Empty when the record names none. */
  readonly userId: string
  /** Whose `organization_user_id` the record writes, in its new entity or else in its old one (R5). */
  readonly names: string | undefined
  readonly at: number
  /** The time that it states itself, or that its source does. */
  readonly statedAt: number
  /** What its times rest on: a stamp, its place among the versions of its user, or its receipt alone (R10). */
  readonly datedBy: 'stamp' | 'version' | 'receipt'
  /** The time of its receipt, corrected by what is known of our own clock (R31). */
  readonly receivedAt: number
  /** By how much the time of the service was behind then, which is in `receivedAt`; or ahead if negative. */
  readonly clockOff?: number | undefined
  readonly createdAt: number | undefined
  readonly status: 'confirmed' | 'pending_approval'
  readonly regulation: string
  /** A deletion that names no regulation counts under all of them (R4). */
  readonly namesRegulation: boolean
  readonly after: Entity
  /** The same entity just before, when the record carries it. */
  readonly before: Entity | undefined
  /** The Didomi event that made a user change, when the record names it. */
  readonly cause: { readonly id: string; readonly at: number | undefined } | undefined
}

/** When it came in by the time of the service, by which everything waits. */
export const heardAt = ({ receivedAt, clockOff = 0 }: Pick<Fact, 'receivedAt' | 'clockOff'>): number =>
  receivedAt - Math.max(0, clockOff)

/**
 * R10: what a fact grants counts from our receipt at the latest, so that a fast clock cannot beat a later denial. Ours may
 * be fast as well: a grant is dated by the earlier of what it says and what it is known to be off by, a denial by the
 * later one, so that a wrong comparison never makes a grant win.
 */
export const grantsAt = ({ at, receivedAt, clockOff = 0 }: Pick<Fact, 'at' | 'receivedAt' | 'clockOff'>): number =>
  Math.min(at, receivedAt + Math.min(0, clockOff))

/**
 * R23: could this fact take something back? Decided from the fact alone, so that ingest need not read history;
 * when it cannot tell (no record of before), it says yes: a grant in the fast lane does no harm.
 */
export function mayWithdraw(fact: Pick<Fact, 'kind' | 'after' | 'before' | 'family'>): boolean {
  if (fact.kind === 'deleted' || fact.after.blanks.length > 0) return true
  const tellsAll = fact.family === 'user' && (fact.kind === 'created' || fact.before !== undefined)
  const before = new Map(fact.before?.statements.map(({ place, answer }) => [placeKey(place), answer]))
  return fact.after.statements.some(({ place, answer }) => {
    const known = before.get(placeKey(place))
    if (known !== undefined) return withdraws(known, answer)
    return isDenied(answer) || (typeof answer !== 'boolean' && !tellsAll)
  })
}
