import type * as Binding from '@photostructure/sqlite'

type Sqlite = typeof Binding

/**
 * The `node:sqlite` API: the built-in module from Node 24 on, the package of the same shape before (Node 20 has none,
 * Node 22 calls its own experimental). The package goes when the floor is Node 24.
 */
export async function loadSqlite(): Promise<Sqlite> {
  if (Number.parseInt(process.versions.node) < 24) return import('@photostructure/sqlite')
  const builtIn: string = 'node:sqlite'
  return (await import(builtIn)) as Sqlite
}

/**
 * The extended result code of a failure. Version 1.2 of the package drops it when a statement fails while it returns
 * rows (`insert … returning`); what is left is the message, whose texts are fixed in SQLite's own source.
 */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode
  return FIXED_MESSAGES.find(([start]) => error.message.startsWith(start))?.[1]
}

const FIXED_MESSAGES: readonly (readonly [string, number])[] = [
  ['UNIQUE constraint failed', 2067],
  ['database or disk is full', 13],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database is locked', 5],
  ['database disk image is malformed', 11],
  ['unable to open database file', 14],
]
