import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import { type Database } from '../src/store/engine/database.ts'
import { migrate } from '../src/store/engine/migrate.ts'
import { openPostgres } from '../src/store/engine/postgres.ts'
import { openSqlite } from '../src/store/engine/sqlite.ts'
import { migrations } from '../src/store/migrations/all.ts'
import { lendThread } from './lent-threads.ts'
import { PATIENT_STORE } from './patient.ts'

/** A database without a table, or one with the empty tables of this release. */
type Content = 'nothing' | 'tables'

/** Gives a fresh database that is gone after its `close`. */
export type Open = (content?: Content) => Promise<Database>

/** For `describe.each(databases)`. */
export const databases: readonly { name: Database['dialect']; open: Open }[] = [
  { name: 'sqlite', open: async content => (await freshSqlite(content)).db },
  { name: 'postgres', open: async content => (await freshPostgres(content)).db },
]

export async function freshSqlite(content: Content = 'nothing'): Promise<{ db: Database; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-'))
  const file = join(folder, 'store.db')
  if (content === 'tables') await writeFile(file, await (withTables ??= migratedFile()), { mode: 0o600 })
  const db = await openSqlite({ file, newThread: lendThread })
  return { file, db: closingWith(db, () => rm(folder, { recursive: true })) }
}

export async function freshPostgres(content: Content = 'nothing'): Promise<{ db: Database; url: string }> {
  const name = newName()
  await asAdmin(
    `create database ${name} ${content === 'tables' ? `template ${await (template ??= migratedDatabase())}` : ''}`,
  )
  const { db, url } = await openNamed(name)
  return { url, db: closingWith(db, () => asAdmin(`drop database ${name} with (force)`)) }
}

// To migrate takes longer than most tests of the store, so each process of the runner does it once for each database.
let withTables: Promise<Uint8Array> | undefined
let template: Promise<string> | undefined

async function migratedFile(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-'))
  const file = join(folder, 'store.db')
  await migrateAndClose(await openSqlite({ file, newThread: lendThread }))
  const bytes = await readFile(file)
  await rm(folder, { recursive: true })
  return bytes
}

async function migratedDatabase(): Promise<string> {
  const name = newName()
  await asAdmin(`create database ${name}`)
  await migrateAndClose((await openNamed(name)).db)
  return name
}

async function migrateAndClose(db: Database): Promise<void> {
  await migrate(db, migrations)
  await db.close()
}

const newName = (): string => `test_${randomUUID().replaceAll('-', '')}`

async function openNamed(name: string): Promise<{ db: Database; url: string }> {
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  return { url: url.href, db: await openPostgres({ url: url.href, connections: 5, limits: PATIENT_STORE }) }
}

/** Runs one statement as the superuser of the test server, outside every test database. */
export async function asAdmin(statement: string, params: readonly string[] = []): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  await client.query(statement, [...params])
  await client.end()
}

function closingWith(db: Database, cleanUp: () => Promise<void>): Database {
  let closing: Promise<void> | undefined
  return { ...db, close: () => (closing ??= db.close().then(cleanUp)) }
}
