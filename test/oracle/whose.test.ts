import { describe, expect, test } from 'vitest'
import { requiredOf } from './required.ts'
import {
  ADA,
  BOB,
  NO,
  NULL,
  USERS,
  YES,
  ada,
  asked,
  call,
  event,
  eventDeletion,
  eventUpdate,
  holdsTrue,
  stamp,
  user,
  userUpdate,
} from './stories.ts'

const pending = { status: 'pending_approval' }

describe('R3 a pending approval', () => {
  holdsTrue([
    ['is not applied', [event({ ...ada, ...pending, at: '10:00', consents: YES })], { [ADA]: 'untouched' }],
    [
      'is confirmed by an update without consents',
      [
        event({ ...ada, ...pending, at: '10:00', consents: YES }),
        eventUpdate('10:05', { ...ada, status: 'confirmed' }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'counts when it was made, and loses to a denial made before it was confirmed',
      [
        event({ ...ada, ...pending, at: '10:00', consents: YES }),
        event({ ...ada, id: 'e2', at: '10:02', consents: NO }),
        eventUpdate('10:05', { ...ada, status: 'confirmed' }),
      ],
      { [ADA]: 'false' },
    ],
    [
      'leaves standing what its event said before',
      [
        event({ ...ada, at: '10:00', consents: YES }),
        eventUpdate('10:05', { ...ada, ...pending, consents: NO }),
        eventUpdate('10:06', { ...ada, ...pending }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'an update without consents takes nothing away',
      [event({ ...ada, at: '10:00', consents: YES }), eventUpdate('10:05', { ...ada })],
      { [ADA]: 'true' },
    ],
    [
      'is no new statement where an update without consents shows what it was before',
      [
        event({ ...ada, at: '10:00', consents: YES }),
        event({ ...ada, id: 'e2', at: '10:05', consents: NO }),
        eventUpdate('10:20', { ...ada }, { ...ada, at: '10:10', consents: YES }),
      ],
      { [ADA]: 'false' },
    ],
  ])
})

describe('R4 regulations', () => {
  const cpra = { regulation: 'cpra' }
  holdsTrue([
    ['another one never touches', [event({ ...ada, ...cpra, at: '10:00', consents: YES })], { [ADA]: 'untouched' }],
    ['a missing one is gdpr', [event({ ...ada, at: '10:00', consents: YES })], { [ADA]: 'true' }],
    [
      'another one never overwrites',
      [event({ ...ada, at: '10:00', consents: NO }), event({ ...ada, ...cpra, id: 'e2', at: '11:00', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'versions of two of them are not one history',
      [
        user({ ...ada, at: '10:00', version: 3, consents: YES }),
        userUpdate('11:00', { ...ada, ...cpra, version: 4, consents: NULL }),
      ],
      { [ADA]: 'true' },
      USERS,
    ],
  ])
})

describe('R5 whose it is', () => {
  const devices = ['a', 'b', 'c', 'd', 'e'].map((name, n) =>
    event({ who: `${name}@mail.test`, id: `x${n}`, at: `09:0${n}`, consents: NO }),
  )
  holdsTrue([
    [
      'b: a record without an id is about the one that its user is linked to, whatever came first',
      [event({ at: '10:05', id: 'e2', consents: NO }), event({ ...ada, at: '10:00', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'b: the old entity names the person when the new one does not',
      [eventUpdate('10:00', { consents: NO }, ada)],
      { [ADA]: 'false' },
    ],
    [
      'b: the newest user record decides the link',
      [
        event({ ...ada, at: '09:00', consents: YES }),
        event({ id: 'e2', at: '10:00', consents: NO }),
        userUpdate('11:00', { who: BOB, version: 2 }),
      ],
      { [ADA]: 'true', [BOB]: 'false' },
    ],
    ['c: without a link it is about nobody', [event({ at: '10:00', consents: YES })], { [ADA]: 'untouched' }],
    [
      'd: of an id that the user is not linked to, a denial counts for both',
      [event({ ...ada, at: '09:00', consents: YES }), event({ who: BOB, id: 'e2', at: '10:00', consents: NO })],
      { [ADA]: 'false', [BOB]: 'false' },
    ],
    [
      'd: and a grant only for the one whom it writes',
      [event({ ...ada, at: '09:00', consents: NO }), event({ who: BOB, id: 'e2', at: '10:00', consents: YES })],
      { [ADA]: 'false', [BOB]: 'true' },
    ],
    [
      'd: a denial in doubt stays with whom its user was linked to then, wherever the user moves',
      [
        user({ who: BOB, at: '09:00', version: 1, consents: YES }),
        event({ ...ada, at: '10:00', consents: NO }),
        userUpdate('11:00', { who: 'cyd@mail.test', version: 2, consents: NO }),
      ],
      { [ADA]: 'false', [BOB]: 'false' },
    ],
    [
      'd: of a shared user, records count for whom they write, and those without an id for nobody',
      [
        ...devices,
        event({ ...ada, id: 'e6', at: '09:30', consents: YES }),
        event({ id: 'e7', at: '10:00', consents: NO }),
      ],
      { [ADA]: 'true', 'a@mail.test': 'false' },
    ],
    [
      'd: five ids are not shared',
      [...devices, event({ id: 'e7', at: '10:00', consents: YES })],
      { 'a@mail.test': 'true', 'b@mail.test': 'false' },
    ],
    [
      'e: moved from one to the other, the first has lost its ground',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        userUpdate('10:00', { who: BOB, version: 2, consents: YES }),
      ],
      { [ADA]: 'false', [BOB]: 'true' },
      USERS,
    ],
    [
      'e: what is said in the name of the first after the move is in doubt, and a grant of theirs',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        userUpdate('10:00', { who: BOB, version: 2, consents: YES }),
        event({ ...ada, at: '11:00', consents: YES }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'e: a denial made before the move stays there',
      [
        user({ ...ada, at: '09:00', version: 1, consents: NO }),
        userUpdate('10:00', { who: BOB, version: 2, consents: NO }),
        userUpdate('11:00', { who: BOB, version: 3, consents: YES }),
      ],
      { [ADA]: 'false', [BOB]: 'true' },
      USERS,
    ],
  ])

  test('a: two numbers beyond what a double holds are two people', () => {
    const said = (digits: string, id: string, enabled: boolean) =>
      call(
        '10:00',
        `{"type":"event.created","parameters":{"entity":{"id":"${id}","created_at":"${stamp('10:00')}","user":{"id":"u${id}","organization_user_id":${digits}},"consents":{"purposes":[{"id":"news","enabled":${enabled}}]}}}}`,
      )
    const story = [said('90071992547409931', 'e1', true), said('90071992547409930', 'e2', false)]
    const required = requiredOf(story, asked({ match: 'contact_id' })).filter(({ tag }) => tag === 'NEWS')
    expect(required.map(({ contact, values }) => [contact, ...values])).toEqual([
      ['90071992547409931', 'true'],
      ['90071992547409930', 'false'],
    ])
  })
})

describe('R16 the contact', () => {
  holdsTrue([
    [
      'a: two spellings of one address are one person',
      [
        event({ who: ' Ada@Mail.test', at: '10:00', consents: YES }),
        event({ ...ada, user: 'u2', id: 'e2', at: '11:00', consents: NO }),
      ],
      { [ADA]: 'false' },
    ],
    [
      'a: an invisible character behind the domain goes',
      [event({ who: `${ADA}\u200b`, at: '10:00', consents: NO })],
      { [ADA]: 'false' },
    ],
    [
      'a: a Kelvin sign is no k',
      [event({ who: '\u212a@mail.test', at: '10:00', consents: NO })],
      { 'k@mail.test': 'untouched' },
    ],
    [
      'a: a domain is lower case in full',
      [event({ who: 'x@BÜCHER.test', at: '10:00', consents: NO })],
      { 'x@bücher.test': 'false' },
    ],
    [
      'b: two persons of one contact are folded together',
      [
        event({ who: 'ID-1', at: '10:00', consents: YES, metadata: { email: ADA } }),
        event({ who: 'ID-2', user: 'u2', id: 'e2', at: '11:00', consents: NO, metadata: { email: ADA } }),
      ],
      { [ADA]: 'false' },
      { match: 'metadata_email' },
    ],
    [
      'b: attributes are written only while one person names it',
      [
        event({ who: 'ID-1', at: '10:00', consents: YES, metadata: { email: ADA, city: 'Paris' } }),
        event({
          who: 'ID-2',
          user: 'u2',
          id: 'e2',
          at: '11:00',
          metadata: { email: ADA, city: 'Rome' },
          consents: YES,
        }),
      ],
      { CITY: 'untouched', NEWS: 'true' },
      { match: 'metadata_email' },
    ],
    [
      'f: who leaves a contact leaves its denials, which an older grant of another person does not beat',
      [
        event({ who: 'ID-1', at: '10:00', consents: NO, metadata: { email: ADA } }),
        event({ who: 'ID-1', id: 'e2', at: '11:00', consents: YES, metadata: { email: BOB } }),
        event({ who: 'ID-2', user: 'u2', id: 'e3', at: '09:00', consents: YES, metadata: { email: ADA } }),
      ],
      { [ADA]: 'false', [BOB]: 'true' },
      { match: 'metadata_email' },
    ],
    [
      'f: an event that was deleted still names a contact',
      [
        event({ who: 'ID-1', at: '10:00', consents: YES, metadata: { email: ADA } }),
        event({ who: 'ID-1', id: 'e2', at: '11:00', consents: NO, metadata: { email: BOB } }),
        eventDeletion('12:00', 'e2'),
      ],
      { [ADA]: 'false', [BOB]: 'false' },
      { match: 'metadata_email' },
    ],
    [
      'f: a record of a shared user names a contact for the person whom it writes',
      [
        ...['ID-1', 'ID-2', 'ID-3', 'ID-4', 'ID-5'].map((who, n) =>
          user({ who, user: 'tablet', at: `09:0${n}`, version: n + 1, consents: NO, metadata: { email: ADA } }),
        ),
        user({ who: 'ID-6', user: 'tablet', at: '09:06', version: 6, consents: YES, metadata: { email: BOB } }),
        user({ who: 'ID-7', at: '09:00', version: 1, consents: YES, metadata: { email: ADA } }),
      ],
      { [ADA]: 'false', [BOB]: 'true' },
      { ...USERS, match: 'metadata_email' },
    ],
    [
      'f: named by nobody any more, its grants are retracted',
      [
        event({ who: 'ID-1', at: '10:00', consents: YES, metadata: { email: ADA } }),
        event({ who: 'ID-1', id: 'e2', at: '11:00', consents: YES, metadata: { email: BOB } }),
      ],
      { [ADA]: 'false', [BOB]: 'true' },
      { match: 'metadata_email' },
    ],
  ])
})
