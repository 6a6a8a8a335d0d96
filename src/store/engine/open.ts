import { type Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

type Location = { readonly databaseUrl?: string | undefined; readonly file: string }

/** Opens PostgreSQL when there is a URL for it, else the SQLite store in `file`. */
export function openDatabase({ databaseUrl, file }: Location): Promise<Database> {
  return databaseUrl === undefined ? openSqlite({ file }) : openPostgres({ url: databaseUrl })
}
