import { attributesOf } from './attributes.ts'
import { byText, denialLike, isDenied, type Choice } from './choice.ts'
import { type Attribute, type Fact, type Family } from './fact.ts'
import { groundOfEvents } from './fold-events.ts'
import { evidenceIn, groundOfUser } from './fold-user.ts'
import { acrossRegulations, lastWords, settle, type Ground } from './ground.ts'
import { groupBy } from './group.ts'
import { lifeIn, livesOf } from './lives.ts'
import { type Share } from './share.ts'

/** All facts about one person, as one state. */
export type ConsentState = {
  readonly choices: readonly Choice[]
  readonly attributes: readonly Attribute[]
  /** When each deleted Didomi user of this person was reported deleted. */
  readonly deletedUsers: readonly { readonly userId: string; readonly at: number }[]
}

export type FoldRules = {
  /** The family that the source folds; the other one is evidence only (R7). */
  readonly family: Family
  readonly regulations: readonly string[]
  readonly onUserDeleted: 'keep' | 'withdraw'
}

/**
 * R3–R10: one person's facts as one state. A pure function of the *set* of facts: arrival order and repeats do not
 * matter (I3). Stage 1 folds each Didomi user, life and regulation apart; stage 2 lets the latest choice of any of
 * them win, and then the strictest regulation.
 */
export const fold = (shares: readonly Share[], rules: FoldRules): ConsentState =>
  foldTogether([{ shares, leftAt: undefined }], rules)

/** One of the persons whose facts count for a contact; `leftAt` is when they ceased to name it, if so (R16f). */
type Voice = { readonly shares: readonly Share[]; readonly leftAt: number | undefined }

/**
 * R16b: the persons of one contact as one state, by stage 2. Of those who left it counts what they denied by then.
 * Attributes are of one person, so they count while a single one names the contact.
 */
export function foldTogether(voices: readonly Voice[], rules: FoldRules): ConsentState {
  const regulations = [...new Set(rules.regulations)].sort(byText)
  const byRegulation = new Map(
    regulations.map(regulation => {
      const grounds = voices.flatMap(voice => groundsOfVoice(regulation, voice, rules))
      return [regulation, settle(grounds)] as const
    }),
  )
  const naming = voices.filter(({ leftAt }) => leftAt === undefined)
  const [only, ...others] = naming
  const tellers = only && others.length === 0 ? tellersIn(only.shares.filter(isWhole), rules) : []
  return {
    choices: acrossRegulations(byRegulation),
    attributes: attributesOf(tellers),
    deletedUsers: deletionsIn(naming.flatMap(({ shares }) => shares)),
  }
}

const isWhole = ({ only }: Share): boolean => only === undefined

/** What states attributes: the facts of one Didomi user and life each. */
export function tellersIn(shares: readonly Share[], rules: FoldRules): Fact[][] {
  const stating = shares.filter(
    ({ fact }) => states(fact, rules) && rules.regulations.includes(fact.regulation) && fact.status === 'confirmed',
  )
  return lifetimes(stating, () => true).map(({ own }) => own.map(({ fact }) => fact))
}

function groundsOfVoice(regulation: string, { shares, leftAt }: Voice, rules: FoldRules): Ground[] {
  if (leftAt === undefined) return groundsUnder(regulation, shares, rules)
  const lost = shares.map((share): Share => (share.only === undefined ? { ...share, only: 'left' } : share))
  // That a user was deleted may withdraw what it granted until then.
  const ended = rules.onUserDeleted === 'withdraw' ? groundsUnder(regulation, shares, rules) : []
  return [...groundsUnder(regulation, lost, rules), ...ended].map(ground => denialsBy(leftAt, ground))
}

/** What was denied by then; a list denies what it lacks. */
const denialsBy = (leftAt: number, { standing, taken }: Ground): Ground => ({
  standing: [],
  taken: [...standing, ...taken]
    .filter(({ answer, at }) => answer !== true && at < leftAt)
    .map(({ place, answer, at, stated }) => ({ place, answer, at, stated, why: 'moved', onlyTakes: true })),
})

const states = (fact: Fact, { family }: FoldRules): boolean =>
  fact.family === family && fact.kind !== 'deleted' && (family === 'event' || fact.status === 'confirmed')

/** What each Didomi user and life says under one regulation. */
function groundsUnder(regulation: string, shares: readonly Share[], rules: FoldRules): Ground[] {
  const isUnder = (fact: Fact): boolean =>
    fact.regulation === regulation || (fact.kind === 'deleted' && !fact.namesRegulation)
  const events = shares.map(({ fact }) => fact).filter(fact => fact.family === 'event' && isUnder(fact))
  const evidence = rules.family === 'user' ? evidenceIn(events) : undefined
  const deleted = new Set(events.filter(fact => fact.kind === 'deleted').map(fact => fact.entityId))
  const birthsToo = shares.filter(({ fact }) => isUnder(fact) || fact.family === 'user')
  return lifetimes(birthsToo, isUnder).map(({ own, deletedAt }) => {
    const stated = own.filter(({ fact }) => isUnder(fact) && states(fact, rules))
    const ground = evidence ? groundOfUser(stated, evidence) : groundOfEvents(stated, deleted)
    return deletedAt !== undefined && rules.onUserDeleted === 'withdraw' ? endedAt(ground, deletedAt) : ground
  })
}

type Lifetime = { readonly own: Share[]; readonly deletedAt: number | undefined }

/** The shares of each Didomi user and life, and when we heard that it was deleted; a deletion counts if `ends` says so. */
function lifetimes(shares: readonly Share[], ends: (deletion: Fact) => boolean): Lifetime[] {
  return [...groupBy(shares, ({ fact }) => fact.userId).values()].flatMap(own => {
    const lives = livesOf(
      own.map(({ fact }) => fact),
      ends,
    )
    return [...groupBy(own, ({ fact }) => String(lifeIn(lives, fact))).values()].map(part => {
      const deletions = part.filter(({ fact }) => isUserDeletion(fact) && ends(fact)).map(({ fact }) => fact.receivedAt)
      const deletedAt = deletions.length === 0 ? undefined : deletions.reduce((a, b) => Math.min(a, b))
      return { own: part, deletedAt }
    })
  })
}

const isUserDeletion = (fact: Fact): boolean => fact.family === 'user' && fact.kind === 'deleted'

/** R6: under `withdraw` a deleted user grants nothing any more, from the deletion on. */
const endedAt = ({ standing, taken }: Ground, at: number): Ground => ({
  standing: [...lastWords(standing).values()].map(word =>
    isDenied(word.answer) || word.at > at ? word : { ...word, answer: denialLike(word.answer), at, stated: at },
  ),
  taken,
})

function deletionsIn(shares: readonly Share[]): ConsentState['deletedUsers'] {
  const deletions = groupBy(shares.map(({ fact }) => fact).filter(isUserDeletion), ({ userId }) => userId)
  return [...deletions]
    .map(([userId, own]) => ({ userId, at: own.reduce((at, fact) => Math.min(at, fact.receivedAt), Infinity) }))
    .sort((a, b) => byText(a.userId, b.userId))
}
