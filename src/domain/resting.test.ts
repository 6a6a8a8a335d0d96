import { expect, test } from 'vitest'
import { merging } from '../../test/builders.ts'
import { SECOND } from './instant.ts'
import { cannotWait, restEnd } from './resting.ts'

test('R24: a rest lasts 60 s from when the attempt left, and no longer than its window', () => {
  expect([restEnd(1_000, 130 * SECOND), restEnd(1_000, 5)]).toEqual([61_000, 1_005])
})

test.each([
  ['a grant', { NEWS: 'true' }, {}, false],
  ['a refusal', { NEWS: 'false' }, {}, true],
  ['a field that is emptied', { NEWS: '' }, {}, true],
  ['a refusal that was carried', { NEWS: 'false' }, { NEWS: 'false' }, false],
  ['a refusal, where a grant was carried', { NEWS: 'false' }, { NEWS: 'true' }, true],
  ['a refusal beside one that was carried', { NEWS: 'false', ADS: 'false' }, { NEWS: 'false' }, true],
  ['a list that lost something', { TOPICS: 'film' }, { TOPICS: 'film,sport' }, true],
  ['a list that was carried', { TOPICS: 'film' }, { TOPICS: 'film' }, false],
] as const)('R24: what cannot wait: %s', (_, fields, sent, expected) => {
  const asking = {
    fields: merging<string>(fields),
    lists: Object.keys(merging({ TOPICS: '' })),
    carriesWithdrawal: true,
  }
  expect(cannotWait({ until: 1, sent: merging<string>(sent) }, asking)).toBe(expected)
})

test('R24: a list waits where nothing is taken back', () => {
  const asking = {
    fields: merging({ TOPICS: 'film' }),
    lists: Object.keys(merging({ TOPICS: '' })),
    carriesWithdrawal: false,
  }
  expect(cannotWait({ until: 1, sent: {} }, asking)).toBe(false)
})
