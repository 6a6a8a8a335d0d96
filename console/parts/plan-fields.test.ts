import { expect, test } from 'vitest'
import { changesOf, compareFields } from './plan-fields.ts'

const request = (body: unknown) => ({ method: 'PATCH', path: '/3.0/lists/a/members/b', body })

test('what differs from what was last written is marked', () => {
  const plan = {
    request: request({ merge_fields: { NEWS: 'true', SPORT: 'false' } }),
    last_delivered: { NEWS: 'false', SPORT: 'false', AGE: 4 },
  }
  expect(changesOf(plan)).toEqual([
    { tag: 'NEWS', before: 'false', after: 'true', isChanged: true },
    { tag: 'SPORT', before: 'false', after: 'false', isChanged: false },
  ])
})

test('everything is new for somebody to whom nothing was delivered', () => {
  expect(changesOf({ request: request({ merge_fields: { NEWS: 'true' } }), last_delivered: null })).toEqual([
    { tag: 'NEWS', before: undefined, after: 'true', isChanged: true },
  ])
})

test.each([null, request(null), request('x'), request({ merge_fields: null })])('%j writes no merge field', given => {
  expect(changesOf({ request: given, last_delivered: { NEWS: 'true' } })).toEqual([])
})

test('a number and its text are the same value', () => {
  expect(compareFields({ AGE: 4 }, { AGE: '4' })).toEqual([{ tag: 'AGE', before: '4', after: '4', isChanged: false }])
})
