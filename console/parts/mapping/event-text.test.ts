import { expect, test } from 'vitest'
import { readEventText } from './event-text.ts'
import { sampleEvent } from './sample-event.ts'

test('our own sample is about the sample person', () => {
  const event = sampleEvent([], '2026-11-28T09:00:00Z')
  expect(readEventText(JSON.stringify(event))).toEqual({ person: 'sample@example.com', events: [event] })
})

test('a list of records is taken whole, and a flattened record is understood', () => {
  const flat = { type: 'user.updated', parameters__entity__organization_user_id: 'ada' }
  expect(readEventText(JSON.stringify([flat, flat]))).toEqual({ person: 'ada', events: [flat, flat] })
})

test.each(['', '{', '{"type":"event.created"}', '7', '{"organization_user_id":""}'])('%j is not enough', text => {
  expect(readEventText(text)).toHaveProperty('fault')
})
