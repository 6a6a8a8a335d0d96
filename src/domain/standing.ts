import { type Fact, type Family } from './fact.ts'

/** Why a fact changes nothing at Mailchimp by itself. */
type Idle = 'anonymous' | 'evidence' | 'unread' | 'pending_approval' | 'other_regulation'

/** One plain sentence for each, for people who ask what became of an event. */
export const IDLE_EXPLANATIONS = {
  anonymous:
    'It names no organization_user_id, and nothing says yet whose its Didomi user is. It is kept, and counts as soon as that is known.',
  evidence:
    'The source folds the other family of webhooks. This one is evidence: by itself it grants and denies nothing, but a deletion or a time in it counts.',
  unread: 'No integration that is enabled reads this source.',
  pending_approval: 'It is pending approval; it counts once a later event confirms it.',
  other_regulation: 'No integration of the source takes choices made under this regulation.',
} as const satisfies Record<Idle, string>

type WhyIdleRequest = {
  readonly person: string | undefined
  /** The family that the source folds. */
  readonly feed: Family | undefined
  /** The regulations that each integration of the source takes. */
  readonly taken: readonly (readonly string[])[]
}

/** R7: a fact of the family that its source folds counts, and so does the deletion of a user. */
export const folds = ({ family, kind }: Pick<Fact, 'family' | 'kind'>, feed: Family | undefined): boolean =>
  family === feed || (family === 'user' && kind === 'deleted')

/** R7: the family that a source folds. Until its first fact decides, it is that of the first of `facts`, else `user`. */
export const feedFor = (feed: Family | undefined, facts: readonly Pick<Fact, 'family'>[]): Family =>
  feed ?? facts[0]?.family ?? 'user'

/** R5: the record names no person; its Didomi user says whose it is. */
export const isAdopted = ({ names }: Pick<Fact, 'names'>, person: string | undefined): boolean =>
  names === undefined && person !== undefined

/** R3–R5, R7: why a fact changes nothing by itself; undefined when it counts. */
export function whyIdle(fact: Fact, { person, feed, taken }: WhyIdleRequest): Idle | undefined {
  if (person === undefined) return 'anonymous'
  if (!folds(fact, feed)) return 'evidence'
  if (taken.length === 0) return 'unread'
  if (fact.status === 'pending_approval') return 'pending_approval'
  // A deletion takes back what was said under any regulation.
  const isTaken = fact.kind === 'deleted' || taken.some(regulations => regulations.includes(fact.regulation))
  return isTaken ? undefined : 'other_regulation'
}
