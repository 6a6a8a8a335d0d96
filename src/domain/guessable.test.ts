import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMMON_WORDS, PRODUCT_WORDS } from './common-passwords.ts'
import { whyGuessable } from './guessable.ts'

const about = { email: 'grace.hopper@navy-yard.test' }

test.each([
  ['password1234', 'common passwords and runs of keys'],
  ['P@ssw0rdP@ssw0rd', 'common passwords'],
  ['Welcome2026!', 'common passwords and years'],
  ['letmeinletmein', 'common passwords'],
  ['Mailchimp-2026', 'names of this product and years'],
  ['C0nsentRelay!!', 'names of this product'],
  ['didomi-didomi', 'names of this product'],
  ['Hopper-Grace-1', 'parts of the e-mail address'],
  ['NavyYard?2025', 'parts of the e-mail address and years'],
  ['qwertyuiop12', 'runs of keys'],
  ['1qaz2wsx3edc', 'runs of keys'],
  ['poiuytrewq99', 'runs of keys'],
  ['abcdefghijklm', 'runs of keys'],
  ['987654321098', 'runs of keys'],
  ['xxxxxxxxxxxx', 'few different characters'],
  ['xyx?xyx?xyx?', 'few different characters'],
  ['🔑'.repeat(12), 'few different characters'],
  ['198419851986', 'years'],
])('%j is guessed by its %s', (password, why) => {
  expect(whyGuessable(password, about)).toBe(why)
})

test.each([
  'four words in a row',
  'a long phrase of her own',
  'the password of a viewer',
  'correct horse battery staple',
  'tK9#vQ2m!xZe',
  'Übermut tut selten gut',
  '長い合言葉を覚えておくこと',
])('%j has enough of its own', password => {
  expect(whyGuessable(password, about)).toBeUndefined()
})

test('an account without an address has no parts of one', () => {
  expect(whyGuessable('grace hopper', { email: undefined })).toBeUndefined()
  expect(whyGuessable('grace hopper', about)).toBe('parts of the e-mail address')
})

test('words that anybody would try are refused in any order, number and case', () => {
  const word = fc.constantFrom(...COMMON_WORDS, ...PRODUCT_WORDS)
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.boolean()), { minLength: 1, maxLength: 5 }), picked => {
      const password = picked.map(([text, loud]) => (loud ? text.toUpperCase() : text)).join('-')
      expect(whyGuessable(password, about)).toBeDefined()
    }),
  )
})
