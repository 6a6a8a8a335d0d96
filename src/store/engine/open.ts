import { type Database } from './database.ts'
import { type StoreLimits } from './limits.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite, type SqliteStore } from './sqlite.ts'

type Location = SqliteStore & {
  readonly databaseUrl?: string | undefined
  readonly limits?: StoreLimits | undefined
}

/** Opens PostgreSQL when there is a URL for it, else the SQLite store in `file`. */
export function openDatabase({ databaseUrl, limits, ...store }: Location): Promise<Database> {
  return databaseUrl === undefined
    ? openSqlite(store)
    : openPostgres({ url: databaseUrl, ...(limits ? { limits } : {}) })
}
