import { type Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite, type SqliteStore } from './sqlite.ts'

type Location = SqliteStore & { readonly databaseUrl?: string | undefined }

/** Opens PostgreSQL when there is a URL for it, else the SQLite store in `file`. */
export function openDatabase({ databaseUrl, ...store }: Location): Promise<Database> {
  return databaseUrl === undefined ? openSqlite(store) : openPostgres({ url: databaseUrl })
}
