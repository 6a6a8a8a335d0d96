import fc from 'fast-check'
import { expect, test } from 'vitest'
import { someHistory, someRules } from '../../test/builders.ts'
import { type Fact } from './fact.ts'
import { fold, type FoldRules } from './fold.ts'

type Word = { readonly place: unknown; readonly answer: boolean | readonly string[]; readonly at: number }

const isNo = ({ answer }: Pick<Word, 'answer'>) => answer === false || (Array.isArray(answer) && answer.length === 0)
const generosity = ({ answer }: Word) => (answer === true ? 99 : answer === false ? 0 : answer.length)
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/**
 * The event family of docs/design.md told once more, naively and without the fold's own parts: gather every word
 * that counts, and for each place let the last one stand.
 */
function oracle(facts: readonly Fact[], { regulations, onUserDeleted }: FoldRules): Word[] {
  const deletionsOf = (userId: string) =>
    facts.filter(fact => fact.family === 'user' && fact.kind === 'deleted' && fact.userId === userId)
  const goneAt = (userId: string) => Math.min(...deletionsOf(userId).map(fact => fact.at)) // R6
  const heard = facts.filter(
    fact =>
      fact.family === 'event' && // R7
      fact.kind !== 'deleted' &&
      fact.status === 'confirmed' && // R3
      regulations.includes(fact.regulation) && // R4
      fact.at <= goneAt(fact.userId),
  )
  const isAfter = (a: Fact, b: Fact) => a.at > b.at || (a.at === b.at && a.kind === 'updated' && b.kind === 'created')
  const wordsOf = (fact: Fact) => {
    const versions = heard.filter(({ entityId, userId }) => entityId === fact.entityId && userId === fact.userId)
    const newest = versions.filter(version => !versions.some(other => isAfter(other, version)))
    const isRemoved = facts.some(
      ({ kind, family, entityId }) => kind === 'deleted' && family === 'event' && entityId === fact.entityId,
    )
    return fact.after.statements.flatMap(({ place, answer }): Word[] => {
      const word = { place, answer, at: fact.at }
      const isReplaced = newest.some(version => version.after.statements.some(other => same(other.place, place)))
      if (newest.includes(fact) ? isRemoved && !isNo(word) : isReplaced || !isNo(word)) return [] // R6, R8
      return [word]
    })
  }
  const ended = (userId: string) => (word: Word) =>
    onUserDeleted === 'keep' || isNo(word) || goneAt(userId) === Infinity
      ? word
      : { ...word, answer: typeof word.answer === 'boolean' ? false : [], at: goneAt(userId) } // R6
  const users = new Set(heard.map(({ userId }) => userId))
  return lastOf(
    [...users].flatMap(userId =>
      lastOf(heard.filter(one => one.userId === userId).flatMap(wordsOf)).map(ended(userId)),
    ),
  )
}

const beats = (a: Word, b: Word) => a.at > b.at || (a.at === b.at && generosity(a) < generosity(b)) // R7
const lastOf = (words: readonly Word[]) =>
  words.filter(word => !words.some(other => same(other.place, word.place) && beats(other, word)))

/** Places of which a deleted or replaced event picked some values: what those took back is for other tests to say. */
const withLapsedPicks = (facts: readonly Fact[]): Set<string> =>
  new Set(
    facts
      .filter(({ family, entityId }) => family === 'event' && facts.filter(one => one.entityId === entityId).length > 1)
      .flatMap(fact => fact.after.statements.filter(({ answer }) => typeof answer !== 'boolean'))
      .map(({ place }) => JSON.stringify(place)),
  )

test('R3 to R9: the event family agrees with a naive telling of the rules', () => {
  fc.assert(
    fc.property(someHistory, someRules, (facts, rules) => {
      const last = oracle(facts, rules)
      const { choices } = fold(facts, { ...rules, family: 'event' })
      const places = new Set(last.map(({ place }) => JSON.stringify(place)))
      expect(new Set(choices.map(({ place }) => JSON.stringify(place)))).toEqual(places)
      const lapsed = withLapsedPicks(facts)
      for (const choice of choices) {
        const words = last.filter(({ place }) => same(place, choice.place))
        // Lists of one length at one instant are equally restrictive; which of them wins is fixed, but free.
        if (!lapsed.has(JSON.stringify(choice.place))) expect(words).toContainEqual(choice)
        else expect(generosity(choice)).toBeLessThanOrEqual(Math.max(...words.map(generosity)))
      }
    }),
    { numRuns: 3_000 },
  )
})
