import { expect, test } from 'vitest'
import { readActivitySearch } from './activity-search.ts'

test('what the address says is read', () => {
  const search = {
    hours: 24,
    from: '2026-11-20T10:00:00.000Z',
    type: 'event.created',
    answer: 404,
    reason: 'no_such_contact',
  }
  expect(readActivitySearch(search)).toEqual(search)
  expect(readActivitySearch({ answer: 'none' })).toEqual({ answer: 'none' })
})

test.each(['in_step', 'not_in_audience', 'unmatched', 'contact_gone'])('an end is read: %s', end => {
  expect(readActivitySearch({ view: 'deliveries', end })).toEqual({ view: 'deliveries', end })
})

test.each(['skipped', 'delivered'])('an older link with the status %s leads where it led', status => {
  expect(readActivitySearch({ view: 'deliveries', status })).toEqual({ view: 'deliveries', status })
})

test.each<Readonly<Record<string, unknown>>>([
  { hours: 2 },
  { hours: '1' },
  { from: 'yesterday' },
  { to: '2026-11-20' },
  { type: 'created' },
  { answer: 'any' },
  { answer: 42 },
  { answer: 404.5 },
  { reason: 'unchanged' },
  { end: 'skipped' },
])('what is none of ours is left out: %j', search => {
  expect(readActivitySearch(search)).toEqual({})
})
