import { csvOf } from './csv.ts'
import { usageFailure } from './exit.ts'
import type { Io, Sink } from './io.ts'
import { legible } from './legible.ts'
import { tableOf, type Column, type Style } from './table.ts'

export const JSON_FLAG = { json: { says: 'print JSON (without a terminal it is JSON anyway)' } } as const
export const LIST_FLAGS = { ...JSON_FLAG, csv: { says: 'print CSV' } } as const

type FormatFlags = { readonly json?: true | undefined; readonly csv?: true | undefined }
type Format = 'people' | 'json' | 'csv'

/** People at a terminal read tables, programs at the end of a pipe read JSON, unless a flag says what. */
export function formatOf({ json, csv }: FormatFlags, { isTTY }: Sink): Format {
  if (json && csv) throw usageFailure('error: --json and --csv exclude each other')
  if (csv) return 'csv'
  return json || !isTTY ? 'json' : 'people'
}

/** Data goes to standard output. At a terminal it cannot act on the terminal. */
function print({ out }: Io, text: string): void {
  out.write(out.isTTY ? legible(text) : text)
}

export const printJson = (io: Io, value: unknown): void => print(io, `${JSON.stringify(value, null, 2)}\n`)

const printCsv = (io: Io, text: string): void => print(io, io.out.isTTY ? text.replaceAll('\r\n', '\n') : text)

type Listing<Row> = {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  /** What is said at a terminal instead of a table of nothing. */
  readonly none: string
}

export function printList<Row>(io: Io, flags: FormatFlags, { rows, columns, none }: Listing<Row>): void {
  const format = formatOf(flags, io.out)
  if (format === 'json') return printJson(io, rows)
  if (format === 'csv') return printCsv(io, csvOf(columns, rows))
  io.out.write(rows.length === 0 ? `${none}\n` : tableOf(columns, rows, titleStyle(io)))
}

/** Bold at a terminal that may be given colours (no-color.org). */
export function titleStyle({ env, out }: Io): Style {
  const isPlain = !out.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  return isPlain ? text => text : text => `\u001b[1m${text}\u001b[22m`
}
