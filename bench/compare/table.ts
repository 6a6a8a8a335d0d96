import { type Result } from '../results.ts'

const NAME = /^compared, (.+): (.+)$/

/** The rows of the comparison as one Markdown table, a way in each column, as docs/performance.md shows it. */
export function tableOfWays(results: readonly Result[]): string {
  const cells = results.flatMap(({ name, value, unit }) => {
    const [, way, what] = NAME.exec(name) ?? []
    return way === undefined || what === undefined || way === 'no way'
      ? []
      : [{ way, what: `${what} (${unit})`, value }]
  })
  const ways = [...new Set(cells.map(({ way }) => way))]
  const rows = [...new Set(cells.map(({ what }) => what))].map(what => [
    what,
    ...ways.map(way => valueOf(cells.find(cell => cell.way === way && cell.what === what)?.value)),
  ])
  return [['', ...ways], ways.map(() => '---:').toSpliced(0, 0, '---'), ...rows].map(line).join('\n')
}

const valueOf = (value: number | null | undefined): string =>
  value?.toLocaleString('en-US', { maximumFractionDigits: 3 }) ?? ''

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
