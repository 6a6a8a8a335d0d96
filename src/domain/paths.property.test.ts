import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choice, someId, stateOf } from '../../test/builders.ts'
import { placeKey, type Answer, type Place } from './choice.ts'
import { sharedPaths } from './known-paths.ts'
import { describe as inWords, listText, lookUp } from './paths.ts'

const maybeId = fc.option(someId, { nil: undefined })
const somePlace: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ kind: fc.constant('purpose'), purpose: someId, legitimateInterest: fc.boolean() }),
  fc.record({ kind: fc.constant('preference'), purpose: someId, preference: someId }),
  fc.record({ kind: fc.constant('vendor'), vendor: someId, legitimateInterest: fc.boolean() }),
  fc.record({ kind: fc.constant('channel'), purpose: someId, preference: maybeId, channel: someId }),
)
const someAnswer: fc.Arbitrary<Answer> = fc.oneof(fc.boolean(), fc.uniqueArray(someId, { maxLength: 3 }))
const someChoices = fc.uniqueArray(
  fc
    .tuple(somePlace, someAnswer)
    .map(([place, answer]) => choice(place, place.kind === 'preference' ? answer : answer === true)),
  { selector: ({ place }) => placeKey(place), minLength: 1, maxLength: 6 },
)

/** The spellings of Didomi's pages, written from them and not from the code. */
function spellings(place: Place): string[] {
  switch (place.kind) {
    case 'purpose':
      return [`consents_purposes_${place.purpose}_enabled${place.legitimateInterest ? '_li' : ''}`]
    case 'vendor':
      return [`consents_vendors_${place.vendor}_enabled${place.legitimateInterest ? '_li' : ''}`]
    case 'preference':
      return [
        `consents_purposes_${place.purpose}_preferences_${place.preference}_enabled`,
        `consents_preferences_${place.preference}_enabled`,
      ]
    case 'channel': {
      const purpose = `consents_purposes_${place.purpose ?? ''}`
      const stems =
        place.preference === undefined
          ? [purpose]
          : [`${purpose}_preferences_${place.preference}`, `consents_preferences_${place.preference}`]
      return stems.flatMap(stem => ['channel', 'channels'].map(word => `${stem}_${word}_${place.channel}_enabled`))
    }
  }
}

const isGranted = (answer: Answer) => answer === true || (Array.isArray(answer) && answer.length > 0)

test('R11: every path of a person finds its own place, or is ambiguous and says so, but never finds another place', () => {
  fc.assert(
    fc.property(someChoices, choices => {
      const state = stateOf(choices)
      for (const { place, answer } of choices) {
        for (const path of spellings(place)) {
          const found = lookUp(state, path)
          if (found.kind === 'ambiguous') expect(found.between).toContain(inWords(place))
          else expect(found).toEqual({ kind: 'choice', place, granted: isGranted(answer) })
        }
      }
    }),
    { numRuns: 2_000 },
  )
})

test('R11: where no other place has the same spelling, a path is not ambiguous', () => {
  fc.assert(
    fc.property(somePlace, place => {
      for (const path of spellings(place)) {
        expect(lookUp(stateOf([choice(place, true)]), path)).toEqual({ kind: 'choice', place, granted: true })
      }
    }),
    { numRuns: 2_000 },
  )
})

test('R13: a multi-choice preference gives its list and a yes for just the ids in it, or is ambiguous', () => {
  const someList = fc.tuple(someId, someId, fc.uniqueArray(someId, { maxLength: 4 }), someId)
  fc.assert(
    fc.property(someList, someChoices, ([purpose, preference, picked, id], others) => {
      const place: Place = { kind: 'preference', purpose, preference }
      const rest = others.filter(other => placeKey(other.place) !== placeKey(place))
      const state = stateOf([...rest, choice(place, picked)])
      const stem = `consents_purposes_${purpose}_values_${preference}_value`
      const [list, single] = [lookUp(state, stem), lookUp(state, `${stem}_${id}_enabled`)]
      if (list.kind === 'ambiguous') expect(list.between).toContain(inWords(place))
      else expect(list).toEqual({ kind: 'text', text: picked.toSorted().join(',') })
      if (single.kind === 'ambiguous') expect(single.between).toContain(inWords(place))
      else expect(single).toEqual({ kind: 'choice', place, granted: picked.includes(id) })
    }),
    { numRuns: 1_500 },
  )
})

test('R13: neither the order in which ids were picked nor a repeat changes what a list path gives', () => {
  const someOrders = fc
    .array(someId, { maxLength: 5 })
    .chain(picked => fc.tuple(fc.constant(picked), fc.shuffledSubarray(picked, { minLength: picked.length })))
  fc.assert(
    fc.property(someOrders, ([picked, shuffled]) => {
      expect(listText([...shuffled, ...picked])).toBe(listText(picked))
    }),
    { numRuns: 500 },
  )
})

test('R13: a preference that is denied as a whole denies each of its values, whatever its id', () => {
  fc.assert(
    fc.property(someId, someId, someId, (purpose, preference, id) => {
      const place: Place = { kind: 'preference', purpose, preference }
      const path = `consents_purposes_${purpose}_values_${preference}_value_${id}_enabled`
      for (const answer of [false, []])
        expect(lookUp(stateOf([choice(place, answer)]), path)).toEqual({ kind: 'choice', place, granted: false })
      expect(lookUp(stateOf([choice(place, true)]), path)).toEqual({ kind: 'nothing' })
    }),
    { numRuns: 500 },
  )
})

test('R11: no path, however odd, makes the look-up fail', () => {
  fc.assert(
    fc.property(someChoices, fc.string({ unit: 'binary', maxLength: 60 }), (choices, path) => {
      expect(['nothing', 'choice', 'text', 'ambiguous']).toContain(lookUp(stateOf(choices), path).kind)
    }),
    { numRuns: 300 },
  )
})

const someAttributes = fc.uniqueArray(
  fc.record({ path: fc.array(someId, { minLength: 1, maxLength: 2 }), value: someId }),
  { selector: ({ path }) => JSON.stringify(path), maxLength: 3 },
)

test('R11: every path that is suggested is found, and gives what it was said to give', () => {
  fc.assert(
    fc.property(someChoices, someAttributes, (choices, attributes) => {
      const state = stateOf(choices, attributes)
      for (const { path, kind, samples } of sharedPaths([state])) {
        // An empty list is no sample.
        const [sample = ''] = samples
        const found = lookUp(state, path)
        if (kind === 'yes_no') expect(found).toMatchObject({ kind: 'choice', granted: sample === 'true' })
        else expect(found).toEqual({ kind: 'text', text: sample })
      }
    }),
    { numRuns: 2_000 },
  )
})

test('R11: every place of a person has a path that is suggested, unless another place spells it the same', () => {
  fc.assert(
    fc.property(someChoices, choices => {
      const state = stateOf(choices)
      const suggested = sharedPaths([state]).map(({ place }) => place)
      for (const each of choices) {
        const [alone = { path: '' }] = sharedPaths([stateOf([each])])
        if (lookUp(state, alone.path).kind !== 'ambiguous') expect(suggested).toContain(inWords(each.place))
      }
    }),
    { numRuns: 1_000 },
  )
})
