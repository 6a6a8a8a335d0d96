import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { inject } from 'vitest'
import { type Database } from '../src/store/engine/database.ts'
import { openPostgres } from '../src/store/engine/postgres.ts'
import { openSqlite } from '../src/store/engine/sqlite.ts'
import { PATIENT_STORE } from './patient.ts'

/** For `describe.each(databases)`: every `open` gives a fresh, empty database that is gone after its `close`. */
export const databases: readonly { name: Database['dialect']; open: () => Promise<Database> }[] = [
  { name: 'sqlite', open: async () => (await freshSqlite()).db },
  { name: 'postgres', open: async () => (await freshPostgres()).db },
]

export async function freshSqlite(): Promise<{ db: Database; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-'))
  const file = join(folder, 'store.db')
  const db = await openSqlite({ file })
  return { file, db: closingWith(db, () => rm(folder, { recursive: true })) }
}

export async function freshPostgres(): Promise<{ db: Database; url: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(`create database ${name}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  const db = await openPostgres({ url: url.href, connections: 5, limits: PATIENT_STORE })
  return { url: url.href, db: closingWith(db, () => asAdmin(`drop database ${name} with (force)`)) }
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
