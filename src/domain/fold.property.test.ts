import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  aUser,
  choiceAt,
  EVENTS,
  minute,
  NEWSLETTER,
  says,
  someEventHistory,
  someHistory,
  someRules,
  USERS,
  foldAll,
} from '../../test/builders.ts'
import { isDenied, placeKey } from './choice.ts'
import { type Fact } from './fact.ts'
import { inSequence } from './fold-user.ts'

/** The same facts in some other order, some of them more than once. */
const retold = (facts: readonly Fact[]): fc.Arbitrary<Fact[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...facts], { minLength: facts.length, maxLength: facts.length }),
      fc.shuffledSubarray([...facts]),
      fc.nat({ max: facts.length }),
    )
    .map(([shuffled, repeats, position]) => shuffled.toSpliced(position, 0, ...repeats))

describe('I3: the fold ignores order and repetition', () => {
  test('of any history of both families: shuffled, doubled, with deletions, pendings and equal stamps', () => {
    const twoTellings = someHistory.chain(facts => fc.tuple(fc.constant(facts), retold(facts)))
    fc.assert(
      fc.property(twoTellings, someRules, ([facts, again], rules) => {
        expect(foldAll(again, rules)).toEqual(foldAll(facts, rules))
      }),
      { numRuns: 4_000 },
    )
  })

  test('and does not touch the facts it is given', () => {
    const frozen = someHistory.map(facts => Object.freeze(facts.map(fact => Object.freeze(fact))))
    fc.assert(
      fc.property(frozen, someRules, (facts, rules) => {
        const before = JSON.stringify(facts)
        foldAll(facts, rules)
        expect(JSON.stringify(facts)).toBe(before)
      }),
      { numRuns: 300 },
    )
  })
})

test('I2: the same fact twice changes nothing', () => {
  fc.assert(
    fc.property(someHistory, someRules, fc.nat({ max: 11 }), (facts, rules, index) => {
      const again = facts[index]
      const repeated = again ? [...facts, { ...again, id: 'a second row' }] : facts
      expect(foldAll(repeated, rules)).toEqual(foldAll(facts, rules))
    }),
    { numRuns: 1_000 },
  )
})

test('R7: the other family is evidence: its statements alone are no choice of anybody', () => {
  fc.assert(
    fc.property(someHistory, fc.constantFrom('user', 'event'), (facts, family) => {
      const evidence = facts.filter(fact => fact.family !== family)
      expect(foldAll(evidence, { ...EVENTS, family }).choices).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})

test('R3, R4: pending facts and those of another regulation change no choice in the event family', () => {
  fc.assert(
    fc.property(someEventHistory, facts => {
      const confirmed = new Set(facts.filter(({ status }) => status === 'confirmed').map(({ entityId }) => entityId))
      const counting = facts.filter(
        fact =>
          fact.kind === 'deleted' ||
          // What is pending counts once a later version confirms it.
          ((fact.status === 'confirmed' || confirmed.has(fact.entityId)) && fact.regulation === 'gdpr'),
      )
      expect(foldAll(facts, EVENTS)).toEqual(foldAll(counting, EVENTS))
    }),
    { numRuns: 1_000 },
  )
})

describe('I5: the fold never allows more than the newest choice', () => {
  test('event family: a denial newer than every other statement about its place is the answer', () => {
    fc.assert(
      fc.property(someEventHistory, facts => {
        const words = facts
          .filter(fact => fact.kind !== 'deleted' && fact.regulation === 'gdpr')
          .flatMap(fact =>
            fact.after.statements.map(({ place, answer }) => ({
              key: placeKey(place),
              answer,
              // What is pending may count as late as any other version that confirms it.
              at: fact.status === 'confirmed' ? fact.at : Infinity,
            })),
          )
        const state = foldAll(facts, EVENTS)
        for (const { key, answer, at } of words) {
          const rivals = words.filter(other => other.key === key && other.at >= at)
          if (rivals.length > 1 || !isDenied(answer) || at === Infinity) continue
          const held = state.choices.find(({ place }) => placeKey(place) === key)
          expect(held && isDenied(held.answer)).toBe(true)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('event family: at its newest time a place that anybody refused is refused', () => {
    const someSay = fc.record({ at: fc.integer({ min: 0, max: 4 }).map(minute), answer: fc.boolean() })
    fc.assert(
      fc.property(fc.array(someSay, { minLength: 1, maxLength: 8 }), told => {
        const facts = told.map(({ at, answer }, index) =>
          anEvent({ at, says: [says(NEWSLETTER, answer)], entityId: `e${index}`, userId: `user-${index % 3}` }),
        )
        const newest = Math.max(...told.map(({ at }) => at))
        const expected = told.filter(({ at }) => at === newest).every(({ answer }) => answer)
        expect(choiceAt(foldAll(facts, EVENTS), NEWSLETTER)).toEqual({
          place: NEWSLETTER,
          answer: expected,
          at: newest,
        })
      }),
      { numRuns: 1_000 },
    )
  })

  test('user family: the denial in the highest version is never turned into a grant', () => {
    fc.assert(
      fc.property(someHistory, facts => {
        const history = facts.filter(fact => fact.kind !== 'deleted')
        const others = history.filter(fact => fact.family === 'event' || fact.userId === 'user-1')
        const final = aUser({ version: 99, at: minute(99), says: [says(NEWSLETTER, false)], userId: 'user-1' })
        const answer = answerAt(foldAll([final, ...others.map(versioned)], USERS), NEWSLETTER)
        expect(answer !== undefined && isDenied(answer)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** The same fact in a feed that carries versions, all of one life. */
const versioned = (fact: Fact): Fact => ({
  ...fact,
  createdAt: undefined,
  after: { ...fact.after, version: fact.after.version ?? 1 },
  before: fact.before && { ...fact.before, version: fact.before.version ?? 0 },
})

test('R7: the order of one user’s records is total and transitive, with or without versions, also at equal stamps', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const small = fc.integer({ min: 0, max: 2 })
  const someMoment = fc.record({ grants: small, denies: small, stated: small })
  const someView = fc.record({
    answer: fc.oneof(fc.boolean(), fc.constantFrom(['sport'], ['culture'], [], undefined)),
    takesOnly: fc.constant(false),
    sighting: fc.record({
      version: maybe(small),
      at: someMoment,
      answers: fc.constant(new Map()),
      blanks: fc.constant(new Set<string>()),
      changedAt: maybe(someMoment),
      isCauseOlder: fc.boolean(),
      causeId: maybe(fc.constantFrom('event-1', 'event-2')),
      bornAt: maybe(small),
      receivedAt: small,
      only: fc.constant(undefined),
      since: small,
      isBefore: fc.boolean(),
    }),
  })
  fc.assert(
    fc.property(someView, someView, someView, fc.boolean(), (a, b, c, withVersions) => {
      const compare = inSequence(withVersions)
      const order = (x: typeof a, y: typeof a) => Math.sign(compare(x, y))
      expect(order(a, b) + order(b, a)).toBe(0)
      expect(order(a, a)).toBe(0)
      if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 5_000 },
  )
})
