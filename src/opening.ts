import { randomUUID } from 'node:crypto'
import { type Config } from './config.ts'
import { type Database } from './store/engine/database.ts'
import { type StoreLimits } from './store/engine/limits.ts'
import { type SqliteStore } from './store/engine/sqlite.ts'
import { migrations } from './store/migrations/all.ts'
import { FILE_LEASE, takeLease, type Lease } from './store/ownership/lease.ts'
import { openSoundStore, type SoundStore } from './store/soundness/open-sound.ts'
import { type LeaseNews, type LeaseTimes } from './store/ownership/lease-keeper.ts'

/** How long is waited for PostgreSQL, and how long the lease on it lasts. */
export type OpeningLimits = { readonly store?: StoreLimits; readonly lease?: LeaseTimes }

type Opening = Pick<SqliteStore, 'newThread'> & {
  readonly tell: (news: LeaseNews) => void
  readonly limits?: OpeningLimits | undefined
  readonly around?: ((db: Database) => Database) | undefined
}

type Opened = SoundStore & { readonly lease: Lease }

/** Opens the store, if it keeps what it is given; from then on no other process of ours works on it, whether to deliver or to migrate (I14). */
export async function openStore(config: Config, opening: Opening): Promise<Opened> {
  const { tell, limits = {}, around = db => db, newThread } = opening
  const { databaseUrl: url } = config
  const { db: opened, ...embedded } = await openSoundStore(config, { migrations, limits: limits.store, newThread })
  const db = around(opened)
  // What was open while the database said nothing may be dead without knowing.
  const hear = (news: LeaseNews): void => {
    if (news === 'heard') db.reconnect()
    tell(news)
  }
  try {
    await db.assertDurable()
    if (url === undefined) return { db, ...embedded, lease: FILE_LEASE }
    const owner = randomUUID()
    const lease = await takeLease({ url, owner, tell: hear, limits: limits.store, times: limits.lease })
    return { db, ...embedded, lease }
  } catch (error) {
    await db.close()
    throw error
  }
}
