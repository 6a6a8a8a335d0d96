import { type Database } from './database.ts'
import { type StoreLimits } from './limits.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

type Location = {
  readonly databaseUrl?: string | undefined
  readonly file: string
  readonly limits?: StoreLimits | undefined
}

/** Opens PostgreSQL when there is a URL for it, else the SQLite store in `file`. */
export function openDatabase({ databaseUrl, file, limits }: Location): Promise<Database> {
  return databaseUrl === undefined
    ? openSqlite({ file })
    : openPostgres({ url: databaseUrl, ...(limits ? { limits } : {}) })
}
