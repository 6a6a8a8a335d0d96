import { type Database, type Sql } from './database.ts'

export type Migration = {
  readonly version: number
  readonly name: string
  readonly sql: (dialect: Sql['dialect']) => readonly string[]
}

/** The database was made by a newer release, which this one would not understand. */
class NewerSchema extends Error {
  override readonly name = 'NewerSchema'
}

export type Applied = { version: number; name: string }

/**
 * Brings the database up to the last migration and returns those it applied. Each one is there entirely, with its
 * row in `migration`, or not at all; processes that start together apply each of them once.
 */
export async function migrate(
  db: Pick<Database, 'transaction'>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  assertAscending(migrations)
  const before = await db.transaction(prepare, 'long')
  assertKnown(before, migrations)
  const applied: Migration[] = []
  for (const migration of migrations) {
    if (before.some(row => row.version === migration.version)) continue
    if (await db.transaction(tx => apply(tx, migration), 'long')) applied.push(migration)
  }
  return applied
}

async function prepare(tx: Sql): Promise<Applied[]> {
  await lock(tx)
  await tx.query(
    `create table if not exists migration
       (version integer primary key, name text not null, applied_at bigint not null)`,
  )
  return tx.query<Applied>('select version, name from migration order by version')
}

async function apply(tx: Sql, migration: Migration): Promise<boolean> {
  await lock(tx)
  const [done] = await tx.query('select version from migration where version = $1', [migration.version])
  if (done) return false
  for (const statement of migration.sql(tx.dialect)) await tx.query(statement)
  await tx.query('insert into migration (version, name, applied_at) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    Date.now(),
  ])
  return true
}

async function lock(tx: Sql): Promise<void> {
  // One process owns a SQLite file, and its transactions take turns.
  if (tx.dialect === 'sqlite') return
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('consent-relay migration', 0))`)
}

function assertAscending(migrations: readonly Migration[]): void {
  migrations.forEach(({ version }, index) => {
    const previous = migrations[index - 1]?.version ?? 0
    if (version <= previous) throw new Error(`migration ${version} comes after ${previous}`)
  })
}

/** Throws when some of what was applied is not one of these migrations. */
export function assertKnown(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const last = migrations.at(-1)?.version ?? 0
  for (const { version, name } of applied) {
    if (version > last) {
      throw new NewerSchema(`the database has schema ${version} (${name}), this release knows ${last}: use a newer one`)
    }
    const known = migrations.find(migration => migration.version === version)
    if (known?.name !== name)
      throw new Error(
        `the database has a migration ${version} (${name}) that is not ours: name the store of Consent Relay`,
      )
  }
}
