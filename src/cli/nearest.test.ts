import { expect, test } from 'vitest'
import { suggestion } from './nearest.ts'

const NAMES = ['serve', 'simulator', 'status', 'send', 'quarantine', 'token-file']

test.each([
  ['serv', 'serve'],
  ['sevre', 'serve'],
  ['stauts', 'status'],
  ['quarantin', 'quarantine'],
  ['quar', 'quarantine'],
  ['token', 'token-file'],
  ['sen', 'send'],
])('%j is near to %j', (typed, name) => {
  expect(suggestion(typed, NAMES)).toBe(`\n(Did you mean ${name}?)`)
})

test.each(['xyz', ''])('%j is near to nothing', typed => {
  expect(suggestion(typed, NAMES)).toBe('')
})

test('names that are equally near are all told', () => {
  expect(suggestion('lost', ['list', 'last', 'read'], '--')).toBe('\n(Did you mean one of --list, --last?)')
})
