import { expect, test } from 'vitest'
import { sharedProblems } from './shared-users.ts'

test('R5d: a source without shared users has no problem, and else it says how many there are', () => {
  expect(sharedProblems(0)).toEqual([])
  for (const [users, words] of [
    [1, '1 Didomi user wrote more than 5 ids'],
    [12, '12 Didomi users wrote more than 5 ids'],
  ] as const)
    expect(sharedProblems(users)).toMatchObject([
      { code: 'users_shared', users, detail: expect.stringContaining(words) as string },
    ])
})
