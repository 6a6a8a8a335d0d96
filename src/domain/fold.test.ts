import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  attribute,
  aUser,
  channel,
  choiceAt,
  COOKIES,
  denies,
  entity,
  eventDeleted,
  EVENTS,
  grants,
  minute,
  NEWSLETTER,
  objection,
  purpose,
  says,
  TOPICS,
  userDeleted,
  USERS,
  foldAll,
} from '../../test/builders.ts'
import { type FoldRules } from './fold.ts'

const BOTH = [
  { family: 'event', tell: anEvent, rules: EVENTS },
  { family: 'user', tell: aUser, rules: USERS },
] as const

describe.each(BOTH)('the fold of the $family family', ({ tell, rules }) => {
  test('knows nothing of a person of whom nothing was told', () => {
    expect(foldAll([], rules)).toEqual({ choices: [], attributes: [], deletedUsers: [] })
  })

  test('R9: where no choice was made, there is neither a grant nor a refusal', () => {
    const state = foldAll([tell({ says: [grants(NEWSLETTER)] })], rules)
    expect(choiceAt(state, COOKIES)).toBeUndefined()
    expect(state.choices).toHaveLength(1)
  })

  test('R9: a choice that is no longer mentioned stays as it was', () => {
    const facts = [
      tell({ says: [denies(NEWSLETTER)], at: minute(1), entityId: 'e1', version: 1 }),
      tell({ says: [grants(COOKIES)], at: minute(2), entityId: 'e2', version: 2 }),
    ]
    expect(answerAt(foldAll(facts, rules), NEWSLETTER)).toBe(false)
  })

  test('R3: what is pending is not applied, be it a grant or a refusal', () => {
    const pending = { status: 'pending_approval', at: minute(5), entityId: 'e2', version: 2 } as const
    const known = tell({ says: [denies(NEWSLETTER), grants(COOKIES)], at: minute(1), entityId: 'e1', version: 1 })
    const asked = tell({
      ...pending,
      says: [grants(NEWSLETTER), denies(COOKIES)],
      attributes: [attribute('country', 'FR')],
    })
    expect(foldAll([known, asked], rules)).toEqual(foldAll([known], rules))
  })

  test('R3: a later fact that confirms it applies it, whichever of the two comes in first', () => {
    const asked = tell({ says: [grants(NEWSLETTER)], status: 'pending_approval', at: minute(1), entityId: 'e1' })
    const confirmed = tell({ says: [grants(NEWSLETTER)], kind: 'updated', at: minute(9), entityId: 'e1' })
    expect(answerAt(foldAll([asked, confirmed], rules), NEWSLETTER)).toBe(true)
    expect(foldAll([confirmed, asked], rules)).toEqual(foldAll([asked, confirmed], rules))
  })

  test('R4: another regulation never overwrites, neither by a grant nor by a refusal', () => {
    const european = tell({ says: [denies(NEWSLETTER), grants(COOKIES)], at: minute(1), userId: 'user-1' })
    const californian = { regulation: 'cpra', at: minute(5), userId: 'user-2', entityId: 'e2' }
    const other = tell({
      ...californian,
      says: [grants(NEWSLETTER), denies(COOKIES)],
      attributes: [attribute('country', 'US')],
    })
    expect(foldAll([european, other], rules)).toEqual(foldAll([european], rules))
    expect(answerAt(foldAll([european, other], { ...rules, regulations: ['cpra'] }), NEWSLETTER)).toBe(true)
    expect(answerAt(foldAll([european, other], { ...rules, regulations: ['gdpr', 'cpra'] }), COOKIES)).toBe(false)
  })

  test('R7: over the Didomi users of one person, the latest choice for each place wins', () => {
    const phone = tell({ userId: 'phone', says: [grants(NEWSLETTER), denies(COOKIES)], at: minute(3), kind: 'created' })
    const laptop = tell({
      userId: 'laptop',
      says: [denies(NEWSLETTER), grants(COOKIES)],
      at: minute(2),
      kind: 'created',
    })
    const state = foldAll([phone, laptop], rules)
    expect(answerAt(state, NEWSLETTER)).toBe(true)
    expect(answerAt(state, COOKIES)).toBe(false)
  })

  test.each([
    { phone: true, laptop: false, winner: false },
    { phone: false, laptop: true, winner: false },
    { phone: ['sport', 'culture'], laptop: ['sport'], winner: ['sport'] },
    { phone: ['sport'], laptop: [], winner: [] },
  ])('R7: at one instant the more restrictive of $phone and $laptop wins', ({ phone, laptop, winner }) => {
    const told = (userId: string, answer: boolean | string[]) =>
      tell({ userId, says: [says(TOPICS, answer)], kind: 'created', at: minute(1) })
    const facts = [told('phone', phone), told('laptop', laptop)]
    expect(answerAt(foldAll(facts, rules), TOPICS)).toEqual(winner)
    expect(answerAt(foldAll(facts.toReversed(), rules), TOPICS)).toEqual(winner)
  })

  test('R7: ten Didomi users at one instant, one of whom refuses: refused', () => {
    const users = Array.from({ length: 10 }, (_, index) =>
      tell({ userId: `user-${index}`, says: [says(NEWSLETTER, index !== 4)], kind: 'created', at: minute(1) }),
    )
    expect(answerAt(foldAll(users, rules), NEWSLETTER)).toBe(false)
  })

  test('R15: keeps the latest of each attribute, and of two at one instant always the same one', () => {
    const older = tell({ attributes: [attribute('country', 'FR'), attribute('metadata.plan', 'free')], at: minute(1) })
    const newer = tell({ attributes: [attribute('country', 'BE')], at: minute(2), entityId: 'e2' })
    const equal = tell({ attributes: [attribute('country', 'CA')], at: minute(2), entityId: 'e3' })
    const expected = [attribute('country', 'CA'), attribute('metadata.plan', 'free')]
    expect(new Set(foldAll([older, newer, equal], rules).attributes)).toEqual(new Set(expected))
    expect(foldAll([equal, newer, older], rules)).toEqual(foldAll([older, newer, equal], rules))
  })

  test('R8: the deletion of an event takes away what it granted, and no attribute', () => {
    const attributes = [attribute('country', 'FR')]
    const stated = anEvent({ entityId: 'e1', says: [grants(NEWSLETTER)], attributes, at: minute(1) })
    const state = foldAll([stated, eventDeleted('e1', minute(2))], EVENTS)
    expect([answerAt(state, NEWSLETTER), state.attributes]).toEqual([false, attributes])
  })

  test('tells the places of one id apart', () => {
    const places = [NEWSLETTER, objection('newsletter'), channel('newsletter'), purpose('newsletter_')]
    const state = foldAll([tell({ says: places.map((place, index) => says(place, index % 2 === 0)) })], rules)
    expect(places.map(place => answerAt(state, place))).toEqual([true, false, true, false])
  })
})

describe('R7: one family folds, the other is evidence', () => {
  const applied = aUser({ says: [denies(NEWSLETTER)], at: minute(1) })
  const heard = anEvent({ says: [grants(NEWSLETTER)], at: minute(5), attributes: [attribute('country', 'FR')] })

  test.each<[FoldRules, boolean]>([
    [USERS, false],
    [EVENTS, true],
  ])('%j', (rules, answer) => {
    const state = foldAll([applied, heard], rules)
    expect(answerAt(state, NEWSLETTER)).toBe(answer)
    expect(state.attributes).toEqual(rules.family === 'event' ? [attribute('country', 'FR')] : [])
  })
})

describe.each(BOTH)('R6: a deleted Didomi user of the $family family', ({ tell, rules }) => {
  const before = tell({ says: [grants(NEWSLETTER), denies(COOKIES)], at: minute(1), entityId: 'e1', kind: 'created' })
  const gone = userDeleted('user-1', minute(5))
  const after = tell({ says: [denies(NEWSLETTER), grants(COOKIES)], at: minute(6), entityId: 'e2', kind: 'created' })
  const withdrawing = { ...rules, onUserDeleted: 'withdraw' } as const

  test('is marked', () => {
    expect(foldAll([before, gone], rules).deletedUsers).toEqual([{ userId: 'user-1', at: minute(5) }])
  })

  test('keeps the choices so far', () => {
    expect(foldAll([before, gone], rules).choices).toEqual(foldAll([before], rules).choices)
  })

  test('begins a new life with what comes later, and still has a say in what was late to come', () => {
    const state = foldAll([before, gone, after], rules)
    expect([NEWSLETTER, COOKIES].map(place => answerAt(state, place))).toEqual([false, true])
    const late = tell({ says: [denies(NEWSLETTER)], at: minute(4), entityId: 'e3' })
    expect(answerAt(foldAll([before, gone, late], rules), NEWSLETTER)).toBe(false)
  })

  test('does not end the say of the person’s other Didomi users', () => {
    const other = tell({ userId: 'user-2', says: [denies(NEWSLETTER)], at: minute(9), kind: 'created' })
    expect(answerAt(foldAll([before, gone, other], rules), NEWSLETTER)).toBe(false)
  })

  test('counts from the first time that we hear of it', () => {
    const again = userDeleted('user-1', minute(8))
    expect(foldAll([again, before, gone], rules)).toEqual(foldAll([before, gone], rules))
  })

  test('under "withdraw" has granted nothing any more, from the deletion on', () => {
    const state = foldAll([before, gone], withdrawing)
    expect(choiceAt(state, NEWSLETTER)).toEqual({ place: NEWSLETTER, answer: false, at: minute(5) })
    expect(choiceAt(state, COOKIES)).toEqual({ place: COOKIES, answer: false, at: minute(1) })
  })

  test('under "withdraw" picks nothing any more from a list', () => {
    const picked = tell({ says: [says(TOPICS, ['sport'])], at: minute(1), kind: 'created' })
    expect(choiceAt(foldAll([picked, gone], withdrawing), TOPICS)).toEqual({ place: TOPICS, answer: [], at: minute(5) })
  })

  test('under "withdraw" overrules another user’s older grant, and yields to a newer one', () => {
    const grantBy = (at: number) => tell({ userId: 'user-2', says: [grants(NEWSLETTER)], at, kind: 'created' })
    expect(answerAt(foldAll([before, gone, grantBy(minute(4))], withdrawing), NEWSLETTER)).toBe(false)
    expect(answerAt(foldAll([before, gone, grantBy(minute(6))], withdrawing), NEWSLETTER)).toBe(true)
  })

  test('under "withdraw" had only its last word to take back: an older refusal of its own keeps its time', () => {
    const regretted = tell({ says: [denies(NEWSLETTER)], at: minute(3), entityId: 'e2', version: 2 })
    const grant = tell({ userId: 'user-2', says: [grants(NEWSLETTER)], at: minute(4), kind: 'created' })
    expect(choiceAt(foldAll([before, regretted, gone], withdrawing), NEWSLETTER)?.at).toBe(minute(3))
    expect(answerAt(foldAll([before, regretted, gone, grant], withdrawing), NEWSLETTER)).toBe(true)
  })

  test('whose deletion came under another regulation is deleted all the same', () => {
    const elsewhere = { ...gone, regulation: 'cpra' }
    expect(foldAll([before, elsewhere], withdrawing)).toEqual(foldAll([before, gone], withdrawing))
  })
})

test('R8: a record that repeats an old grant beside a new refusal does not overrule another user’s withdrawal', () => {
  const phone = aUser({ userId: 'phone', kind: 'created', says: [grants(NEWSLETTER)], at: minute(1), version: 1 })
  const laptop = aUser({ userId: 'laptop', kind: 'created', says: [denies(NEWSLETTER)], at: minute(2), version: 1 })
  const repeat = aUser({
    userId: 'phone',
    says: [grants(NEWSLETTER), denies(COOKIES)],
    before: entity([grants(NEWSLETTER)], { version: 1, at: minute(1) }),
    at: minute(3),
    version: 2,
  })
  const state = foldAll([phone, laptop, repeat], USERS)
  expect(answerAt(state, NEWSLETTER)).toBe(false)
  expect(answerAt(state, COOKIES)).toBe(false)
})
