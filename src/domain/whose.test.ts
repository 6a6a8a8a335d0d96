import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  aUser,
  choiceAt,
  COOKIES,
  denies,
  entity,
  EVENTS,
  grants,
  minute,
  NEWSLETTER,
  says,
  userDeleted,
  USERS,
} from '../../test/builders.ts'
import { type Fact } from './fact.ts'
import { fold } from './fold.ts'
import { adoptersOf, MOST_IDS, sharesOf } from './whose.ts'

const ADA = 'ada@example.test'
const BOB = 'bob@example.test'
const EVE = 'eve@example.test'

const event = (names: string | undefined, answer: boolean, at: number) =>
  anEvent({ names, says: [says(NEWSLETTER, answer)], at, entityId: `event-${at}` })
const record = (names: string | undefined, answer: boolean, version: number) =>
  aUser({
    names,
    version,
    kind: version === 1 ? 'created' : 'updated',
    says: [says(NEWSLETTER, answer)],
    before: version === 1 ? undefined : entity([says(NEWSLETTER, !answer)], { version: version - 1 }),
    at: minute(version),
  })

const eventsOf = (person: string, facts: readonly Fact[]) => choiceAt(fold(sharesOf(person, facts), EVENTS), NEWSLETTER)
const usersOf = (person: string, facts: readonly Fact[]) => choiceAt(fold(sharesOf(person, facts), USERS), NEWSLETTER)

describe('R5b: a record that names nobody', () => {
  test.each([
    ['after', [event(ADA, true, minute(1)), event(undefined, false, minute(2))]],
    ['before', [event(undefined, false, minute(2)), event(ADA, true, minute(1))]],
    ['of a user record', [aUser({ names: ADA, at: minute(1) }), event(undefined, false, minute(2))]],
  ])('is about whom its Didomi user is linked to: %s', (_, facts) => {
    expect(eventsOf(ADA, facts)?.answer).toBe(false)
  })

  test('moves when an earlier fact turns out to name somebody else', () => {
    const facts = [event(BOB, true, minute(2)), event(undefined, false, minute(3))]
    expect(eventsOf(BOB, facts)?.answer).toBe(false)
    const late = event(ADA, true, minute(1))
    expect(eventsOf(ADA, [...facts, late])?.answer).toBe(false)
    expect(eventsOf(BOB, [...facts, late])?.answer).toBe(true)
  })

  test('is about nobody when its Didomi user is linked to nobody in that life', () => {
    const facts = [
      event(ADA, true, minute(1)),
      userDeleted('user-1', minute(5)),
      { ...event(undefined, false, minute(7)), receivedAt: minute(7) },
    ]
    expect(eventsOf(ADA, facts)?.answer).toBe(true)
    expect(adoptersOf(facts).get(facts[2]?.id ?? '')).toBeUndefined()
  })

  test('is about whom the newest user record names', () => {
    const facts = [
      event(ADA, true, minute(1)),
      aUser({ names: BOB, at: minute(3) }),
      event(undefined, false, minute(4)),
    ]
    expect(eventsOf(BOB, facts)?.answer).toBe(false)
    expect([...adoptersOf(facts).values()]).toEqual([BOB])
  })

  test('R5c: is adopted by whom its Didomi user moved to last', () => {
    const named = (person: string, version: number) => aUser({ names: person, version, at: minute(version) })
    const facts = [named(ADA, 1), named(BOB, 3), event(undefined, false, minute(2))]
    expect([...adoptersOf(facts).values()]).toEqual([BOB])
  })
})

describe('R5d: an event that writes one id while its Didomi user is linked to another', () => {
  const linked = event(ADA, true, minute(1))

  test('denies for both', () => {
    const facts = [linked, event(BOB, false, minute(2))]
    expect(eventsOf(ADA, facts)?.answer).toBe(false)
    expect(eventsOf(BOB, facts)?.answer).toBe(false)
  })

  test('grants only for whom it writes', () => {
    const facts = [event(ADA, false, minute(1)), event(BOB, true, minute(2))]
    expect(eventsOf(ADA, facts)?.answer).toBe(false)
    expect(eventsOf(BOB, facts)?.answer).toBe(true)
  })

  test('a grant of the other one retracts nothing', () => {
    expect(eventsOf(ADA, [aUser({ names: ADA, at: minute(0) }), event(BOB, true, minute(2))])).toBeUndefined()
  })

  test('a list takes from both and gives to one', () => {
    const place = { kind: 'preference', purpose: 'p', preference: 'x' } as const
    const list = (names: string, picked: readonly string[], at: number) =>
      anEvent({ names, says: [says(place, picked)], at, entityId: `list-${at}` })
    const facts = [list(ADA, ['art', 'sport'], minute(1)), list(BOB, ['sport', 'culture'], minute(2))]
    expect(answerAt(fold(sharesOf(ADA, facts), EVENTS), place)).toEqual(['sport'])
    expect(answerAt(fold(sharesOf(BOB, facts), EVENTS), place)).toEqual(['sport', 'culture'])
  })

  test('R6c: nor does a list, where nobody else granted anything', () => {
    const place = { kind: 'preference', purpose: 'p', preference: 'x' } as const
    const facts = [aUser({ names: ADA, at: minute(0) }), anEvent({ names: BOB, says: [says(place, ['art'])] })]
    expect(choiceAt(fold(sharesOf(ADA, facts), EVENTS), place)).toBeUndefined()
  })

  test('R6e: whatever its clock said, if we had heard of it when the user was deleted', () => {
    const ahead = { ...event(ADA, false, minute(60)), receivedAt: minute(2) }
    const facts = [record(BOB, true, 1), ahead, userDeleted('user-1', minute(3))]
    expect(eventsOf(BOB, facts)).toMatchObject({ answer: false })
    expect(eventsOf(ADA, facts)).toMatchObject({ answer: false })
  })
})

describe('R5d: a Didomi user that wrote more ids than one person has', () => {
  const many = Array.from({ length: MOST_IDS + 1 }, (_, index) => event(`p${index}@shop.test`, true, minute(index)))

  test('is shared: what it records counts only for whom it writes', () => {
    const facts = [...many, event('p1@shop.test', false, minute(20)), event(undefined, false, minute(30))]
    expect(eventsOf('p0@shop.test', facts)?.answer).toBe(true)
    expect(eventsOf('p1@shop.test', facts)?.answer).toBe(false)
    expect([...adoptersOf(facts).values()]).toEqual([undefined])
  })

  test('is not with one fewer', () => {
    const facts = [...many.slice(1), event(undefined, false, minute(30))]
    expect([...adoptersOf(facts).values()]).toEqual(['p1@shop.test'])
  })
})

describe('R5e: a Didomi user that moved from one person to another', () => {
  const moved = record(BOB, true, 2)

  test('takes the ground from what it granted the first', () => {
    const facts = [
      record(ADA, true, 1),
      { ...record(BOB, true, 2), before: entity([grants(NEWSLETTER)], { version: 1 }) },
    ]
    expect(usersOf(ADA, facts)).toMatchObject({ answer: false, retracted: 'moved' })
    expect(usersOf(BOB, facts)).toMatchObject({ answer: true })
  })

  test('leaves the denials that were made while it was with the first', () => {
    const other = aUser({ userId: 'laptop', names: ADA, kind: 'created', says: [grants(NEWSLETTER)], at: minute(0) })
    expect(usersOf(ADA, [record(ADA, false, 1), moved, other])).toMatchObject({ answer: false, at: minute(1) })
  })

  test('gives the first nothing of what comes later', () => {
    const facts = [record(ADA, true, 1), record(BOB, false, 2)]
    expect(usersOf(ADA, facts)).toMatchObject({ answer: false, retracted: 'moved' })
    expect(usersOf(ADA, [...facts, record(BOB, true, 3)])).toMatchObject({ retracted: 'moved' })
  })

  test('in the event family takes its earlier events along', () => {
    const facts = [
      event(ADA, true, minute(1)),
      aUser({ names: ADA, version: 1, at: minute(1) }),
      aUser({ names: BOB, version: 2, at: minute(5) }),
    ]
    expect(eventsOf(ADA, facts)).toMatchObject({ answer: false, retracted: 'moved' })
    expect(eventsOf(BOB, facts)).toMatchObject({ answer: true })
  })

  test('and on from there takes the ground from whom it was with for a while, and leaves no denial that was made before', () => {
    const named = (person: string, version: number) => aUser({ names: person, version, at: minute(version) })
    const own = anEvent({ userId: 'laptop', names: EVE, says: [grants(COOKIES)], at: minute(0), entityId: 'own' })
    const both = anEvent({ names: ADA, says: [grants(NEWSLETTER), denies(COOKIES)], at: minute(1), entityId: 'both' })
    const facts = [own, both, named(ADA, 1), named(EVE, 3), named(BOB, 5)]
    expect(eventsOf(EVE, facts)).toMatchObject({ answer: false, retracted: 'moved' })
    expect(answerAt(fold(sharesOf(EVE, facts), EVENTS), COOKIES)).toBe(true)
  })

  test.each([
    ['repeated', false, true],
    ['made', true, false],
  ])('in the user family leaves a denial that was %s while it was there: %s', (_, before, answer) => {
    const own = aUser({ userId: 'laptop', names: EVE, kind: 'created', says: [grants(NEWSLETTER)], at: minute(0) })
    const named = (person: string, version: number, was: boolean) => ({
      ...record(person, false, version),
      before: entity([says(NEWSLETTER, was)], { version: version - 1, at: minute(version - 1) }),
    })
    const facts = [own, record(ADA, before, 1), named(EVE, 2, before), named(BOB, 3, false)]
    expect(usersOf(EVE, facts)).toMatchObject({ answer })
    expect(usersOf(BOB, facts)).toMatchObject({ answer: false })
  })

  test('and left them twice takes the ground from what counted until it left for the last time', () => {
    const named = (person: string, version: number) => aUser({ names: person, version, at: minute(version) })
    const between = event(BOB, true, minute(4))
    const back = [between, named(ADA, 1), named(BOB, 3), named(ADA, 5)]
    expect(eventsOf(ADA, back)).toMatchObject({ answer: true })
    expect(eventsOf(ADA, [...back, named(EVE, 7)])).toMatchObject({ answer: false, retracted: 'moved' })
  })

  test('and back again has its ground there', () => {
    const facts = [record(ADA, true, 1), record(BOB, false, 2), record(ADA, true, 3)]
    expect(usersOf(ADA, facts)).toMatchObject({ answer: true })
    expect(usersOf(BOB, facts)).toMatchObject({ answer: false })
  })
})

test('R5: nobody gets a grant by a record that writes another, whatever else was told', () => {
  const someFact = fc
    .record({ names: fc.constantFrom(ADA, BOB, EVE, undefined), answer: fc.boolean(), at: fc.nat({ max: 6 }) })
    .map(({ names, answer, at }) => event(names, answer, minute(at)))
  fc.assert(
    fc.property(fc.array(someFact, { maxLength: 8 }), facts => {
      const named = facts.filter(({ names }) => names !== undefined)
      for (const person of [ADA, BOB, EVE]) {
        const isOthers = named.length > 0 && named.every(({ names }) => names !== person)
        if (isOthers) expect(eventsOf(person, facts)?.answer ?? false).toBe(false)
        expect(sharesOf(person, facts.toReversed()).length).toBe(sharesOf(person, facts).length)
      }
    }),
    { numRuns: 500 },
  )
})

test('R5: a denial that names nobody takes a grant from whom its user is linked to', () => {
  const facts = [
    anEvent({ names: ADA, says: [grants(NEWSLETTER)], at: minute(1) }),
    anEvent({ names: undefined, says: [denies(NEWSLETTER)], at: minute(2) }),
  ]
  expect(eventsOf(ADA, facts)?.answer).toBe(false)
})

describe('R6e: under "withdraw" the deletion of a Didomi user', () => {
  const RULES = { ...EVENTS, onUserDeleted: 'withdraw' } as const
  const mine = aUser({ names: BOB, version: 1, kind: 'created', at: minute(0) })
  const wrote = event(ADA, true, minute(2))
  const gone = userDeleted('user-1', minute(5))
  const own = anEvent({ names: ADA, userId: 'laptop', entityId: 'own', says: [grants(NEWSLETTER)], at: minute(7) })
  const answer = (person: string, facts: readonly Fact[]) =>
    choiceAt(fold(sharesOf(person, facts), RULES), NEWSLETTER)?.answer

  test.each([
    ['whom its event wrote, though it was of another', [mine, wrote, gone], false],
    ['them, but not what another device granted', [mine, wrote, gone, own], true],
    ['nobody, before it', [mine, wrote], true],
  ])('withdraws what was granted for %s', (_, facts, granted) => {
    expect(answer(ADA, facts)).toBe(granted)
    expect(answer(BOB, facts)).toBeUndefined()
  })
})
