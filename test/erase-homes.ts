import { type Database } from '../src/store/engine/database.ts'
import { freshPostgres } from './databases.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

/** For `describe.each(homes)`: a world on each store. */
export const homes = [
  { name: 'SQLite', home: () => Promise.resolve({ url: undefined, close: () => Promise.resolve() }) },
  {
    name: 'PostgreSQL',
    home: async () => {
      const { db, url } = await freshPostgres()
      return { url, close: () => db.close() }
    },
  },
] as const

type Housed = { readonly world: World; readonly db: () => Database; readonly close: () => Promise<void> }

/** A world that reads `event.*`, and its store; of a world that restarts, the present one. */
export async function startHome(
  home: (typeof homes)[number]['home'],
  { around, ...options }: WorldOptions = {},
): Promise<Housed> {
  const { url, close } = await home()
  let db: Database | undefined
  const world = await startWorld({
    feed: 'event',
    around: opened => (db = around?.(opened) ?? opened),
    ...options,
    ...(url === undefined ? {} : { databaseUrl: url }),
  })
  return {
    world,
    db: () => {
      if (!db) throw new Error('the world has not opened its store yet')
      return db
    },
    close: async () => {
      await world[Symbol.asyncDispose]()
      await close()
    },
  }
}

export type Erasure = {
  readonly id: string
  readonly state: string
  readonly waits_for: readonly { readonly why: string; readonly integration_id: string }[]
  readonly unproven: readonly { readonly why: string; readonly integration_id: string }[]
  readonly erased: { facts: number; bodies: number; attempts: number; deliveries: number } | null
  readonly remains: readonly string[]
}

export const asksToErase = (world: World, who: string, query = '') =>
  world.api<Erasure & { erasure_id?: string }>('DELETE', `/v1/people/${encodeURIComponent(who)}${query}`)

/** Asks for it, lets everything that waits be done, and gives the erasure as it is then. */
export async function erases(world: World, who: string, query = ''): Promise<Erasure> {
  const { body } = await asksToErase(world, who, query)
  await world.settles()
  return (await world.api<Erasure>('GET', `/v1/erasures/${body.erasure_id ?? body.id}`)).body
}

/** Every row of every table that has one of these texts in it, in any case; the audit may name whom something was done to. */
export async function rowsWith(db: Database, ...texts: readonly string[]): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    db.dialect === 'sqlite'
      ? `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
      : `select tablename as name from pg_tables where schemaname = 'public'`,
  )
  if (tables.length < 15) throw new Error('tables are missing')
  const found: string[] = []
  for (const { name } of tables) {
    for (const row of await db.query(`select * from ${name}`)) {
      const text = Object.values(name === 'audit' ? { ...row, subject: '' } : row)
        .map(value => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value))
        .join(' ')
        .toLowerCase()
      if (texts.some(each => text.includes(each))) found.push(`${name}: ${text}`)
    }
  }
  return found
}
