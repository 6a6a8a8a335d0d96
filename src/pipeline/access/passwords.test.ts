import { expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

const CHEAP = { logN: 4, r: 8, p: 1 }
const WHO = { isKnown: false, from: 'a network' }
const PASSWORD = 'four words in a row'

test('a password matches its own hash and no other', async () => {
  const passwords = createPasswords(CHEAP)
  const stored = await passwords.hash(PASSWORD)
  expect(await passwords.matches(PASSWORD, stored, WHO)).toBe(true)
  expect(await passwords.matches(`${PASSWORD} `, stored, WHO)).toBe(false)
  expect(await passwords.matches(PASSWORD, await passwords.hash('five words in a row'), WHO)).toBe(false)
})

test('two hashes of one password differ, and neither holds it', async () => {
  const passwords = createPasswords(CHEAP)
  const [one, other] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)]
  expect(one).not.toBe(other)
  expect(one).not.toContain(PASSWORD)
})

test('a hash carries its parameters: it is good after they are raised', async () => {
  const stored = await createPasswords(CHEAP).hash(PASSWORD)
  expect(stored).toMatch(/^scrypt\$4\$8\$1\$/)
  expect(await createPasswords({ ...CHEAP, logN: 5 }).matches(PASSWORD, stored, WHO)).toBe(true)
})

test('the real parameters are N=2^17, r=8, p=1', async () => {
  const passwords = createPasswords()
  const stored = await passwords.hash(PASSWORD)
  expect(stored).toMatch(/^scrypt\$17\$8\$1\$/)
  expect(await passwords.matches(PASSWORD, stored, WHO)).toBe(true)
})

test('nobody’s password matches nothing', async () => {
  const passwords = createPasswords(CHEAP)
  for (const password of ['', PASSWORD]) expect(await passwords.matches(password, undefined, WHO)).toBe(false)
})

test('the same password from two keyboards is one password', async () => {
  const passwords = createPasswords(CHEAP)
  const stored = await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9')
  expect(await passwords.matches('cafe\u0301 cafe\u0301 cafe\u0301', stored, WHO)).toBe(true)
})

test('a stored text of another form is a bug, not a wrong password', async () => {
  await expect(createPasswords(CHEAP).matches(PASSWORD, 'md5$0123', WHO)).rejects.toThrow('no known form')
})
