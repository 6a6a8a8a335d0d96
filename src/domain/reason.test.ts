import { describe, expect, test } from 'vitest'
import { BLOCK_SCOPE } from './outcome.ts'
import { EXPLANATIONS, isReason } from './reason.ts'

const entries = Object.entries(EXPLANATIONS)

describe('the reason of a debt', () => {
  test.each(entries)('%s is explained in a sentence for people', (_, { says, next }) => {
    expect(says).toMatch(/^[A-Z].*\.$/)
    expect(next).toMatch(/^([A-Z].*\.)?$/)
  })

  test('no two are explained alike', () => {
    expect(new Set(entries.map(([, { says }]) => says)).size).toBe(entries.length)
  })

  test.each([...Object.keys(BLOCK_SCOPE), 'expired', 'field_dropped', 'path_ambiguous', 'value_unfit', 'forgotten'])(
    'R25: %s needs somebody, and says what to do',
    reason => {
      expect(isReason(reason) && EXPLANATIONS[reason].next).toMatch(/./)
    },
  )

  test.each(['unchanged', 'throttled', 'server_error', 'timed_out', 'connection_failed'] as const)(
    'R25: %s passes by itself, and asks nothing of anybody',
    reason => {
      expect(EXPLANATIONS[reason].next).toBe('')
    },
  )

  test('is one of ours, and no property that every object has', () => {
    expect(entries.every(([reason]) => isReason(reason))).toBe(true)
    expect(['', 'nonsense', 'toString', 'constructor', '__proto__'].some(isReason)).toBe(false)
  })
})
