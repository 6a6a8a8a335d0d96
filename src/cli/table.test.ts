import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'
import { tableOf, type Column } from './table.ts'

type Row = { readonly id: string; readonly count: number; readonly why: string }

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'COUNT', of: ({ count }) => count },
  { title: 'WHY', of: ({ why }) => why },
]
const plain = (text: string) => text

test('a table has its columns below each other, numbers to the right, and no blanks at the ends of lines', () => {
  const rows = [
    { id: 'a', count: 7, why: '' },
    { id: 'longer', count: 1234567, why: 'it is so' },
  ]
  expect(tableOf(COLUMNS, rows, plain)).toBe(
    ['ID        COUNT  WHY', 'a             7', 'longer  1234567  it is so', ''].join('\n'),
  )
})

test('the titles have a style of their own', () => {
  const table = tableOf(COLUMNS, [{ id: 'a', count: 1, why: 'b' }], text => `<${text}>`)
  expect(table.split('\n')[0]).toBe('<ID  COUNT  WHY>')
})

test('nothing in a cell can act on the terminal, or break the line', () => {
  const rows = [{ id: '\u001b[2J', count: 1, why: 'a\nb\u009b\u202e' }]
  expect(tableOf(COLUMNS, rows, plain)).toContain('\\u001b[2J      1  a\\u000ab\\u009b\\u202e\n')
})

test('letters of several code units take the room of one', () => {
  const rows = [
    { id: '𝒜', count: 1, why: 'x' },
    { id: 'ab', count: 1, why: 'x' },
  ]
  expect(tableOf(COLUMNS, rows, plain)).toContain('\n𝒜       1  x\nab      1  x\n')
})

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['@here', "'@here"],
  ['-5', "'-5"],
  ['=a,b', `"'=a,b"`],
])('CSV has %j as %j', (why, field) => {
  expect(csvOf(COLUMNS, [{ id: 'a', count: -5, why }])).toBe(`ID,COUNT,WHY\r\na,-5,${field}\r\n`)
})
