import { legibleLine } from './legible.ts'

export type Cell = string | number

/** One column of a list: its title, and what it shows of a row. */
export type Column<Row> = {
  readonly title: string
  of(row: Row): Cell
}

export type Style = (text: string) => string

/**
 * Rows below their titles, numbers to the right. Nothing is cut: what is wider than the terminal goes on in its next
 * line. `style` is for the titles.
 */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: Style): string {
  const drawn = columns.map(({ title, of }) => {
    const cells = rows.map(of)
    const texts = cells.map(cell => legibleLine(String(cell)))
    const isNumber = cells.length > 0 && cells.every(cell => typeof cell === 'number')
    const width = Math.max(title.length, ...texts.map(widthOf))
    const padded = (text: string): string => {
      const room = ' '.repeat(width - widthOf(text))
      return isNumber ? room + text : text + room
    }
    return { title: padded(title), texts: texts.map(padded) }
  })
  const head = style(
    drawn
      .map(({ title }) => title)
      .join('  ')
      .trimEnd(),
  )
  const lines = rows.map((_, place) =>
    drawn
      .map(({ texts }) => texts[place])
      .join('  ')
      .trimEnd(),
  )
  return [head, ...lines].map(line => `${line}\n`).join('')
}

/** In characters as people count them: one of many code units takes no more room. */
const widthOf = (text: string): number => [...text].length
