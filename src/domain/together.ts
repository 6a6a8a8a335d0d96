import { type Fact, type Family } from './fact.ts'
import { fold, foldTogether, tellersIn, type ConsentState, type FoldRules } from './fold.ts'
import { chosenBy, isNewLife } from './erasure.ts'
import { type Settings } from './integration.ts'
import { namingOf, type Naming } from './naming.ts'
import { type ContactRef } from './person.ts'
import { contactFor } from './plan.ts'
import { type Share } from './share.ts'
import { newestStatements } from './statements.ts'
import { sharesOf } from './whose.ts'

/** What is decided on about one contact: the facts of all who name it, together (R16b). */
export type Together = {
  readonly state: ConsentState
  readonly contact: ContactRef | undefined
  /** By place, the newest fact that states something there (R21). */
  readonly heard: ReadonlyMap<string, string>
  /** Who names the contact now, or the person themselves where there is none. Empty once all have left it (R16f). */
  readonly namedBy: readonly string[]
  /** Who named it before. */
  readonly leftBy: readonly string[]
  /** The newest fact of all these persons. */
  readonly newestFact: string | undefined
}

export type PersonRequest = {
  readonly facts: readonly Fact[]
  readonly feed: Family
  readonly person: string
  readonly settings: Settings
  /** What they chose by then is being erased (R34); undefined while that was not asked for. */
  readonly erasedBy: number | undefined
}

/** What an integration makes of the facts of one person, before anything is known of the contact. */
export type Person = Together & {
  readonly person: string
  readonly shares: readonly Share[]
  readonly naming: Naming
  readonly rules: FoldRules
  readonly erasedBy: number | undefined
}

/** Whose each fact is, the fold, and the contact that it names. */
export function personFrom({ facts, feed, person, settings, erasedBy }: PersonRequest): Person {
  const { regulations, onUserDeleted } = settings.options
  const rules = { family: feed, regulations, onUserDeleted }
  const shares = sharesOf(person, facts)
  const state = fold(shares, rules)
  const contact = contactFor(state, person, settings)
  const tellers = () =>
    tellersIn(
      shares.filter(({ only }) => only !== 'denials'),
      rules,
    )
  return {
    person,
    state,
    contact,
    heard: newestStatements(shares, rules),
    namedBy: [person],
    leftBy: [],
    newestFact: newestOf(facts.map(({ id }) => id)),
    shares,
    naming: namingOf(settings, { now: contact, tellers }),
    rules,
    erasedBy,
  }
}

const newestOf = (ids: readonly string[]): string | undefined =>
  ids.length === 0 ? undefined : ids.reduce((a, b) => (a > b ? a : b))

/** Who left a contact, and when at the latest. */
export type Leaver = { readonly of: Person; readonly leftAt: number }

type Voices = { readonly naming: readonly Person[]; readonly left: readonly Leaver[] }

/**
 * As whom a person speaks at the contact that they name. R34: one who is being erased left it when that was asked for,
 * and names it only by what they chose since.
 */
export function voicesOf(of: Person): Voices {
  const { erasedBy, shares } = of
  if (erasedBy === undefined) return { naming: [of], left: [] }
  const since = shares.filter(({ fact }) => !chosenBy(fact, erasedBy))
  return {
    naming: since.some(({ fact }) => isNewLife(fact, erasedBy)) ? [{ ...of, shares: since }] : [],
    left: [{ of: { ...of, shares: shares.filter(({ fact }) => chosenBy(fact, erasedBy)) }, leftAt: erasedBy + 1 }],
  }
}

type TogetherRequest = {
  readonly contact: ContactRef
  readonly naming: readonly Person[]
  readonly left: readonly Leaver[]
}

/** R16b, R16f: the persons who name a contact, and what those who left it had denied. */
export function togetherOf({ contact, naming, left }: TogetherRequest): Together {
  const people = [...naming, ...left.map(({ of }) => of)]
  const [first] = people
  const voices = [
    ...naming.map(({ shares }) => ({ shares, leftAt: undefined })),
    ...left.map(({ of: { shares }, leftAt }) => ({ shares, leftAt })),
  ]
  return {
    state: first ? foldTogether(voices, first.rules) : NOTHING_SAID,
    contact,
    heard: first ? newestStatements(voices.flatMap(countingIn), first.rules) : new Map(),
    namedBy: naming.map(({ person }) => person),
    leftBy: left.map(({ of: { person } }) => person),
    newestFact: newestOf(people.flatMap(({ newestFact }) => newestFact ?? [])),
  }
}

const NOTHING_SAID: ConsentState = { choices: [], attributes: [], deletedUsers: [] }

/** What a person said of a contact after they left it does not have to reach it. */
const countingIn = ({ shares, leftAt }: { readonly shares: readonly Share[]; readonly leftAt: number | undefined }) =>
  leftAt === undefined ? shares : shares.filter(({ fact: { at, cause } }) => Math.min(at, cause?.at ?? at) < leftAt)
