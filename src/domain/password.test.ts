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
])('%j is refused', (password, code) => {
  expect(passwordProblem(password, about)).toMatchObject({ path: 'next', code })
})

test.each(['x'.repeat(SHORTEST_PASSWORD), 'x'.repeat(LONGEST_PASSWORD), 'four words in a row', '🔑'.repeat(12)])(
  '%j will do',
  password => {
    expect(passwordProblem(password, about)).toBeUndefined()
  },
)

test('of an account without an address only the length counts', () => {
  expect(passwordProblem('ada@mail.test', { path: 'next', email: undefined })).toBeUndefined()
})
