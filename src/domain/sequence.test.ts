import { describe, expect, test } from 'vitest'
import { anEvent, answerAt, EVENTS, foldAll, minute, NEWSLETTER, says, TOPICS } from '../../test/builders.ts'

describe('R10: a clock that was set between two events', () => {
  test.each([
    ['a day ahead when it granted, and right when it denied', 23 * 60, 0],
    ['ahead by 45 minutes, then by 4', 45, 4],
    ['ahead by 45 minutes both times', 45, 45],
    ['right both times', 0, 0],
  ])('a clock %s lets no grant beat the denial that came in after it', (_, leadOfGrant, leadOfDenial) => {
    const told = (granted: boolean, at: number, lead: number) =>
      anEvent({
        entityId: `e${at}`,
        says: [says(NEWSLETTER, granted)],
        receivedAt: minute(at),
        at: minute(at + Math.min(lead, 5)),
        statedAt: minute(at + lead),
      })
    const facts = [told(true, 10, leadOfGrant), told(false, 13, leadOfDenial)]
    for (const order of [facts, facts.toReversed()]) expect(answerAt(foldAll(order, EVENTS), NEWSLETTER)).toBe(false)
    const again = told(true, 14, Math.max(leadOfGrant, leadOfDenial) + 1)
    expect(answerAt(foldAll([...facts, again], EVENTS), NEWSLETTER)).toBe(true)
  })

  test.each([
    [11, ['art']],
    [14, ['art']],
    [16, ['art', 'film']],
  ])('a list that its clock dates behind all others denies for no longer: minute %i', (other, picked) => {
    const told = (userId: string, list: string[], { at, lead }: { at: number; lead: number }) =>
      anEvent({
        entityId: `e${at}`,
        userId,
        says: [says(TOPICS, list)],
        receivedAt: minute(at),
        at: minute(at + Math.min(lead, 5)),
        statedAt: minute(at + lead),
      })
    const facts = [
      told('phone', ['sport'], { at: 2, lead: 1_380 }),
      told('phone', ['art'], { at: 10, lead: 5 }),
      told('laptop', ['art', 'film'], { at: other, lead: 0 }),
    ]
    for (const order of [facts, facts.toReversed()]) expect(answerAt(foldAll(order, EVENTS), TOPICS)).toEqual(picked)
  })
})
