import { describe } from 'vitest'
import {
  ADA,
  NO,
  USERS,
  YES,
  ada,
  call,
  event,
  eventDeletion,
  eventEntity,
  holdsTrue,
  nested,
  purposes,
  second,
  stamp,
  topics,
  user,
  userEntity,
  userUpdate,
} from './stories.ts'

describe('R8 when a choice was made', () => {
  holdsTrue([
    [
      'a repetition in a user record does not make a grant newer',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        user({ ...ada, user: 'u2', at: '10:00', version: 1, born: '10:00', consents: NO }),
        userUpdate('11:00', { ...ada, version: 2, consents: YES }, { ...ada, at: '09:00', version: 1, consents: YES }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
    [
      'a change in a user record does',
      [
        user({ ...ada, user: 'u2', at: '10:00', version: 1, born: '10:00', consents: NO }),
        userUpdate('11:00', { ...ada, version: 2, consents: YES }, { ...ada, at: '09:00', version: 1, consents: NO }),
      ],
      { [ADA]: 'true' },
      USERS,
    ],
    [
      'of a backfilled record a grant is as old as it can be',
      [
        user({ ...ada, user: 'u2', at: '10:00', version: 1, born: '10:00', consents: NO }),
        userUpdate('11:00', { ...ada, version: 5, consents: YES }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
    [
      'and a denial is as new as it can be',
      [
        user({ ...ada, user: 'u2', at: '10:00', version: 1, born: '10:00', consents: YES }),
        userUpdate('11:00', { ...ada, version: 5, consents: NO }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
    [
      'a list that changed says all of its values, and what it leaves out, at that time',
      [
        user({ ...ada, at: '09:00', version: 1, consents: topics('') }),
        user({ ...ada, user: 'u2', at: '10:00', version: 1, born: '10:00', consents: topics('art,sport') }),
        userUpdate(
          '11:00',
          { ...ada, version: 2, consents: topics('film,sport') },
          { ...ada, at: '09:00', version: 1, consents: topics('') },
        ),
      ],
      { TOPICS: 'film,sport' },
      USERS,
    ],
    [
      'an event says what is not null',
      [event({ ...ada, at: '10:00', consents: purposes({ news: true, ads: null }) })],
      { NEWS: 'true', ADS: 'untouched' },
    ],
    [
      'an attribute that a record lacks while its old entity holds it names nobody any more',
      [
        event({ who: 'ID-1', at: '09:00', consents: YES }),
        userUpdate(
          '10:00',
          { who: 'ID-1', version: 2, consents: YES },
          { who: 'ID-1', at: '09:00', version: 1, consents: YES, metadata: { email: ADA } },
        ),
        user({ who: 'ID-1', at: '09:00', version: 1, consents: YES, metadata: { email: ADA } }),
      ],
      { [ADA]: 'false' },
      { ...USERS, match: 'metadata_email' },
    ],
    [
      'an attribute that only a later record shows as changed before is no older than the record that held another',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES, metadata: { city: 'Rome' } }),
        userUpdate(
          '11:00',
          { ...ada, version: 4, metadata: { city: 'Oslo' } },
          { ...ada, at: '10:00', version: 3, metadata: { city: 'Oslo' } },
        ),
      ],
      { CITY: 'Oslo' },
      USERS,
    ],
  ])
})

describe('R10 time', () => {
  const at = (received: string, record: Parameters<typeof eventEntity>[0]) =>
    call(received, { type: 'event.created', parameters: { entity: eventEntity(record) } })
  holdsTrue([
    [
      'a grant of a clock five minutes fast does not beat a denial made a minute later',
      [at('10:00', { ...ada, at: '10:05', consents: YES }), event({ ...second, at: '10:01', consents: NO })],
      { [ADA]: 'false' },
    ],
    [
      'a denial of a fast clock reaches five minutes beyond its receipt, and no further',
      [at('10:00', { ...ada, at: '11:00', consents: NO }), event({ ...second, at: '10:04', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'no further: a grant six minutes later wins',
      [at('10:00', { ...ada, at: '11:00', consents: NO }), event({ ...second, at: '10:06', consents: YES })],
      { [ADA]: 'true' },
    ],
    [
      'a denial that the same device stated after a grant counts after it, also where it came in before',
      [at('10:00', { ...ada, at: '11:00', consents: NO }), event({ ...ada, id: 'e2', at: '10:30', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'a grant after a denial of the same fast clock wins',
      [
        at('10:00', { ...ada, at: '11:00', consents: NO }),
        at('10:01', { ...ada, id: 'e2', at: '11:01', consents: YES }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'a grant made a day ahead of a denial that was made and received later may lose to it',
      [
        at('10:00', { ...ada, at: '2026-11-21T09:00:00Z', consents: YES }),
        at('10:20', { ...ada, id: 'e2', at: '10:20', consents: NO }),
      ],
      { [ADA]: 'false|true' },
    ],
    [
      'more than 24 hours ahead is no time: a grant is not taken',
      [at('10:00', { ...ada, at: '2026-11-21T10:00:01Z', consents: YES })],
      { [ADA]: 'untouched' },
    ],
    ['and a denial counts at receipt', [at('10:00', { ...ada, at: 'no time', consents: NO })], { [ADA]: 'false' }],
    [
      'zones are read in every spelling',
      [
        event({ ...ada, at: '10:00', consents: NO }),
        at('10:30', { ...second, at: '2026-11-20T12:15:00+0200', consents: YES }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'an hour alone is a zone',
      [
        event({ ...ada, at: '10:00', consents: YES }),
        at('10:30', { ...second, at: '2026-11-20T12:15:00+02', consents: NO }),
      ],
      { [ADA]: 'false' },
    ],
    [
      'without a zone it is no time',
      [at('10:30', { ...ada, at: '2026-11-20T10:15:00', consents: YES })],
      { [ADA]: 'untouched' },
    ],
    [
      'a user record without a time takes that of its source',
      [
        event({ ...ada, user: 'u2', at: '10:30', consents: NO }),
        user({ ...ada, user: 'u2', born: '10:30', at: '10:30', version: 1, consents: NO }),
        call('11:00', {
          type: 'user.updated',
          parameters: {
            source: { id: 'e9', created_at: stamp('10:00') },
            old_entity: userEntity({ ...ada, at: '09:00', consents: NO }),
            new_entity: userEntity({ ...ada, consents: YES }),
          },
        }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
  ])
})

describe('R12 and R13 what the field holds', () => {
  holdsTrue([
    [
      'R12: never stated is untouched',
      [event({ ...ada, at: '10:00', consents: purposes({ ads: true }) })],
      { NEWS: 'untouched', ADS: 'true' },
    ],
    [
      'R12: or cleared by option',
      [event({ ...ada, at: '10:00', consents: purposes({ ads: true }) })],
      { NEWS: '', ADS: 'true' },
      { noChoice: 'clear' },
    ],
    [
      'R12: retracted is denied',
      [event({ ...ada, at: '10:00', consents: YES }), eventDeletion('11:00')],
      { NEWS: 'false', ADS: 'untouched' },
    ],
    [
      'R13: a list is its ids',
      [event({ ...ada, at: '10:00', consents: topics('sport, art') })],
      { TOPICS: 'art,sport', SPORT: 'true' },
    ],
    [
      'R13: a value that no list ever held is not picked',
      [event({ ...ada, at: '10:00', consents: topics('art') })],
      { SPORT: 'false' },
    ],
    ['R13: an empty list holds nothing', [event({ ...ada, at: '10:00', consents: topics('') })], { TOPICS: '' }],
    [
      'R13: a preference denied as a whole denies each of its values',
      [
        event({ ...ada, at: '10:00', consents: topics('sport') }),
        event({ ...ada, id: 'e2', at: '11:00', consents: nested(false) }),
      ],
      { PREF: 'false', SPORT: 'false', TOPICS: '|false' },
    ],
    [
      'R11: channels are found under both words',
      [event({ ...ada, at: '10:00', consents: nested(null, { email: false }) })],
      { EMAIL_CH: 'false', PREF: 'untouched' },
    ],
  ])
})
