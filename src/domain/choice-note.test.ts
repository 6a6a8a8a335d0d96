import { describe, expect, test } from 'vitest'
import { LOSSES, noteOn } from './choice-note.ts'

describe('what is said of a choice', () => {
  test.each([
    ['event_deleted', 'Taken away: the event behind it was deleted.'],
    ['no_choice', 'Taken away: Didomi shows no choice there any more.'],
    ['moved', 'Taken away: the device moved to another person.'],
  ] as const)('R6: of one that was taken away: %s', (retracted, note) => {
    expect(noteOn({ retracted })).toBe(note)
  })

  test('R6: each way of losing its ground has words of its own', () => {
    expect(new Set(LOSSES.map(retracted => noteOn({ retracted }))).size).toBe(LOSSES.length)
  })

  test.each(['cpra', 'gdpr', 'a law of Québec'])('R7: of one that %s denies, which regulation it is', deniedUnder => {
    expect(noteOn({ deniedUnder })).toBe(`Denied under ${deniedUnder}, even if another regulation grants.`)
  })

  test('R7: of one that was taken away under every regulation, only that', () => {
    expect(noteOn({ retracted: 'no_choice', deniedUnder: 'cpra' })).toBe(noteOn({ retracted: 'no_choice' }))
  })

  test('nothing where the answer says it all', () => {
    expect(noteOn({})).toBeUndefined()
  })
})
