import { expect, test } from 'vitest'
import { isMasked, masked, maskedText } from './mask.ts'

test.each([
  ['ada@mail.test', 'a•••@mail.test'],
  ['Ada.Lovelace+news@mail.test', 'A•••@mail.test'],
  ['é@mail.test', 'é•••@mail.test'],
  ['😀x@mail.test', '😀•••@mail.test'],
  ['+33 6 12 34 56 78', '+33•••78'],
  ['crm-4711', 'crm-4711'],
  ['0cc175b9c0f1b6a831c399e269772661', '0cc175b9c0f1b6a831c399e269772661'],
])('%s is shown as %s', (person, shown) => {
  expect(masked(person)).toBe(shown)
  expect(isMasked(person)).toBe(person !== shown)
})

test('every address inside a text is masked, whatever surrounds it', () => {
  const text = '{"email_address":"ada@mail.test","note":"see <bob@x.test>, ada@mail.test"}'
  expect(maskedText(text)).toBe('{"email_address":"a•••@mail.test","note":"see <b•••@x.test>, a•••@mail.test"}')
})

test('a text without an address stays as it is', () => {
  expect(maskedText('{"merge_fields":{"NEWS":"true"}}')).toBe('{"merge_fields":{"NEWS":"true"}}')
})

test.each([
  ["o'brien@mail.test", 'o•••@mail.test'],
  ['/members?email=alice%40mail.test', '/members?email=a•••%40mail.test'],
  ['"phone":"+33"', '"phone":"+33"'],
])('%s becomes %s', (text, shown) => {
  expect(maskedText(text)).toBe(shown)
})

test('a long run without an address is passed over at once', () => {
  const run = 'x'.repeat(1_000_000)
  expect(maskedText(`${run} ada@mail.test`)).toBe(`${run} a•••@mail.test`)
})
