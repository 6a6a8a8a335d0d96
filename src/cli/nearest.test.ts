import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

const NAMES = ['serve', 'simulator', 'status', 'send', 'quarantine', 'token-file']

test.each([
  ['serv', ['serve']],
  ['sevre', ['serve']],
  ['stauts', ['status']],
  ['quarantin', ['quarantine']],
  ['quar', ['quarantine']],
  ['token', ['token-file']],
  ['sen', ['send']],
  ['xyz', []],
  ['', []],
])('%j is near to %j', (typed, names) => {
  expect(nearest(typed, NAMES)).toEqual(names)
})

test('names that are equally near are all told', () => {
  expect(nearest('lost', ['list', 'last', 'read'])).toEqual(['list', 'last'])
})
