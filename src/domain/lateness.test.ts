import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from './instant.ts'
import { newsOf, type LateLevel } from './lateness.ts'

describe('how late a withdrawal is', () => {
  test.each([
    [undefined, undefined],
    [0, undefined],
    [15 * MINUTE - 1, undefined],
    [15 * MINUTE, 'warning'],
    [HOUR - 1, 'warning'],
    [HOUR, 'error'],
    [DAY - 1, 'error'],
    [DAY, 'incident'],
    [30 * DAY, 'incident'],
  ])('R26: after %s ms: %s', (age, level) => {
    expect(newsOf(undefined, age)).toBe(level)
  })
})

/** What is told while the oldest waiting withdrawal has these ages, one look after the other. */
function told(ages: readonly (number | undefined)[]) {
  const news: string[] = []
  let before: LateLevel | undefined
  for (const age of ages) {
    const next = newsOf(before, age)
    if (next === undefined) continue
    news.push(next)
    before = next === 'caught_up' ? undefined : next
  }
  return news
}

describe('what is told', () => {
  test.each([
    ['nothing while none is late', [undefined, 0, MINUTE, undefined], []],
    ['each level once', [20 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, DAY, 2 * DAY], ['warning', 'error', 'incident']],
    ['a level that was skipped is not made up for', [2 * DAY, 3 * DAY], ['incident']],
    ['what gets better is no news before it is over', [2 * HOUR, 20 * MINUTE, 2 * HOUR], ['error']],
    ['the end, once, and the next time anew', [HOUR, undefined, 0, HOUR], ['error', 'caught_up', 'error']],
  ])('R26: %s', (_, ages, news) => {
    expect(told(ages)).toEqual(news)
  })

  test('R26: whatever comes, no level is told twice before the end, and the end only after a level', () => {
    const ages = fc.array(fc.option(fc.integer({ min: 0, max: 2 * DAY }), { nil: undefined }))
    fc.assert(
      fc.property(ages, some => {
        const episodes = told(some).join(' ').split('caught_up')
        for (const episode of episodes.map(text => text.trim().split(' ').filter(Boolean)))
          expect(new Set(episode).size).toBe(episode.length)
        expect(episodes.slice(0, -1).map(text => text.trim())).not.toContain('')
      }),
    )
  })
})
