import { type Sql } from './database.ts'

type ColumnType = 'text' | 'bigint'

/**
 * A `from` item that turns one JSON parameter, a list of objects, into rows, so that a group of any size costs one
 * statement. Reading JSON differs between the dialects, only here and in `jsonItems`.
 */
export function jsonRows(dialect: Sql['dialect'], parameter: string, columns: Readonly<Record<string, ColumnType>>) {
  const names = Object.entries(columns)
  if (dialect === 'postgres')
    return `json_to_recordset(${parameter}::json) as r(${names.map(([name, type]) => `${name} ${type}`).join(', ')})`
  return `(select ${names.map(([name]) => `value ->> '${name}' as ${name}`).join(', ')} from json_each(${parameter})) as r`
}

/** A `from` item with the items of a column that holds a JSON list, each as `value`. */
export const jsonItems = (dialect: Sql['dialect'], column: string): string =>
  dialect === 'postgres' ? `json_array_elements(${column}::json)` : `json_each(${column})`

/** Other people's words as both databases take them: U+FFFD for a NUL and for half a surrogate pair. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd').replace(/\p{Cs}/gu, '\ufffd')

/** The columns by which a row finds its bytes in `joinBytes`. */
export const BYTES = { start: 'bigint', length: 'bigint' } as const

/**
 * Bytes travel beside the JSON, those of all rows end to end in one parameter: as digits in a text they would be twice
 * as long. `places` says where each row's are, in the columns of `BYTES`.
 */
export function joinBytes(pieces: readonly Uint8Array[]) {
  let next = 1
  const places = pieces.map(({ length }) => {
    const start = next
    next += length
    return { start, length }
  })
  return { bytes: Buffer.concat(pieces), places }
}

/** The bytes of the row `r` in the parameter that `joinBytes` made. SQLite has no part of nothing but null. */
export const bytesIn = (dialect: Sql['dialect'], parameter: string): string =>
  dialect === 'postgres'
    ? `substr(${parameter}::bytea, r.start::integer, r.length::integer)`
    : `coalesce(substr(${parameter}, r.start, r.length), x'')`
