import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../domain/limits.ts'
import { Problem } from '../../domain/problem.ts'
import { assertBounded } from './json-bounds.ts'

const refusalOf = (text: string, mostValues = 10): string | undefined => {
  try {
    assertBounded(text, { mostValues })
  } catch (error) {
    if (error instanceof Problem) return error.errors[0]?.code
    throw error
  }
  return undefined
}

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)

describe('a JSON text', () => {
  test.each([
    ['as deep as it may be', nested(LIMITS.bodyDepth), undefined],
    ['one list deeper', nested(LIMITS.bodyDepth + 1), 'too_deep'],
    ['one object deeper', nested(LIMITS.bodyDepth + 1, '{"a":', '}'), 'too_deep'],
    ['without an end', '['.repeat(1_000_000), 'too_deep'],
    ['with brackets in a string', `["${'['.repeat(1_000)}"]`, undefined],
    ['with brackets after a quote in a string', `["\\"${'['.repeat(1_000)}"]`, undefined],
    ['with brackets after a string that ends with a backslash', `["\\\\",${nested(1_000)}]`, 'too_deep'],
    ['with a string that does not end', `["${'['.repeat(1_000)}`, undefined],
  ])('%s', (_name, text, refused) => {
    expect(refusalOf(text, Infinity)).toBe(refused)
  })

  test.each([
    ['7', undefined],
    ['[1,2,3,4,5,6,7,8]', undefined],
    ['[1,2,3,4,5,6,7,8,9,10,11]', 'too_many_values'],
    ['{"a":{"b":{"c":{"d":{}}}}}', undefined],
    ['["a,b,c,d,e,f,g,h,i,j,k,l"]', undefined],
    [JSON.stringify(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [n, n]))), 'too_many_values'],
  ])('of ten values at most: %s', (text, refused) => {
    expect(refusalOf(text)).toBe(refused)
  })
})
