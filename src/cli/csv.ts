import type { Cell, Column } from './table.ts'

/** RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe. */
export const csvOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  [columns.map(({ title }) => title), ...rows.map(row => columns.map(({ of }) => of(row)))]
    .map(cells => `${cells.map(fieldOf).join(',')}\r\n`)
    .join('')

function fieldOf(cell: Cell): string {
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
