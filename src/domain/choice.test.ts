import { describe, expect, test } from 'vitest'
import { channel, minute, NEWSLETTER, objection, preference, purpose, vendor, word } from '../../test/builders.ts'
import { byPrecedence, isDenied, placeKey, sameAnswer, withdraws, type Answer } from './choice.ts'

describe('what takes something back', () => {
  test.each<[before: Answer | undefined, after: Answer, expected: boolean]>([
    [undefined, false, true],
    [undefined, [], true],
    [undefined, true, false],
    [undefined, ['sport'], false],
    [true, false, true],
    [true, [], true],
    [true, ['sport'], true],
    [true, true, false],
    [false, false, false],
    [false, true, false],
    [false, ['sport'], false],
    [[], false, false],
    [[], ['sport'], false],
    [['sport', 'culture'], ['sport'], true],
    [['sport'], ['culture'], true],
    [['sport'], [], true],
    [['sport'], false, true],
    [['sport'], ['culture', 'sport'], false],
    [['sport'], ['sport'], false],
    [['sport'], true, false],
  ])('R23: from %j to %j: %s', (before, after, expected) => {
    expect(withdraws(before, after)).toBe(expected)
  })

  test('a refusal is a no, or a list from which nothing was picked', () => {
    expect([false, []].map(isDenied)).toEqual([true, true])
    expect([true, ['sport']].map(answer => isDenied(answer))).toEqual([false, false])
  })

  test('two answers are the same when they say the same, not when they merely allow as much', () => {
    expect(sameAnswer(['sport'], ['sport'])).toBe(true)
    expect(sameAnswer(['sport'], ['culture'])).toBe(false)
    expect(sameAnswer(['sport,culture'], ['sport', 'culture'])).toBe(false)
    expect(sameAnswer(['true'], true)).toBe(false)
  })
})

describe('R7: which choice counts', () => {
  const winnerOf = (a: Answer, b: Answer) => {
    const choices = [word(NEWSLETTER, a), word(NEWSLETTER, b)]
    return choices.sort(byPrecedence).at(-1)?.answer
  }

  test('the later one, whatever it allows', () => {
    const denial = word(NEWSLETTER, false, minute(1))
    const grant = word(NEWSLETTER, true, minute(2))
    expect([grant, denial].sort(byPrecedence)).toEqual([denial, grant])
    expect(byPrecedence({ ...denial, at: minute(3) }, grant)).toBeGreaterThan(0)
  })

  test.each<[Answer, Answer, winner: Answer]>([
    [true, false, false],
    [true, [], []],
    [true, ['sport'], ['sport']],
    [['sport', 'culture'], ['politics'], ['politics']],
    [['sport'], [], []],
    [false, [], false],
  ])('the more restrictive of %j and %j at one instant, in either order', (a, b, winner) => {
    expect(winnerOf(a, b)).toEqual(winner)
    expect(winnerOf(b, a)).toEqual(winner)
  })
})

describe('the key of a place', () => {
  test('differs for places whose ids would collide if they were joined', () => {
    const places = [
      purpose('a_b'),
      purpose('a'),
      objection('a'),
      vendor('a'),
      preference('b', 'a'),
      preference('b_c', 'a'),
      preference('c', 'a_b'),
      preference('","b', 'a'),
      preference('b', 'a","'),
      channel('a'),
      channel('a', { purpose: 'a' }),
      channel('a', { preference: 'a' }),
      channel('a', { purpose: 'a', preference: 'a' }),
      channel('a', { purpose: 'null', preference: 'null' }),
      channel('["a"]'),
      purpose('__proto__'),
      purpose(''),
      purpose('newsletter\u0000'),
      purpose('newsletter'),
    ]
    expect(new Set(places.map(placeKey)).size).toBe(places.length)
  })

  test('is equal for equal places', () => {
    expect(placeKey(channel('email', { purpose: 'newsletter' }))).toBe(
      placeKey(channel('email', { purpose: 'newsletter' })),
    )
  })
})
