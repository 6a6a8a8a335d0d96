import { describe, expect, test } from 'vitest'
import {
  anEvent,
  attribute,
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
import { placeKey, type Place } from './choice.ts'
import { type Fact } from './fact.ts'
import { whole } from './share.ts'
import { attributeKey, newestStatements } from './statements.ts'

const heard = (family: 'event' | 'user', place: Place, ...facts: readonly Fact[]) =>
  newestStatements(facts.map(whole), { family, onUserDeleted: 'keep' }).get(placeKey(place))

describe('R21: what an event states', () => {
  const first = anEvent({ id: 'fct_1', entityId: 'e1', says: [grants(NEWSLETTER)] })
  const again = anEvent({ id: 'fct_2', entityId: 'e2', says: [grants(NEWSLETTER)], at: minute(2) })

  test('is all that it says, though it is nothing new', () => {
    expect(heard('event', NEWSLETTER, first, again)).toBe('fct_2')
    expect(heard('event', NEWSLETTER, again, first), 'in whatever order').toBe('fct_2')
    expect(heard('event', COOKIES, first, again)).toBeUndefined()
  })

  test('is also that no choice stands any more', () => {
    const blank = anEvent({ id: 'fct_3', entityId: 'e1', kind: 'updated', blank: [{ place: NEWSLETTER, why: 'null' }] })
    expect(heard('event', NEWSLETTER, first, again, blank)).toBe('fct_3')
  })

  test('is stated again by an update that says nothing, since that may confirm it', () => {
    const pending = { ...first, status: 'pending_approval' } as const
    const after = { ...entity([]), hasConsents: false }
    const confirmed = { ...anEvent({ id: 'fct_3', entityId: 'e1', kind: 'updated' }), after }
    expect(heard('event', NEWSLETTER, pending, confirmed)).toBe('fct_3')
    expect(heard('event', COOKIES, pending, confirmed)).toBeUndefined()
  })

  test('is stated again by its deletion', () => {
    const gone = { ...eventDeleted('e1', minute(9)), id: 'fct_9' }
    expect(heard('event', NEWSLETTER, first, again, gone)).toBe('fct_9')
    expect(heard('user', NEWSLETTER, first, gone)).toBe('fct_9')
  })

  test('is evidence where users fold', () => {
    expect(heard('user', NEWSLETTER, first, again)).toBeUndefined()
  })
})

describe('R21: what the deletion of a Didomi user states', () => {
  const said = [grants(NEWSLETTER), denies(COOKIES)]
  const gone = { ...userDeleted('user-1', minute(9)), id: 'fct_9' }

  test.each([
    ['event', 'withdraw', anEvent({ id: 'fct_1', userId: 'user-1', says: said }), 'fct_9', 'fct_1'],
    ['user', 'withdraw', aUser({ id: 'fct_1', says: said }), 'fct_9', 'fct_1'],
    ['user', 'keep', aUser({ id: 'fct_1', says: said }), 'fct_1', 'fct_1'],
    ['event', 'withdraw', anEvent({ id: 'fct_1', userId: 'user-2', says: said }), 'fct_1', 'fct_1'],
    ['user', 'withdraw', anEvent({ id: 'fct_1', userId: 'user-1', says: said }), undefined, undefined],
  ] as const)('by the feed of %ss, under %s', (family, onUserDeleted, told, granted, denied) => {
    const newest = newestStatements([told, gone].map(whole), { family, onUserDeleted })
    expect([NEWSLETTER, COOKIES].map(place => newest.get(placeKey(place)))).toEqual([granted, denied])
  })
})

describe('R21: what a user’s record states', () => {
  const record = (over: Parameters<typeof aUser>[0]) => aUser({ id: 'fct_5', version: 5, ...over })
  const before = entity([denies(NEWSLETTER), grants(COOKIES)], { version: 4 })

  test('is what it changes', () => {
    const changed = record({ says: [grants(NEWSLETTER), grants(COOKIES)], before })
    expect([heard('user', NEWSLETTER, changed), heard('user', COOKIES, changed)]).toEqual(['fct_5', undefined])
  })

  test('is what it repeats, as far as the event behind it is known to state it', () => {
    const cause = { id: 'e1', at: minute(1) }
    const changed = record({ says: [grants(NEWSLETTER), grants(COOKIES), says(TOPICS, [])], before, cause })
    const event = anEvent({ id: 'fct_4', entityId: 'e1', says: [grants(COOKIES)] })
    expect(heard('user', COOKIES, changed, event)).toBe('fct_5')
    expect(heard('user', COOKIES, changed)).toBeUndefined()
  })

  test('is all of it when neither an event nor a change is known', () => {
    const same = record({
      says: [denies(NEWSLETTER), grants(COOKIES)],
      before,
      cause: { id: 'unheard', at: minute(1) },
    })
    expect([heard('user', NEWSLETTER, same), heard('user', COOKIES, same)]).toEqual(['fct_5', 'fct_5'])
  })

  test('is all of it when the state before is not known', () => {
    const alone = record({ says: [denies(NEWSLETTER)] })
    expect(heard('user', NEWSLETTER, alone)).toBe('fct_5')
  })

  test('is no choice where one stood', () => {
    const blank = record({ says: [grants(COOKIES)], blank: [{ place: NEWSLETTER, why: 'gone' }], before })
    expect([heard('user', NEWSLETTER, blank), heard('user', COOKIES, blank)]).toEqual(['fct_5', undefined])
  })

  test('is an attribute that it changes or loses', () => {
    const held = entity([], { version: 4, attributes: [attribute('country', 'FR'), attribute('metadata.plan', 'x')] })
    const moved = record({ attributes: [attribute('country', 'BE')], lost: [['metadata', 'plan']], before: held })
    const newest = newestStatements([whole(moved)], { family: 'user', onUserDeleted: 'keep' })
    expect([...newest.keys()]).toEqual([attributeKey(['country']), attributeKey(['metadata', 'plan'])])
  })
})
