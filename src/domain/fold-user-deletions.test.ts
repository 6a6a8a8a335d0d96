import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  aUser,
  denies,
  entity,
  eventDeleted,
  grants,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  USERS,
  foldAll,
} from '../../test/builders.ts'
import { type Fact } from './fact.ts'

const newsletterAfter = (...facts: Fact[]) => answerAt(foldAll(facts, USERS), NEWSLETTER)
const shuffles = (facts: Fact[]): Fact[][] =>
  facts.length < 2
    ? [facts]
    : facts.flatMap(one => shuffles(facts.filter(other => other !== one)).map(rest => [one, ...rest]))

const GRANT = { id: 'event-grant', at: minute(1) }
const REFUSAL = { id: 'event-refusal', at: minute(2) }

/** The person grants (version 1), withdraws (version 2), and the withdrawing event is deleted. */
const granted = aUser({ kind: 'created', version: 1, at: minute(1), says: [grants(NEWSLETTER)], cause: GRANT })
const withdrawn = aUser({
  version: 2,
  at: minute(2),
  says: [denies(NEWSLETTER)],
  before: entity([grants(NEWSLETTER)], { version: 1, at: minute(1) }),
  cause: REFUSAL,
})
const refusal = anEvent({ entityId: REFUSAL.id, at: minute(2), says: [denies(NEWSLETTER)] })
const gone = eventDeleted(REFUSAL.id, minute(3))

/** What Didomi then sends: the user, recomputed without that event. */
const recomputed = (cause: Fact['cause'], version = 3) =>
  aUser({
    version,
    at: minute(version),
    says: [grants(NEWSLETTER)],
    before: entity([denies(NEWSLETTER)], { version: version - 1, at: minute(version - 1) }),
    cause,
  })

describe('R6: deleting a withdrawal never grants again, in the user family', () => {
  test.each<[names: string, cause: Fact['cause']]>([
    ['the event that was deleted', { id: REFUSAL.id, at: minute(2) }],
    ['the deleted event without its time', { id: REFUSAL.id, at: undefined }],
    ['the older grant that is the newest event left', GRANT],
    ['no event at all', undefined],
  ])('whose recomputed record names %s, whatever order the facts come in', (_, cause) => {
    const facts = [granted, withdrawn, refusal, gone, recomputed(cause)]
    for (const order of shuffles(facts)) expect(newsletterAfter(...order)).toBe(false)
  })

  test('although the withdrawing event itself was never told, only its deletion', () => {
    for (const order of shuffles([granted, withdrawn, gone, recomputed(undefined)]))
      expect(newsletterAfter(...order)).toBe(false)
  })

  test('although later records repeat the grant', () => {
    const repeated = aUser({
      version: 4,
      at: minute(8),
      says: [grants(NEWSLETTER)],
      before: entity([grants(NEWSLETTER)], { version: 3, at: minute(3) }),
      cause: { id: 'event-other', at: minute(8) },
    })
    expect(newsletterAfter(granted, withdrawn, refusal, gone, recomputed(GRANT), repeated)).toBe(false)
  })

  test('until a newer grant, told before or after the deletion', () => {
    const again = recomputed({ id: 'event-again', at: minute(5) }, 5)
    for (const order of shuffles([granted, withdrawn, refusal, gone, again]))
      expect(newsletterAfter(...order)).toBe(true)
  })

  test('for a list: what was taken from it does not come back', () => {
    const list = (version: number, picked: string[], before: string[], cause: Fact['cause']) =>
      aUser({
        version,
        at: minute(version),
        says: [says(TOPICS, picked)],
        before: entity([says(TOPICS, before)], { version: version - 1, at: minute(version - 1) }),
        cause,
      })
    const facts = [
      list(1, ['sport', 'culture'], [], GRANT),
      list(2, ['sport'], ['sport', 'culture'], REFUSAL),
      gone,
      list(3, ['sport', 'culture'], ['sport'], { id: REFUSAL.id, at: undefined }),
    ]
    for (const order of shuffles(facts)) expect(answerAt(foldAll(order, USERS), TOPICS)).toEqual(['sport'])
  })
})

describe('R6: deleting a grant, in the user family', () => {
  test('lets the refusal stand that the recomputed record shows', () => {
    const refused = aUser({ kind: 'created', version: 1, at: minute(1), says: [denies(NEWSLETTER)] })
    const regretted = recomputed({ id: 'event-regretted', at: minute(2) }, 2)
    const back = aUser({
      version: 3,
      at: minute(4),
      says: [denies(NEWSLETTER)],
      before: entity([grants(NEWSLETTER)], { version: 2, at: minute(2) }),
    })
    for (const order of shuffles([refused, regretted, eventDeleted('event-regretted'), back]))
      expect(newsletterAfter(...order)).toBe(false)
  })

  test('counts at once, before the recomputed record comes in', () => {
    const refused = aUser({ kind: 'created', version: 1, at: minute(1), says: [denies(NEWSLETTER)] })
    const regretted = recomputed({ id: 'event-regretted', at: minute(2) }, 2)
    expect(newsletterAfter(refused, regretted)).toBe(true)
    expect(newsletterAfter(refused, regretted, eventDeleted('event-regretted'))).toBe(false)
  })
})

describe('R4: the evidence of another regulation', () => {
  test('does not hold back a grant', () => {
    const elsewhere = { ...refusal, regulation: 'cpra' }
    const facts = [withdrawn, recomputed(undefined)].map(fact => ({ ...fact, cause: undefined }))
    expect(newsletterAfter(...facts, elsewhere, gone)).toBe(true)
  })
})
