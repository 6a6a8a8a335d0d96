import { expect, test } from 'vitest'
import { LONGEST_PASSWORD, passwordProblem, SHORTEST_PASSWORD } from './password.ts'

const about = { path: 'next', email: 'ada@mail.test' }

test.each([
  ['x'.repeat(SHORTEST_PASSWORD - 1), 'password_too_short'],
  // Characters, not UTF-16 units.
  ['🔑'.repeat(SHORTEST_PASSWORD - 1), 'password_too_short'],
  ['x'.repeat(LONGEST_PASSWORD + 1), 'password_too_long'],
  ['Ada@Mail.Test', 'password_is_address'],
  ['ada@mail.test2026', 'password_is_address'],
  ['x'.repeat(SHORTEST_PASSWORD), 'password_too_common'],
  ['password2026', 'password_too_common'],
])('%j is refused', (password, code) => {
  expect(passwordProblem(password, about)).toMatchObject({ path: 'next', code })
})

const phrase = 'four words in a row '

test.each([
  phrase.slice(0, SHORTEST_PASSWORD),
  phrase.repeat(LONGEST_PASSWORD / phrase.length),
  '🔑🚪🪟🏠🌳🌊'.repeat(2),
])('%j will do', password => {
  expect(passwordProblem(password, about)).toBeUndefined()
})

test('an account without an address has none that its password could hold', () => {
  expect(passwordProblem('ada@mail.test', { path: 'next', email: undefined })).toBeUndefined()
})
