import { type Config } from './config.ts'
import { openStore } from './opening.ts'
import { tryUpgrade, type Effect } from './pipeline/upkeep/try-upgrade.ts'
import { type Database } from './store/engine/database.ts'
import { migrate } from './store/engine/migrate.ts'
import { type LeaseNews } from './store/ownership/lease-keeper.ts'
import { migrations } from './store/migrations/all.ts'

type Tell = (news: LeaseNews) => void

/** Brings the store up to this release; gives the names of the migrations that it applied. */
export const migrateStore = (config: Config, tell: Tell): Promise<string[]> =>
  withStore(config, tell, async db => (await migrate(db, migrations)).map(({ name }) => name))

/** What the upgrade of the store would do; changes nothing. */
export const tryUpgradeOfStore = (config: Config, tell: Tell): Promise<readonly Effect[]> =>
  withStore(config, tell, db => tryUpgrade(db, { migrations, at: Date.now() }))

/** I14: no service works on the store meanwhile. */
async function withStore<T>(config: Config, tell: Tell, work: (db: Database) => Promise<T>): Promise<T> {
  const { db, lease } = await openStore(config, { tell })
  try {
    return await work(db)
  } finally {
    await lease.release()
    await db.close()
  }
}
