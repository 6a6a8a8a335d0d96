import { expect, test } from 'vitest'
import { isolationIn, isolationText, refusedIn, refusedText, windowIn, windowRow } from './delivery-columns.ts'

test('what a debt keeps beside its status comes back as it was written, and nothing is null', () => {
  const refused = { 'merge:NEWS': 'true' }
  const isolation = [['merge:NEWS'], ['merge:LEVEL', 'merge:TOPICS']]
  const window = { until: 7, sent: { 'merge:NEWS': ['true', ''] } }
  expect(refusedIn(refusedText(refused))).toEqual(refused)
  expect(isolationIn(isolationText(isolation))).toEqual(isolation)
  expect(windowIn(windowRow(window))).toEqual(window)
  expect([refusedText({}), isolationText([]), windowRow(undefined)]).toEqual([
    null,
    null,
    { window_until: null, window_sent: null, window_contacts: null },
  ])
})

test('rows from before targets had kinds hold bare merge tags', () => {
  expect(refusedIn('{"NEWS":"true"}')).toEqual({ 'merge:NEWS': 'true' })
  expect(isolationIn('[["NEWS"],["LEVEL"]]')).toEqual([['merge:NEWS'], ['merge:LEVEL']])
  expect(windowIn({ window_until: 7, window_sent: '{"NEWS":["true"]}', window_contacts: null })?.sent).toEqual({
    'merge:NEWS': ['true'],
  })
})
