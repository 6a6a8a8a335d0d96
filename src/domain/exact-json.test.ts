import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExact } from './exact-json.ts'

describe('R5a: a number in JSON', () => {
  test.each<[text: string, value: unknown]>([
    ['0', 0],
    ['42', 42],
    ['-7', -7],
    ['999999999999999', 999_999_999_999_999],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992],
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['1000000000000000000000', '1000000000000000000000'],
    ['0.1', 0.1],
    ['1.5', 1.5],
    ['1.50', '1.50'],
    ['1.0', '1.0'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['1e3', '1e3'],
    ['1E+3', '1E+3'],
    ['1e-7', 1e-7],
    ['1e400', '1e400'],
    ['-1e-400', '-1e-400'],
    ['-0', '-0'],
    ['-0.0', '-0.0'],
    ['[ 1.0 ,\n2,\t-0 ]', ['1.0', 2, '-0']],
    ['{"a":{"b":[1e3]},"c":"1e3"}', { a: { b: ['1e3'] }, c: '1e3' }],
    ['{"id":1.0,"id":2.0}', { id: '2.0' }],
    ['{"id":2.0,"id":3}', { id: 3 }],
    ['{"1.0":1.0,"a\\":2.0,":"\\",3.0,"}', { '1.0': '1.0', 'a":2.0,': '",3.0,' }],
    ['["\\\\",1.0,"\\\\\\"",2.0]', ['\\', '1.0', '\\"', '2.0']],
    ['["2024-05-02T09:30:00.000Z",[],{},true,null,1.0]', ['2024-05-02T09:30:00.000Z', [], {}, true, null, '1.0']],
    ['"1.0"', '1.0'],
  ])('%s', (text, value) => {
    expect(parseExact(text)).toStrictEqual(value)
    expect(parseExact(` ${text}\n`)).toStrictEqual(value)
  })

  test.each([
    '',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '- 1',
    '[1.0',
    '1.0]',
    '[1.0,]',
    '{1.0:1}',
    '1.0 2.0',
    'NaN',
    '0x10',
    '--1.0',
  ])('is none in %j, nor is anything else', text => {
    expect(() => parseExact(text)).toThrow(SyntaxError)
  })

  test('is a name like any other when it is called __proto__', () => {
    const parsed = parseExact('{"__proto__":{"id":1.0},"a":1e3}')
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(JSON.stringify(parsed)).toBe('{"__proto__":{"id":"1.0"},"a":"1e3"}')
  })

  type Written = { readonly text: string; readonly value: unknown }

  const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?$/)
  const number = digits.map((text): Written => ({ text, value: String(Number(text)) === text ? Number(text) : text }))
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1.0', ',1e3]', '":-0,', '\\', '"', '\\"', '__proto__', ':12345678901234567890}'),
  )
  const space = fc.stringMatching(/^[ \n\t\r]{0,2}$/)
  const { tree } = fc.letrec<{ tree: Written }>(tie => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      number,
      word.map((value): Written => ({ text: JSON.stringify(value), value })),
      fc.constantFrom(null, true, false).map((value): Written => ({ text: String(value), value })),
      fc.tuple(fc.array(tie('tree'), { maxLength: 4 }), space).map(([items, gap]): Written => ({
        text: `[${gap}${items.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]`,
        value: items.map(({ value }) => value),
      })),
      fc.tuple(fc.array(fc.tuple(word, tie('tree')), { maxLength: 4 }), space).map(([entries, gap]): Written => ({
        text: `{${entries.map(([key, { text }]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${text}${gap}`).join(',')}}`,
        value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
      })),
    ),
  }))

  test('is exact wherever it stands, and nothing else is another value than in any JSON reader', () => {
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        expect(parseExact(text)).toStrictEqual(value)
      }),
      { numRuns: 1_000 },
    )
  })

  test('of any length is looked at once', () => {
    const long = '1'.repeat(400_000)
    expect(parseExact(`[${long}]`)).toEqual([long])
    for (const text of [`:${long}x`, `[1.0${' '.repeat(400_000)}x`, ': '.repeat(200_000), '[1e'.repeat(100_000)])
      expect(() => parseExact(text)).toThrow(SyntaxError)
    const quoted = JSON.stringify(parseExact(`["${'\\"'.repeat(200_000)}",1.0]`))
    expect([quoted.length, quoted.slice(-6)]).toEqual([400_010, '"1.0"]'])
  })
})
