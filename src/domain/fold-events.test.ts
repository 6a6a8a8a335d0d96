import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  choiceAt,
  COOKIES,
  denies,
  eventDeleted,
  EVENTS,
  grants,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  foldAll,
} from '../../test/builders.ts'
import { type Fact } from './fact.ts'

const newsletterAfter = (...facts: Fact[]) => answerAt(foldAll(facts, EVENTS), NEWSLETTER)
const grant = (count: number) => anEvent({ entityId: `grant-${count}`, says: [grants(NEWSLETTER)], at: minute(count) })
const refusal = (count: number) =>
  anEvent({ entityId: `refusal-${count}`, says: [denies(NEWSLETTER)], at: minute(count) })

describe('R8: in the event family every choice that is not null is a statement at the event’s time', () => {
  test('a choice carries the time of its event', () => {
    const state = foldAll([grant(3)], EVENTS)
    expect(choiceAt(state, NEWSLETTER)).toEqual({ place: NEWSLETTER, answer: true, at: minute(3) })
  })

  test('even one that repeats what was chosen before', () => {
    const state = foldAll([grant(3), grant(7)], EVENTS)
    expect(choiceAt(state, NEWSLETTER)?.at).toBe(minute(7))
  })

  test.each([
    { says: 'a grant after a refusal', facts: [refusal(1), grant(2)], answer: true },
    { says: 'a refusal after a grant', facts: [grant(1), refusal(2)], answer: false },
    { says: 'an older grant that comes in late', facts: [refusal(2), grant(1)], answer: false },
    { says: 'an older refusal that comes in late', facts: [grant(2), refusal(1)], answer: true },
    { says: 'both at one instant (R7)', facts: [grant(1), refusal(1)], answer: false },
  ])('$says: $answer', ({ facts, answer }) => {
    expect(newsletterAfter(...facts)).toBe(answer)
  })

  test('R10: a denial that has only its receipt is followed by no grant of a clock that runs ahead', () => {
    const ahead = anEvent({ entityId: 'grant', says: [grants(NEWSLETTER)], at: minute(1), statedAt: minute(900) })
    const undated = anEvent({ entityId: 'refusal', says: [denies(NEWSLETTER)], at: minute(2), datedBy: 'receipt' })
    expect(newsletterAfter(ahead, undated)).toBe(false)
    expect(newsletterAfter(ahead, undated, grant(3))).toBe(true)
  })

  test('partial events add up, place by place', () => {
    const state = foldAll(
      [
        anEvent({ says: [grants(NEWSLETTER), denies(COOKIES)], at: minute(1), entityId: 'e1' }),
        anEvent({ says: [grants(COOKIES)], at: minute(2), entityId: 'e2' }),
        anEvent({ says: [says(TOPICS, ['sport'])], at: minute(3), entityId: 'e3' }),
      ],
      EVENTS,
    )
    expect([NEWSLETTER, COOKIES, TOPICS].map(place => choiceAt(state, place))).toEqual([
      { place: NEWSLETTER, answer: true, at: minute(1) },
      { place: COOKIES, answer: true, at: minute(2) },
      { place: TOPICS, answer: ['sport'], at: minute(3) },
    ])
  })
})

describe('R8: of an event that was updated', () => {
  const first = anEvent({ entityId: 'e1', says: [grants(NEWSLETTER), grants(COOKIES)], at: minute(2) })
  const update = (over: Parameters<typeof anEvent>[0]) => anEvent({ entityId: 'e1', kind: 'updated', ...over })

  test('the newest version speaks, at its own time', () => {
    const corrected = update({ says: [denies(NEWSLETTER), grants(COOKIES)], at: minute(5) })
    expect(newsletterAfter(first, corrected)).toBe(false)
    expect(newsletterAfter(first, corrected, grant(4))).toBe(false)
    expect(newsletterAfter(first, corrected, grant(6))).toBe(true)
  })

  test('an update that carries only the date of the original still is the newer version', () => {
    const refused = anEvent({ entityId: 'e9', says: [denies(NEWSLETTER)], at: minute(2) })
    const corrected = anEvent({ entityId: 'e9', kind: 'updated', says: [grants(NEWSLETTER)], at: minute(2) })
    expect(newsletterAfter(refused, corrected)).toBe(true)
    expect(newsletterAfter(corrected, refused)).toBe(true)
  })

  test('two updates of one instant: the more restrictive counts (R7)', () => {
    const [yes, no] = [grants, denies].map(says => update({ says: [says(NEWSLETTER)], at: minute(5) }))
    if (!yes || !no) throw new Error('both are there')
    expect(newsletterAfter(first, yes, no)).toBe(false)
    expect(newsletterAfter(no, yes, first)).toBe(false)
  })

  test('R6: what it does not mention stands, what it visibly no longer holds is taken away', () => {
    const silent = update({ says: [grants(COOKIES)], at: minute(5) })
    expect(newsletterAfter(first, silent)).toBe(true)
    for (const why of ['null', 'gone'] as const) {
      const blank = update({ says: [grants(COOKIES)], blank: [{ place: NEWSLETTER, why }], at: minute(5) })
      expect(choiceAt(foldAll([first, blank], EVENTS), NEWSLETTER)).toMatchObject({
        answer: false,
        retracted: 'no_choice',
      })
    }
  })

  test('I5: a withdrawal that it no longer mentions stays one, until a newer grant', () => {
    const withdrawal = anEvent({ entityId: 'e2', says: [denies(NEWSLETTER)], at: minute(3) })
    const silent = anEvent({ entityId: 'e2', kind: 'updated', says: [grants(COOKIES)], at: minute(5) })
    expect(newsletterAfter(grant(1), withdrawal, silent)).toBe(false)
    expect(newsletterAfter(silent, grant(1), withdrawal)).toBe(false)
    expect(newsletterAfter(grant(1), withdrawal, silent, grant(4))).toBe(true)
  })
})

describe('R6: the deletion of an event', () => {
  const inEveryOrder = (facts: Fact[]): Fact[][] =>
    facts.length < 2
      ? [facts]
      : facts.flatMap(one => inEveryOrder(facts.filter(other => other !== one)).map(rest => [one, ...rest]))

  test.each<[what: string, facts: Fact[], answer: boolean | undefined]>([
    ['of the only grant retracts it', [grant(1), eventDeleted('grant-1')], false],
    ['of the newest grant leaves the older refusal', [refusal(1), grant(2), eventDeleted('grant-2')], false],
    ['of the newest grant leaves the older grant', [grant(1), grant(2), eventDeleted('grant-2')], true],
    ['of an older grant changes nothing', [grant(1), grant(2), eventDeleted('grant-1')], true],
    ['of a withdrawal does not grant again', [grant(1), refusal(2), eventDeleted('refusal-2')], false],
    ['of a withdrawal yields to a newer grant', [grant(1), refusal(2), grant(3), eventDeleted('refusal-2')], true],
    [
      'of every event leaves the withdrawal',
      [grant(1), eventDeleted('grant-1'), refusal(2), eventDeleted('refusal-2')],
      false,
    ],
    ['of an unknown event changes nothing', [grant(1), eventDeleted('never-heard-of')], true],
    [
      'told twice is told once',
      [grant(1), eventDeleted('grant-1', minute(5)), eventDeleted('grant-1', minute(9))],
      false,
    ],
  ])('%s, whatever order the facts come in', (_, facts, answer) => {
    for (const order of inEveryOrder(facts)) expect(newsletterAfter(...order)).toBe(answer)
  })

  test('of an event that granted one purpose and withdrew another retracts only the grant', () => {
    const mixed = anEvent({ entityId: 'mixed', says: [denies(NEWSLETTER), grants(COOKIES)], at: minute(2) })
    const state = foldAll([grant(1), mixed, eventDeleted('mixed')], EVENTS)
    expect(choiceAt(state, NEWSLETTER)).toEqual({ place: NEWSLETTER, answer: false, at: minute(2) })
    expect(choiceAt(state, COOKIES)).toMatchObject({ answer: false, retracted: 'event_deleted' })
  })

  test('of an event that was corrected to a grant removes the correction too', () => {
    const corrected = anEvent({ entityId: 'refusal-2', kind: 'updated', says: [grants(NEWSLETTER)], at: minute(4) })
    expect(newsletterAfter(refusal(2), corrected, eventDeleted('refusal-2'))).not.toBe(true)
  })

  test('of a list that picked fewer does not bring the others back', () => {
    const all = anEvent({ entityId: 'all', says: [says(TOPICS, ['sport', 'culture'])], at: minute(1) })
    const fewer = anEvent({ entityId: 'fewer', says: [says(TOPICS, ['sport'])], at: minute(2) })
    expect(answerAt(foldAll([all, fewer, eventDeleted('fewer')], EVENTS), TOPICS)).toEqual(['sport'])
  })

  test('of a list of which nothing was known before retracts it', () => {
    const picked = anEvent({ entityId: 'picked', says: [says(TOPICS, ['sport'])], at: minute(1) })
    const state = foldAll([picked, eventDeleted('picked')], EVENTS)
    expect(choiceAt(state, TOPICS)).toMatchObject({ answer: [], retracted: 'event_deleted' })
  })

  test('counts under every regulation, since it names none (R4)', () => {
    const californian = { ...grant(1), regulation: 'cpra' }
    const state = foldAll([californian, eventDeleted('grant-1')], { ...EVENTS, regulations: ['cpra'] })
    expect(choiceAt(state, NEWSLETTER)).toMatchObject({ answer: false, retracted: 'event_deleted' })
  })

  test('R4: that names a regulation ends the choices under that one only', () => {
    const californian = { ...grant(1), regulation: 'cpra' }
    const deletion = { ...eventDeleted('grant-1'), namesRegulation: true }
    const both = { ...EVENTS, regulations: ['cpra', 'gdpr'] }
    expect(answerAt(foldAll([californian, deletion], both), NEWSLETTER)).toBe(true)
    expect(answerAt(foldAll([californian, { ...deletion, regulation: 'cpra' }], both), NEWSLETTER)).toBe(false)
  })
})
