import { describe } from 'vitest'
import {
  ADA,
  NO,
  NULL,
  USERS,
  YES,
  ada,
  call,
  event,
  eventDeletion,
  holdsTrue,
  purposes,
  second,
  topics,
  user,
  userDeletion,
  userEntity,
  userUpdate,
} from './stories.ts'

describe('R6 ground', () => {
  holdsTrue([
    [
      'c: a granted event that was deleted is retracted',
      [event({ ...ada, at: '10:00', consents: YES }), eventDeletion('11:00')],
      { [ADA]: 'false' },
    ],
    [
      'c: a retracted place is cleared by option',
      [event({ ...ada, at: '10:00', consents: YES }), eventDeletion('11:00')],
      { [ADA]: '' },
      { noChoice: 'clear' },
    ],
    [
      'c: it loses to any standing statement',
      [
        event({ ...ada, at: '09:00', id: 'e0', consents: YES }),
        event({ ...ada, at: '10:00', consents: YES }),
        eventDeletion('11:00'),
      ],
      { [ADA]: 'true' },
    ],
    [
      'b: a denial whose event was deleted still denies, whatever device granted before',
      [
        event({ ...ada, user: 'u2', at: '09:00', id: 'e0', consents: YES }),
        event({ ...ada, at: '10:00', consents: NO }),
        eventDeletion('11:00'),
      ],
      { [ADA]: 'false' },
    ],
    [
      'b: until a newer grant',
      [
        event({ ...ada, at: '10:00', consents: NO }),
        eventDeletion('11:00'),
        event({ ...ada, id: 'e2', at: '12:00', consents: YES }),
      ],
      { [ADA]: 'true' },
    ],
    [
      'a: a null in the newest user record takes the grant away',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        userUpdate('10:00', { ...ada, version: 2, consents: NULL }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
    [
      'a: an entity without the list says nothing of it',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        userUpdate('10:00', { ...ada, version: 2, consents: {} }),
      ],
      { [ADA]: 'true' },
      USERS,
    ],
    [
      'a: an absence from a list that only the new entity shows says nothing',
      [
        user({ ...ada, at: '09:00', version: 1, consents: YES }),
        userUpdate('10:00', { ...ada, version: 2, consents: purposes({ ads: true }) }),
      ],
      { [ADA]: 'true' },
      USERS,
    ],
    [
      'a: an absence from a list that both entities hold takes away',
      [
        userUpdate(
          '10:00',
          { ...ada, version: 2, consents: purposes({ ads: true }) },
          { ...ada, at: '09:00', version: 1, consents: purposes({ ads: true, news: true }) },
        ),
      ],
      { NEWS: 'false', ADS: 'true' },
      USERS,
    ],
    [
      'b: what a list lost stays lost when that event goes',
      [
        event({ ...ada, at: '09:00', id: 'e0', consents: topics('art,sport') }),
        event({ ...ada, at: '10:00', consents: topics('art') }),
        eventDeletion('11:00'),
      ],
      { TOPICS: 'art', SPORT: 'false' },
    ],
    [
      'e: a later creation begins a new life, whose versions count from one again',
      [
        user({ ...ada, at: '09:00', version: 7, consents: YES }),
        user({ ...ada, at: '12:00', born: '12:00', version: 1, consents: NO }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
    [
      'e: a link ends with its life',
      [
        user({ ...ada, at: '09:00', version: 7, consents: YES }),
        userDeletion('11:00'),
        event({ at: '12:00', consents: NO }),
      ],
      { [ADA]: 'untouched' },
    ],
    [
      'e: a deleted user lets its choices stand, or denies them by option',
      [user({ ...ada, at: '09:00', version: 1, consents: YES }), userDeletion('11:00')],
      { [ADA]: 'true' },
      USERS,
    ],
    [
      'e: by option it denies them',
      [user({ ...ada, at: '09:00', version: 1, consents: YES }), userDeletion('11:00')],
      { [ADA]: 'false' },
      { ...USERS, onUserDeleted: 'withdraw' },
    ],
  ])
})

describe('R7 the fold', () => {
  const both = { regulations: ['gdpr', 'cpra'] }
  holdsTrue([
    [
      'the latest of all devices wins, whatever arrived first',
      [event({ ...second, at: '11:00', consents: NO }), event({ ...ada, at: '10:00', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'of one time the more restrictive wins',
      [event({ ...ada, at: '10:00', consents: NO }), event({ ...second, at: '10:00', consents: YES })],
      { [ADA]: 'false' },
    ],
    [
      'the other family is evidence',
      [event({ ...ada, at: '10:00', consents: YES }), userUpdate('11:00', { ...ada, version: 2, consents: NO })],
      { [ADA]: 'true' },
    ],
    [
      'a standing denial of one regulation beats a later grant of the other',
      [
        event({ ...ada, at: '10:00', consents: NO }),
        event({ ...second, regulation: 'cpra', at: '11:00', consents: YES }),
      ],
      { [ADA]: 'false' },
      both,
    ],
    [
      'a grant of one regulation beats what the other retracted',
      [
        event({ ...ada, at: '10:00', consents: YES }),
        eventDeletion('11:00'),
        event({ ...second, regulation: 'cpra', at: '09:00', consents: YES }),
      ],
      { [ADA]: 'true' },
      both,
    ],
    [
      'versions order a user, not receipts',
      [
        userUpdate('10:00', { ...ada, version: 3, consents: NO }),
        call('11:00', {
          type: 'user.updated',
          parameters: { new_entity: userEntity({ ...ada, at: '09:00', version: 2, consents: YES }) },
        }),
      ],
      { [ADA]: 'false' },
      USERS,
    ],
  ])
})
