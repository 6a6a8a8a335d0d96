import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEWSLETTER, minute, someAnswer, word } from '../../test/builders.ts'
import { byPrecedence, byRestriction, placeKey, sameAnswer, withdraws, type Place, type Word } from './choice.ts'

const someChoices = fc.array(
  fc
    .tuple(someAnswer, fc.integer({ min: 0, max: 3 }))
    .map(([answer, minutes]) => word(NEWSLETTER, answer, minute(minutes))),
  { minLength: 3, maxLength: 8 },
)

/** Every pair or triple of a set that breaks the laws of a total order whose equals are `same`. */
function violations<T>(compare: (a: T, b: T) => number, same: (a: T, b: T) => boolean, items: readonly T[]): unknown[] {
  const order = (a: T, b: T) => Math.sign(compare(a, b))
  const pairs = items.flatMap(a => items.map(b => [a, b] as const))
  const triples = pairs.flatMap(([a, b]) => items.map(c => [a, b, c] as const))
  return [
    ...pairs.filter(([a, b]) => order(a, b) + order(b, a) !== 0 || (order(a, b) === 0) !== same(a, b)),
    ...triples.filter(([a, b, c]) => order(a, b) <= 0 && order(b, c) <= 0 && !(order(a, c) <= 0)),
  ]
}

test('R7: the order of choices is total, antisymmetric and transitive, and calls only equal choices equal', () => {
  const same = (a: Word, b: Word) => a.at === b.at && sameAnswer(a.answer, b.answer)
  fc.assert(
    fc.property(someChoices, choices => {
      expect(violations(byPrecedence, same, choices)).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})

test('R7: the order of restriction is total, antisymmetric and transitive, and calls only equal answers equal', () => {
  fc.assert(
    fc.property(fc.array(someAnswer, { minLength: 3, maxLength: 8 }), answers => {
      expect(violations(byRestriction, sameAnswer, answers)).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})

test('R7: what wins a tie never allows more than what loses it', () => {
  fc.assert(
    fc.property(someAnswer, someAnswer, (a, b) => {
      const [loser, winner] = byPrecedence(word(NEWSLETTER, a), word(NEWSLETTER, b)) < 0 ? [a, b] : [b, a]
      const allows = (answer: typeof a) =>
        typeof answer === 'boolean' ? Number(answer) * Infinity || 0 : answer.length
      expect(allows(winner)).toBeLessThanOrEqual(allows(loser))
    }),
    { numRuns: 2_000 },
  )
})

test('R23: going from one answer to another and back takes something back at least once, unless they allow the same', () => {
  fc.assert(
    fc.property(someAnswer, someAnswer, (a, b) => {
      const allowed = (answer: typeof a) =>
        typeof answer === 'boolean' ? String(answer) : answer.length === 0 ? 'false' : [...answer].sort().join()
      expect(withdraws(a, b) || withdraws(b, a)).toBe(allowed(a) !== allowed(b))
    }),
    { numRuns: 2_000 },
  )
})

const hostileId = fc.oneof(
  fc.constantFrom('', 'a', 'null', '","', '\\', '"', '__proto__', 'a_b', 'geolocation_data', 'audientse-fxqe89b2'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const maybeId = fc.option(hostileId, { nil: undefined })
const somePlace: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ kind: fc.constant('purpose'), purpose: hostileId, legitimateInterest: fc.boolean() }),
  fc.record({ kind: fc.constant('preference'), purpose: hostileId, preference: hostileId }),
  fc.record({ kind: fc.constant('channel'), purpose: maybeId, preference: maybeId, channel: hostileId }),
  fc.record({ kind: fc.constant('vendor'), vendor: hostileId, legitimateInterest: fc.boolean() }),
)

test('R11: two places have one key only if they are the same place, whatever is in their ids', () => {
  const same = (a: Place, b: Place) => Object.entries(a).every(([key, value]) => Reflect.get(b, key) === value)
  fc.assert(
    fc.property(somePlace, somePlace, (a, b) => {
      expect(placeKey(a) === placeKey(b)).toBe(a.kind === b.kind && same(a, b))
      expect(placeKey({ ...a })).toBe(placeKey(a))
    }),
    { numRuns: 3_000 },
  )
})
