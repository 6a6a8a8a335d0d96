import { expect, test } from 'vitest'
import { reaches, ROLES, type Role } from './role.ts'

test.each<[Role, readonly Role[]]>([
  ['viewer', ['viewer']],
  ['operator', ['viewer', 'operator']],
  ['owner', ['viewer', 'operator', 'owner']],
])('%s reaches %j and no more', (role, reached) => {
  expect(ROLES.filter(needed => reaches({ role, needed }))).toEqual(reached)
})
