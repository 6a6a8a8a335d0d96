import { isDenied, placeKey, withdraws, type Answer, type Place } from './choice.ts'

/** What one record says about one place. */
export type Statement = { readonly place: Place; readonly answer: Answer }

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
  readonly attributes: readonly Attribute[]
}

/**
 * One thing that Didomi told us, kept until its person is erased, and never changed.
 * `at` is its effective time (R10), computed once at receipt; all times are integer milliseconds.
 */
export type Fact = {
  readonly id: string
  readonly family: Family
  readonly kind: FactKind
  /** The Didomi event's or user's own id. */
  readonly entityId: string
  /** The Didomi user; several of them may be one person. */
  readonly userId: string
  readonly at: number
  readonly receivedAt: number
  readonly createdAt: number | undefined
  readonly status: 'confirmed' | 'pending_approval'
  readonly regulation: string
  readonly after: Entity
  /** The same entity just before, when the record carries it. */
  readonly before: Entity | undefined
  /** The Didomi event that made a user change, when the record names it. */
  readonly cause: { readonly id: string; readonly at: number | undefined } | undefined
}

/**
 * R23: could this fact take something back? Decided from the fact alone, so that ingest need not read history;
 * when it cannot tell (no record of before), it says yes: a grant in the fast lane does no harm.
 */
export function mayWithdraw(fact: Pick<Fact, 'kind' | 'after' | 'before' | 'family'>): boolean {
  if (fact.kind === 'deleted') return true
  const tellsAll = fact.family === 'user' && (fact.kind === 'created' || fact.before !== undefined)
  const before = new Map(fact.before?.statements.map(({ place, answer }) => [placeKey(place), answer]))
  return fact.after.statements.some(({ place, answer }) => {
    const known = before.get(placeKey(place))
    if (known !== undefined) return withdraws(known, answer)
    return isDenied(answer) || (typeof answer !== 'boolean' && !tellsAll)
  })
}
