import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEWSLETTER } from '../../test/builders.ts'
import { placeKey } from './choice.ts'
import { createDenials, lastWords, sequenced } from './ground.ts'

const time = fc.nat({ max: 12 })
const word = fc.record({ at: time, stated: time })

test('R10: a grant counts behind every denial that was stated by then, in any order of receipt', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), word, (words, grant) => {
      const denials = createDenials()
      for (const each of words) denials.add(each)
      const before = words.filter(({ stated }) => stated <= grant.stated)
      expect(denials.countsAfter(grant)).toBe(Math.max(grant.at, ...before.map(({ at }) => at + 1)))
    }),
    { numRuns: 5_000 },
  )
})

test('R10: the words of one user count in the order in which they were stated, a denial at the time of a grant as well', () => {
  const someWord = fc.record({ at: time, stated: time, answer: fc.boolean() })
  fc.assert(
    fc.property(fc.array(someWord, { minLength: 1, maxLength: 8 }), words => {
      const standing = words.map(each => ({ ...each, place: NEWSLETTER }))
      const dated = sequenced({ standing, taken: [] }).standing
      const last = words.toSorted((a, b) => b.stated - a.stated || Number(a.answer) - Number(b.answer))[0]
      expect(lastWords(dated).get(placeKey(NEWSLETTER))?.answer).toBe(last?.answer)
      for (const [index, { at, answer }] of dated.entries()) {
        const before = words.filter(({ stated }) => stated <= (words[index]?.stated ?? 0))
        expect(at).toBeGreaterThanOrEqual(words[index]?.at ?? 0)
        expect(at, String(answer)).toBeLessThanOrEqual(Math.max(...before.map(each => each.at)) + before.length)
      }
    }),
    { numRuns: 5_000 },
  )
})
