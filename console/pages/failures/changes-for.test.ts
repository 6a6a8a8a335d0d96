import { expect, test } from 'vitest'
import { changesFor } from './changes-for.ts'

test.each([
  ['open', ['acknowledge', 'ignore']],
  ['acknowledged', ['ignore', 'reopen']],
  ['ignored', ['acknowledge', 'reopen']],
  ['resolved', ['ignore']],
] as const)('of a failure that is %s one can %j', (state, changes) => {
  expect(changesFor(state)).toEqual(changes)
})
