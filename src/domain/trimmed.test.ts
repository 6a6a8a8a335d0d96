import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trimmed } from './trimmed.ts'

const AROUND = [
  ' ',
  '\t',
  '\n',
  '\u00a0',
  '\u0000',
  '\u0085',
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u180e',
  '\u200b',
  '\u200d',
]
const MORE = ['\u200e', '\u2028', '\u202e', '\u2060', '\u3164', '\ufe0f', '\ufeff', '\u{e0020}', '\u{1d173}']

describe('a text that was pasted', () => {
  test.each([...AROUND, ...MORE])('loses a %j around it, and keeps one within', unseen => {
    expect(trimmed(`${unseen}a${unseen}b${unseen}${unseen}`)).toBe(`a${unseen}b`)
    expect(trimmed(unseen)).toBe('')
  })

  test.each(['\u0301', '\ud83d', '\udc00', '\u{1f600}', 'é', '.', '\u{20000}', '\u2800'])('keeps a %j', seen => {
    expect(trimmed(` ${seen}a${seen} `)).toBe(`${seen}a${seen}`)
    expect(trimmed(seen)).toBe(seen)
  })

  test('loses nothing that can be seen, whatever it is, and no more the second time', () => {
    const unseen = fc.string({ unit: fc.constantFrom(...AROUND, ...MORE), maxLength: 9 })
    fc.assert(
      fc.property(unseen, fc.string({ unit: 'binary' }), unseen, (before, text, after) => {
        const once = trimmed(`${before}${text}${after}`)
        expect(once).toBe(trimmed(text))
        expect(trimmed(once)).toBe(once)
        expect(text).toContain(once)
      }),
    )
  })

  test('is looked at once, however much is around it', () => {
    const unseen = '\u200b '.repeat(200_000)
    expect(trimmed(`${unseen}a${unseen}b${unseen}`)).toBe(`a${unseen}b`)
  })
})
