import { type Sql } from './database.ts'

type ColumnType = 'text' | 'bigint'

/**
 * A `from` item that turns one JSON parameter, a list of objects, into rows, so that a group of any size costs one
 * statement. The only place where reading JSON differs between the dialects.
 */
export function jsonRows(dialect: Sql['dialect'], parameter: string, columns: Readonly<Record<string, ColumnType>>) {
  const names = Object.entries(columns)
  if (dialect === 'postgres')
    return `json_to_recordset(${parameter}::json) as r(${names.map(([name, type]) => `${name} ${type}`).join(', ')})`
  return `(select ${names.map(([name]) => `value ->> '${name}' as ${name}`).join(', ')} from json_each(${parameter})) as r`
}

/** Other people's words as both databases take them: U+FFFD for a NUL and for half a surrogate pair. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd').replace(/\p{Cs}/gu, '\ufffd')

/** Bytes travel in JSON as hexadecimal digits. */
export const bytesOf = (dialect: Sql['dialect'], column: string): string =>
  dialect === 'postgres' ? `decode(${column}, 'hex')` : `unhex(${column})`
