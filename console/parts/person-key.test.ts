import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromPersonKey, toPersonKey } from './person-key.ts'

test('a person is found again, and their address is not readable in the key', () => {
  expect(fromPersonKey(toPersonKey('ada@mail.test'))).toBe('ada@mail.test')
  expect(toPersonKey('ada@mail.test')).not.toContain('ada')
})

test('any id survives, and needs no escaping', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), person => {
      const key = toPersonKey(person)
      expect(key).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(fromPersonKey(key)).toBe(person)
    }),
  )
})

test.each(['%%%', 'gA'])('%s is no key', key => {
  expect(fromPersonKey(key)).toBeUndefined()
})
