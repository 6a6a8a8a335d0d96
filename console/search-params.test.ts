import { describe, expect, test } from 'vitest'
import { given, oneOf, safeNext, textIn } from './search-params.ts'

describe('after signing in', () => {
  test.each(['/', '/failures?state=open', '/people/YQ'])('%s is gone back to', next => {
    expect(safeNext(next)).toBe(next)
  })

  test.each(['//evil.test', '/\\evil.test', 'https://evil.test', 'javascript:alert(1)', '', undefined, 7])(
    '%s is not',
    next => {
      expect(safeNext(next)).toBeUndefined()
    },
  )
})

describe('a parameter', () => {
  test('of text may look like a number', () => {
    expect(textIn({ id: 4711 }, 'id')).toBe('4711')
  })

  test.each([{}, { id: '' }, { id: null }, { id: ['a'] }])('of text is left out when it is none: %j', search => {
    expect(textIn(search, 'id')).toBeUndefined()
  })

  test('of few words is one of them or absent', () => {
    expect(oneOf('dead', ['dead', 'held'])).toBe('dead')
    expect(oneOf(24, [1, 24])).toBe(24)
    expect(oneOf('24', [1, 24])).toBeUndefined()
    expect(oneOf('gone', ['dead', 'held'])).toBeUndefined()
  })

  test('that is absent does not stand in the address', () => {
    expect(Object.keys(given({ state: undefined, kind: 'dead' }))).toEqual(['kind'])
  })
})
