import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config } from './config.ts'
import { type Database } from './store/engine/database.ts'
import { type StoreLimits } from './store/engine/limits.ts'
import { openDatabase } from './store/engine/open.ts'
import { FILE_LEASE, takeLease, type Lease } from './store/ownership/lease.ts'
import { type LeaseNews, type LeaseTimes } from './store/ownership/lease-keeper.ts'

/** How long is waited for PostgreSQL, and how long the lease on it lasts. */
export type OpeningLimits = { readonly store?: StoreLimits; readonly lease?: LeaseTimes }

type Opening = {
  readonly tell: (news: LeaseNews) => void
  readonly limits?: OpeningLimits | undefined
  readonly around?: ((db: Database) => Database) | undefined
}

type Opened = { readonly db: Database; readonly lease: Lease }

/** Opens the store, if it keeps what it is given; from then on no other process of ours works on it, whether to deliver or to migrate (I14). */
export async function openStore(
  { databaseUrl, dataFolder }: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  { tell, limits = {}, around = db => db }: Opening,
): Promise<Opened> {
  if (databaseUrl === undefined) await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, 'consent-relay.db')
  const db = around(await openDatabase({ file, databaseUrl, limits: limits.store }))
  // What was open while the database said nothing may be dead without knowing.
  const hear = (news: LeaseNews): void => {
    if (news === 'heard') db.reconnect()
    tell(news)
  }
  try {
    await db.assertDurable()
    if (databaseUrl === undefined) return { db, lease: FILE_LEASE }
    const owner = randomUUID()
    const lease = await takeLease({ url: databaseUrl, owner, tell: hear, limits: limits.store, times: limits.lease })
    return { db, lease }
  } catch (error) {
    await db.close()
    throw error
  }
}
