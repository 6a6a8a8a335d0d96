import { describe, expect, test } from 'vitest'
import {
  anEvent,
  answerAt,
  aUser,
  choiceAt,
  COOKIES,
  denies,
  entity,
  grants,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  USERS,
  type Telling,
  foldAll,
} from '../../test/builders.ts'
import { type Answer } from './choice.ts'
import { type Fact } from './fact.ts'

const newsletterIn = (...facts: Fact[]) => choiceAt(foldAll(facts, USERS), NEWSLETTER)
const record = (answer: Answer, over: Telling) => aUser({ says: [says(NEWSLETTER, answer)], ...over })
const was = (answer: Answer, at: number, version?: number) =>
  entity([says(NEWSLETTER, answer)], version === undefined ? { at } : { at, version })

describe('R7: one Didomi user’s records go by version', () => {
  test('whatever their times say', () => {
    const second = record(false, { version: 2, at: minute(1) })
    const third = record(true, { version: 3, at: minute(1), before: was(false, minute(1), 2) })
    expect(newsletterIn(second, third)?.answer).toBe(true)
    expect(newsletterIn(third, second)?.answer).toBe(true)
  })

  test('and by time where one of them has no version', () => {
    const newer = record(false, { version: 2, at: minute(5) })
    const older = record(true, { version: 3, at: minute(1) })
    const unversioned = record(true, { at: minute(3) })
    expect(newsletterIn(newer, older)?.answer).toBe(true)
    expect(newsletterIn(newer, older, unversioned)?.answer).toBe(false)
  })

  test('two that disagree at one position: the more restrictive has the last word', () => {
    const yes = record(true, { version: 2, at: minute(1), kind: 'created' })
    const no = record(false, { version: 2, at: minute(1), kind: 'created' })
    expect(newsletterIn(yes, no)?.answer).toBe(false)
    expect(newsletterIn(no, yes)?.answer).toBe(false)
    expect(newsletterIn(record(true, { at: minute(1) }), record(false, { at: minute(1) }))?.answer).toBe(false)
  })

  test('an older record that comes in late changes nothing', () => {
    const newer = record(false, { version: 7, at: minute(7), before: was(true, minute(6), 6) })
    const older = record(true, { version: 6, at: minute(6), before: was(false, minute(5), 5) })
    expect(newsletterIn(newer, older)).toEqual({ place: NEWSLETTER, answer: false, at: minute(7) })
  })
})

describe('R8: a choice is dated when it last changed', () => {
  const born = record(true, { kind: 'created', version: 1, at: minute(1), createdAt: minute(1) })
  const touched = (version: number, at: number) =>
    aUser({
      says: [grants(NEWSLETTER), denies(COOKIES)],
      before: entity([grants(NEWSLETTER)], { version: version - 1, at: at - 60_000 }),
      version,
      at,
    })

  test('a new user’s choices are as old as the user', () => {
    expect(newsletterIn(born)?.at).toBe(minute(1))
  })

  test('an update of another purpose does not refresh it', () => {
    const state = foldAll([born, touched(2, minute(5)), touched(3, minute(9))], USERS)
    expect(choiceAt(state, NEWSLETTER)?.at).toBe(minute(1))
    expect(choiceAt(state, COOKIES)?.at).toBe(minute(5))
  })

  test('the state before a record shows that it did not change, even if nothing older is known', () => {
    expect(newsletterIn(touched(8, minute(9)))?.at).toBeLessThan(minute(9))
  })

  test('a change is dated by its record, when that tells the state before', () => {
    expect(newsletterIn(record(false, { at: minute(5), before: was(true, minute(1)) }))?.at).toBe(minute(5))
    expect(newsletterIn(record(true, { at: minute(5), before: was(false, minute(1)) }))?.at).toBe(minute(5))
    expect(newsletterIn(record(true, { at: minute(5), before: entity([]) }))?.at).toBe(minute(5))
  })

  test('and better by the event that made it, when it names one', () => {
    const cause = { id: 'event-1', at: minute(4) }
    expect(newsletterIn(record(false, { at: minute(5), before: was(true, minute(1)), cause }))?.at).toBe(minute(4))
  })

  test('but for a denial by no event that is older than the state before: it lies between the two', () => {
    const cause = { id: 'event-1', at: minute(0) }
    expect(newsletterIn(record(false, { at: minute(5), before: was(true, minute(1)), cause }))?.at).toBe(minute(5))
    expect(newsletterIn(record(true, { at: minute(5), before: entity([], { at: minute(1) }), cause }))?.at).toBe(
      minute(0),
    )
  })

  test('an event that waited for approval counts from its confirmation, when that is known', () => {
    const cause = { id: 'event-1', at: minute(1) }
    const caused = record(true, { at: minute(8), before: was(false, minute(0)), cause })
    const confirmed = anEvent({ entityId: 'event-1', kind: 'updated', says: [grants(NEWSLETTER)], at: minute(7) })
    const asked = anEvent({
      entityId: 'event-1',
      status: 'pending_approval',
      says: [grants(NEWSLETTER)],
      at: minute(1),
    })
    expect(newsletterIn(caused)?.at).toBe(minute(1))
    expect(newsletterIn(caused, asked, confirmed)?.at).toBe(minute(7))
    expect(newsletterIn(caused, asked)?.at).toBe(minute(1))
  })

  test('a later update of the event that once made it does not refresh it', () => {
    const caused = record(true, { kind: 'created', at: minute(1), cause: { id: 'event-1', at: minute(1) } })
    const made = anEvent({ entityId: 'event-1', says: [grants(NEWSLETTER)], at: minute(1) })
    const touchedUp = anEvent({ entityId: 'event-1', kind: 'updated', says: [grants(NEWSLETTER)], at: minute(9) })
    const elsewhere = record(false, { userId: 'user-2', kind: 'created', at: minute(5) })
    expect(newsletterIn(caused, made, touchedUp)?.at).toBe(minute(1))
    expect(newsletterIn(caused, made, touchedUp, elsewhere)?.answer).toBe(false)
  })

  test('going there and back again is a new choice', () => {
    const no = record(false, { version: 2, at: minute(3), before: was(true, minute(1), 1) })
    const yes = record(true, { version: 3, at: minute(6), before: was(false, minute(3), 2) })
    expect(newsletterIn(born, no, yes)).toEqual({ place: NEWSLETTER, answer: true, at: minute(6) })
  })

  test('picking something else from a list is a change, repeating the list is none', () => {
    const picks = (answer: Answer, version: number, before: Answer) =>
      aUser({
        says: [says(TOPICS, answer)],
        before: entity([says(TOPICS, before)], { version: version - 1 }),
        version,
        at: minute(version),
      })
    const state = foldAll([picks(['sport'], 2, []), picks(['sport'], 3, ['sport'])], USERS)
    expect(choiceAt(state, TOPICS)?.at).toBe(minute(2))
    expect(choiceAt(foldAll([picks(['culture'], 4, ['sport'])], USERS), TOPICS)?.at).toBe(minute(4))
  })
})

describe('R8: where only a bound is known', () => {
  const backfilled = { createdAt: minute(1), at: minute(9) }

  test('a grant is dated at the earliest it can have been made', () => {
    expect(newsletterIn(record(true, backfilled))?.at).toBe(minute(1))
    expect(newsletterIn(record(true, { at: minute(9) }))?.at).toBeLessThanOrEqual(0)
    expect(choiceAt(foldAll([aUser({ ...backfilled, says: [says(TOPICS, ['sport'])] })], USERS), TOPICS)?.at).toBe(
      minute(1),
    )
  })

  test('a denial is dated at the latest', () => {
    expect(newsletterIn(record(false, backfilled))?.at).toBe(minute(9))
    expect(choiceAt(foldAll([aUser({ ...backfilled, says: [says(TOPICS, [])] })], USERS), TOPICS)?.at).toBe(minute(9))
  })

  test('between two such records a grant is as old as the first, a denial as young as the second', () => {
    const first = (answer: Answer) => record(answer, { at: minute(5), createdAt: minute(1) })
    const second = (answer: Answer) => record(answer, { at: minute(9), createdAt: minute(1) })
    expect(newsletterIn(first(false), second(true))).toMatchObject({ answer: true, at: minute(5) + 1 })
    expect(newsletterIn(first(true), second(false))).toMatchObject({ answer: false, at: minute(9) })
  })

  test.each([
    [6, true],
    [8, false],
  ])('a grant is newer than each record that still denied: another user denied in minute %i', (other, answer) => {
    const denied = (at: number) => record(false, { at: minute(at), createdAt: minute(1) })
    const elsewhere = record(false, { userId: 'user-2', kind: 'created', at: minute(other) })
    const facts = [denied(5), denied(7), record(true, backfilled), elsewhere]
    expect(newsletterIn(...facts)?.answer).toBe(answer)
    expect(newsletterIn(...facts.toReversed())?.answer).toBe(answer)
  })

  test('a list from which something was taken is dated at the latest, one that only grew at the earliest', () => {
    const picked = (answer: Answer, at: number) => aUser({ says: [says(TOPICS, answer)], at, createdAt: minute(1) })
    const known = picked(['sport', 'culture'], minute(5))
    const topicsAfter = (fact: Fact) => choiceAt(foldAll([known, fact], USERS), TOPICS)
    expect(topicsAfter(picked(['sport'], minute(9)))?.at).toBe(minute(9))
    expect(topicsAfter(picked(['sport', 'culture', 'politics'], minute(9)))?.at).toBe(minute(5))
  })

  test('so a backfilled grant never overrules a withdrawal that may be newer', () => {
    const withdrawal = record(false, { userId: 'user-2', kind: 'created', at: minute(4) })
    expect(newsletterIn(record(true, backfilled), withdrawal)?.answer).toBe(false)
    const older = record(true, { userId: 'user-2', kind: 'created', at: minute(4) })
    expect(newsletterIn(record(false, backfilled), older)?.answer).toBe(false)
  })
})

test('I5: the denial in a user’s newest record is never overruled by older records or by the event family', () => {
  const denial = record(false, { version: 9, at: minute(9) })
  const grant = record(true, { version: 8, at: minute(30), kind: 'created' })
  const heard = anEvent({ says: [grants(NEWSLETTER)], at: minute(40) })
  expect(answerAt(foldAll([denial, grant, heard], USERS), NEWSLETTER)).toBe(false)
  expect(answerAt(foldAll([heard, grant, denial], USERS), NEWSLETTER)).toBe(false)
})
