import { describe, expect, test } from 'vitest'
import { inParts, isTooMuch, type Weight } from './weight.ts'

const facts = (count: number): Weight => ({ facts: count, bytes: 0 })
const bytes = (count: number): Weight => ({ facts: 0, bytes: count })
const MIB = 1024 * 1024

describe('what is decided on together', () => {
  test.each<[string, readonly Weight[], readonly number[]]>([
    ['nobody', [], []],
    ['many of whom little was told', Array<Weight>(1_000).fill(facts(1)), [1_000]],
    ['one more', Array<Weight>(1_001).fill(facts(1)), [1_000, 1]],
    ['one of whom much was told, alone', [facts(1), facts(5_000), facts(1)], [1, 1, 1]],
    ['as much as goes together', [facts(600), facts(400), facts(1), facts(999), facts(1)], [2, 2, 1]],
    ['by length, too', [bytes(MIB / 2), bytes(MIB / 2), bytes(1)], [2, 1]],
  ])('%s', (_, weights, sizes) => {
    const parts = inParts(weights, weight => weight)
    expect(parts.map(part => part.length)).toEqual(sizes)
    expect(parts.flat()).toEqual(weights)
  })

  test.each([
    [facts(10_000), false],
    [facts(10_001), true],
    [bytes(32 * MIB), false],
    [bytes(32 * MIB + 1), true],
  ])('%o is too much of one person: %s', (weight, expected) => {
    expect(isTooMuch(weight)).toBe(expected)
  })
})
