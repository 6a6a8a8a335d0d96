import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterRefusal, type Isolation } from './isolation.ts'
import { only, type Fields } from './plan.ts'

const REST = { named: [], isolation: [], refused: {} }

describe('a request that Mailchimp refuses for its fields (R13)', () => {
  test('is tried again without those that it names', () => {
    const fields = { NEWS: 'false', AGE: 'x' }
    expect(afterRefusal({ ...REST, fields, named: ['AGE', 'OTHER'] })).toEqual({ isolation: [], refused: { AGE: 'x' } })
  })

  test('is tried in two halves when it names none, what takes something back first', () => {
    const fields = { AGE: 'x', LANG: 'fr', NEWS: 'false' }
    expect(afterRefusal({ ...REST, fields })).toEqual({ isolation: [['NEWS', 'AGE'], ['LANG']], refused: {} })
  })

  test('was about its only field', () => {
    const isolation = [['AGE'], ['LANG']]
    const after = afterRefusal({ ...REST, fields: { AGE: 'x' }, isolation, refused: { B: '1' } })
    expect(after).toEqual({ isolation, refused: { B: '1', AGE: 'x' } })
  })

  /** What conclude and take do, with a Mailchimp that refuses whatever carries a bad field. */
  function carriedOut(desired: Fields, bad: ReadonlySet<string>) {
    let isolation: Isolation = []
    let refused: Fields = {}
    const delivered: Record<string, unknown> = {}
    for (let requests = 0; ; requests++) {
      const left = Object.keys(desired).filter(tag => !(tag in refused) && !(tag in delivered))
      while (isolation[0]?.every(tag => !left.includes(tag))) isolation = isolation.slice(1)
      const fields = only(desired, isolation[0]?.filter(tag => left.includes(tag)) ?? left)
      if (Object.keys(fields).length === 0) return { requests, refused, delivered }
      if (Object.keys(fields).some(tag => bad.has(tag)))
        ({ isolation, refused } = afterRefusal({ fields, named: [], isolation, refused }))
      else {
        Object.assign(delivered, fields)
        isolation = isolation.slice(1)
      }
    }
  }

  test('every field that can be delivered is, every other one is set aside, in less than twice as many requests', () => {
    const tags = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,3}$/), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(tags, fc.infiniteStream(fc.boolean()), (names, coins) => {
        const bad = new Set(names.filter(() => coins.next().value === true))
        const desired = Object.fromEntries(names.map(name => [name, 'true']))
        const { requests, refused, delivered } = carriedOut(desired, bad)
        expect(new Set(Object.keys(refused))).toEqual(bad)
        expect(new Set(Object.keys(delivered))).toEqual(new Set(names.filter(name => !bad.has(name))))
        expect(requests).toBeLessThan(2 * names.length)
      }),
    )
  })
})
