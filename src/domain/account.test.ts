import { expect, test } from 'vitest'
import { accountEmail, endsSessions, leavesNoOwner, type Standing } from './account.ts'

const OWNER: Standing = { role: 'owner', disabled: false }
const OPERATOR: Standing = { role: 'operator', disabled: false }
const DISABLED_OWNER: Standing = { role: 'owner', disabled: true }

test('an address has one spelling, and what is none is no account', () => {
  expect(accountEmail(' Ada@Mail.Test ')).toBe('ada@mail.test')
  for (const text of ['', 'ada', 'ada@', '@mail.test', 'a\0@mail.test']) expect(accountEmail(text)).toBeUndefined()
})

test.each([
  ['demoting the last owner', OWNER, OPERATOR, 0, true],
  ['disabling the last owner', OWNER, DISABLED_OWNER, 0, true],
  ['demoting one of two owners', OWNER, OPERATOR, 1, false],
  ['leaving the last owner as it is', OWNER, OWNER, 0, false],
  ['promoting somebody', OPERATOR, OWNER, 0, false],
  ['demoting an owner who is disabled', DISABLED_OWNER, OPERATOR, 0, false],
])('%s', (_, before, after, otherOwners, lost) => {
  expect(leavesNoOwner(before, after, { otherOwners })).toBe(lost)
})

test.each([
  ['a new password', OWNER, OWNER, true, true],
  ['another role', OWNER, OPERATOR, false, true],
  ['being disabled', OWNER, DISABLED_OWNER, false, true],
  ['being enabled', DISABLED_OWNER, OWNER, false, true],
  ['nothing of the kind', OWNER, OWNER, false, false],
])('%s ends the sessions or not', (_, before, after, newPassword, ended) => {
  expect(endsSessions(before, after, { newPassword })).toBe(ended)
})
