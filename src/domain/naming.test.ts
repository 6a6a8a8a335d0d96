import { describe, expect, test } from 'vitest'
import { anEvent, attribute, aUser, entity, minute, settingsOf, type Telling } from '../../test/builders.ts'
import { type Fact, type Family } from './fact.ts'
import { mayShareContacts } from './naming.ts'
import { type Match } from './person.ts'
import { personFrom } from './together.ts'

const HOME = 'home@mail.test'
const WORK = 'work@mail.test'
const CLUB = 'club@mail.test'

const email = (value: string) => [attribute('metadata.email', value)]
const at = (address: string | undefined) => ({ attributes: address === undefined ? [] : email(address) })
const LOST = [['metadata', 'email']]

/** A record that names the second address where the one before named the first. */
const moved = (before: string, after: string | undefined, { version = 2, ...over }: Telling = {}): Fact =>
  aUser({
    version,
    ...at(after),
    before: entity([], { ...at(before), version: version - 1, at: (over.at ?? minute(5)) - 60_000 }),
    lost: after === undefined ? LOST : [],
    at: minute(5),
    ...over,
  })

function namesOf(
  facts: readonly Fact[],
  { match = 'metadata_email', feed = 'user' }: { match?: Match; feed?: Family } = {},
) {
  const settings = settingsOf({ options: { match } })
  const { naming } = personFrom({ facts, feed, person: 'ada@example.test', settings, erasedBy: undefined })
  const textOf = (contact: (typeof naming)['now']) => (contact?.by === 'address' ? contact.address : undefined)
  return { now: textOf(naming.now), left: naming.left.map(({ contact, leftAt }) => [textOf(contact), leftAt]) }
}

describe('R16f: the contacts that a person names and named', () => {
  const made = aUser({ kind: 'created', version: 1, at: minute(1), createdAt: minute(1), ...at(HOME) })

  test.each<[what: string, facts: readonly Fact[], now: string | undefined, left: readonly [string, number][]]>([
    ['one address, never another', [made], HOME, []],
    ['an address that took the place of another', [made, moved(HOME, WORK)], WORK, [[HOME, minute(5)]]],
    ['an address that is gone', [made, moved(HOME, undefined)], undefined, [[HOME, minute(5)]]],
    ['the state before a record alone', [moved(HOME, WORK)], WORK, [[HOME, minute(5)]]],
    [
      'two that were left, each in its time',
      [made, moved(HOME, WORK), moved(WORK, CLUB, { version: 3, at: minute(8) })],
      CLUB,
      [
        [HOME, minute(5)],
        [WORK, minute(8)],
      ],
    ],
    [
      'one that was left and taken up again',
      [made, moved(HOME, WORK), moved(WORK, HOME, { version: 3, at: minute(8) })],
      HOME,
      [[WORK, minute(8)]],
    ],
    [
      'one that was left twice, when it was left last',
      [
        made,
        moved(HOME, WORK),
        moved(WORK, HOME, { version: 3, at: minute(8) }),
        moved(HOME, CLUB, { version: 4, at: minute(11) }),
      ],
      CLUB,
      [
        [HOME, minute(11)],
        [WORK, minute(8)],
      ],
    ],
    ['another spelling of one address', [made, moved(HOME, ' HOME@Mail.Test')], 'home@mail.test', []],
    ['what was no address is no contact that was left', [made, moved('none', HOME)], HOME, []],
    [
      'an address that another Didomi user of the person holds still, since the newer one was told',
      [
        made,
        aUser({ userId: 'user-2', kind: 'created', version: 1, at: minute(6), createdAt: minute(6), ...at(WORK) }),
      ],
      WORK,
      [[HOME, minute(6)]],
    ],
    [
      'an address that another Didomi user holds still, since the first that was newer, not the newest',
      [
        made,
        aUser({ userId: 'user-2', kind: 'created', version: 1, at: minute(6), createdAt: minute(6), ...at(WORK) }),
        aUser({ userId: 'user-3', kind: 'created', version: 1, at: minute(9), createdAt: minute(9), ...at(WORK) }),
      ],
      WORK,
      [[HOME, minute(6)]],
    ],
  ])('%s', (_, facts, now, left) => {
    for (const order of [facts, facts.toReversed()]) expect(namesOf(order)).toEqual({ now, left })
  })

  test('R8: a stale record that repeats an address leaves it left', () => {
    const stale = aUser({ version: 1, at: minute(3), ...at(HOME) })
    expect(namesOf([made, moved(HOME, WORK), stale])).toMatchObject({ now: WORK, left: [[HOME, minute(5)]] })
  })

  test('an event names an address at its own time, and not a later one for good', () => {
    const events = [anEvent({ at: minute(1), ...at(HOME) }), anEvent({ at: minute(4), ...at(WORK) })]
    expect(namesOf(events, { feed: 'event' })).toEqual({ now: WORK, left: [[HOME, minute(4)]] })
    const again = anEvent({ at: minute(6), ...at(HOME) })
    expect(namesOf([...events, again], { feed: 'event' })).toEqual({ now: HOME, left: [[WORK, minute(6)]] })
  })

  test('R10: an event that has only its receipt names an address where nothing else does', () => {
    const undated = anEvent({ at: minute(9), datedBy: 'receipt', ...at(HOME) })
    expect(namesOf([undated], { feed: 'event' })).toEqual({ now: HOME, left: [] })
    const dated = anEvent({ at: minute(4), ...at(WORK) })
    expect(namesOf([undated, dated], { feed: 'event' }), 'until it was said').toEqual({
      now: WORK,
      left: [[HOME, minute(9) + 1]],
    })
  })

  test('of very many addresses the ones left last are answered for, in time that grows with their number only', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => anEvent({ at: minute(n), ...at(`a${n}@mail.test`) }))
    const { now, left } = namesOf(many, { feed: 'event' })
    expect([now, left.length, left[0]]).toEqual(['a4999@mail.test', 20, ['a4998@mail.test', minute(4_999)]])
  })

  test('an id never names another contact than now', () => {
    expect(namesOf([made, moved(HOME, WORK)], { match: 'email' })).toEqual({ now: 'ada@example.test', left: [] })
  })

  test.each<[Match, boolean]>([
    ['email', false],
    ['contact_id', false],
    ['subscriber_hash', true],
    ['metadata_email', true],
  ])('R16b: by %s several persons may name one contact: %s', (match, may) => {
    expect(mayShareContacts(match)).toBe(may)
  })
})
