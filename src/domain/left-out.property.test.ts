import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  aUser,
  EVENTS,
  foldAll,
  MORNING,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  USERS,
} from '../../test/builders.ts'
import { type Fact } from './fact.ts'
import { dateFact } from './instant.ts'

/** When we had it, how far its clock was ahead, and whether sport is picked. */
type Pick = { readonly received: number; readonly lead: number; readonly sport: boolean }

const datedAs = ({ received, lead }: Pick) => {
  const receivedAt = MORNING + received * 1_000
  const dated = dateFact(new Date(receivedAt + lead * 1_000).toISOString(), receivedAt)
  if (!dated.credible) throw new Error(dated.why)
  return { at: dated.at, statedAt: dated.statedAt, receivedAt }
}

const picking = (pick: Pick, device: number): Fact => {
  const topics = says(TOPICS, pick.sport ? ['news', 'sport'] : ['news'])
  return anEvent({
    ...datedAs(pick),
    entityId: `e${device}`,
    userId: `d${device}`,
    says: [topics, says(NEWSLETTER, pick.sport)],
  })
}

/** One pick by each device, so that no clock orders two of them; no two count at one instant. */
const picks = fc
  .array(
    fc.record({
      received: fc.integer({ min: 0, max: 900 }),
      lead: fc.integer({ min: -600, max: 600 }),
      sport: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter(all => {
    const times = all.flatMap(pick => {
      const { at, receivedAt } = datedAs(pick)
      return [...new Set([at, Math.min(at, receivedAt)])]
    })
    return new Set(times).size === times.length
  })

describe('R10: what a list leaves out is denied when a denial would count', () => {
  test('so a value of lists ends as a yes or no that was stated at the same times', () => {
    fc.assert(
      fc.property(picks, all => {
        const state = foldAll(all.map(picking), EVENTS)
        const topics = answerAt(state, TOPICS)
        expect(topics).toContain('news')
        expect([...(topics as readonly string[])].includes('sport')).toBe(answerAt(state, NEWSLETTER))
      }),
      { numRuns: 2_000 },
    )
  })

  const AHEAD = { receivedAt: minute(10), at: minute(13), statedAt: minute(13) }
  const LATER = { receivedAt: minute(11), at: minute(11), statedAt: minute(11) }
  const all = ['art', 'film']

  test.each([
    ['by events', anEvent, EVENTS, all],
    // R8: what a record shows for the first time was granted at the earliest that it can have been.
    ['by records of the user', aUser, USERS, ['art']],
  ] as const)(
    '%s: a clock that is ahead takes a value back past a grant of another device',
    (_, telling, rules, afterwards) => {
      const of = (userId: string, times: Partial<Fact>, picked: readonly string[], version: number): Fact =>
        telling({
          ...times,
          userId,
          entityId: rules === USERS ? userId : `${userId}-${version}`,
          version,
          says: [says(TOPICS, picked)],
        })
      const before = of('fast', { receivedAt: minute(1), at: minute(1), statedAt: minute(1) }, all, 1)
      const other = of('other', { receivedAt: minute(2), at: minute(2), statedAt: minute(2) }, ['art'], 1)
      const dropped = of('fast', AHEAD, ['art'], 2)
      const granted = of('other', LATER, all, 2)
      expect(answerAt(foldAll([before, other, dropped, granted], rules), TOPICS)).toEqual(['art'])
      // The same clock says that this came after it.
      const again = of('fast', { receivedAt: minute(11), at: minute(14), statedAt: minute(14) }, all, 3)
      expect(answerAt(foldAll([before, dropped, again], rules), TOPICS)).toEqual(all)
      const later = of('other', { receivedAt: minute(14), at: minute(14), statedAt: minute(14) }, all, 3)
      expect(answerAt(foldAll([before, other, dropped, later], rules), TOPICS)).toEqual(afterwards)
    },
  )
})
