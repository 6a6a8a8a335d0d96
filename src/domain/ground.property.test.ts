import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDenials } from './ground.ts'

const time = fc.nat({ max: 12 })
const word = fc.record({ at: time, stated: time })

test('R10: a grant counts behind every denial that was stated before it, in whatever order they were heard', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), word, (words, grant) => {
      const denials = createDenials()
      for (const each of words) denials.add(each)
      const before = words.filter(({ stated }) => stated < grant.stated)
      expect(denials.countsAfter(grant)).toBe(Math.max(grant.at, ...before.map(({ at }) => at + 1)))
    }),
    { numRuns: 5_000 },
  )
})
