import { describe, expect, test } from 'vitest'
import {
  anEvent,
  aUser,
  COOKIES,
  denies,
  entity,
  eventDeleted,
  grants,
  minute,
  NEWSLETTER,
  says,
  TOPICS,
  userDeleted,
} from '../../test/builders.ts'
import { grantsAt, heardAt, mayWithdraw, type Fact } from './fact.ts'

describe('R23: could this fact take something back, as far as it alone can tell?', () => {
  test.each<[what: string, fact: Fact, expected: boolean]>([
    ['an event that refuses', anEvent({ says: [denies(NEWSLETTER)] }), true],
    ['an event that picks nothing', anEvent({ says: [says(TOPICS, [])] }), true],
    ['an event that grants', anEvent({ says: [grants(NEWSLETTER)] }), false],
    ['an event that grants one and refuses another', anEvent({ says: [grants(NEWSLETTER), denies(COOKIES)] }), true],
    ['an event that picks some: others may be gone', anEvent({ says: [says(TOPICS, ['sport'])] }), true],
    ['an event that says nothing', anEvent({}), false],
    ['the deletion of an event', eventDeleted('event-1'), true],
    ['the deletion of a user', userDeleted('user-1'), true],
    ['a new user who grants', aUser({ kind: 'created', says: [grants(NEWSLETTER)] }), false],
    ['a new user who refuses', aUser({ kind: 'created', says: [denies(NEWSLETTER)] }), true],
    ['a new user who picks some', aUser({ kind: 'created', says: [says(TOPICS, ['sport'])] }), false],
    ['a user who refuses, before unknown', aUser({ says: [denies(NEWSLETTER)] }), true],
    ['a user who picks some, before unknown', aUser({ says: [says(TOPICS, ['sport'])] }), true],
    [
      'a user whose refusal is repeated beside a grant',
      aUser({ says: [denies(COOKIES), grants(NEWSLETTER)], before: entity([denies(COOKIES)]) }),
      false,
    ],
    ['a user who withdraws', aUser({ says: [denies(NEWSLETTER)], before: entity([grants(NEWSLETTER)]) }), true],
    [
      'a user who picks fewer',
      aUser({ says: [says(TOPICS, ['sport'])], before: entity([says(TOPICS, ['sport', 'culture'])]) }),
      true,
    ],
    [
      'a user who picks more',
      aUser({ says: [says(TOPICS, ['sport', 'culture'])], before: entity([says(TOPICS, ['sport'])]) }),
      false,
    ],
    [
      'a user who picks for the first time',
      aUser({ says: [says(TOPICS, ['sport'])], before: entity([grants(NEWSLETTER)]) }),
      false,
    ],
  ])('%s', (_, fact, expected) => {
    expect(mayWithdraw(fact)).toBe(expected)
  })
})

describe('R10, R31: how a fact is dated where the clock was off', () => {
  const [at, receivedAt] = [minute(10), minute(10)]

  test.each([
    ['was right', 0, minute(10), minute(10)],
    ['was behind, which its receipt is corrected by', minute(3) - minute(0), minute(10), minute(7)],
    ['was ahead, so that a grant may be older', minute(0) - minute(3), minute(7), minute(10)],
  ])('of a service that %s', (_, clockOff, grants, heard) => {
    expect([grantsAt({ at, receivedAt, clockOff }), heardAt({ receivedAt, clockOff })]).toEqual([grants, heard])
  })
})
