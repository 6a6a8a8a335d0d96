import { type Config } from './config.ts'
import { tryUpgrade, type Effect } from './pipeline/upkeep/try-upgrade.ts'
import { type Database } from './store/engine/database.ts'
import { tryInstanceLock } from './store/engine/instance-lock.ts'
import { migrate } from './store/engine/migrate.ts'
import { migrations } from './store/migrations/all.ts'
import { openSoundStore } from './store/soundness/open-sound.ts'

/** Brings the store up to this release; gives the names of the migrations that it applied. */
export const migrateStore = (config: Config): Promise<string[]> =>
  withStore(config, async db => (await migrate(db, migrations)).map(({ name }) => name))

/** What the upgrade of the store would do; changes nothing. */
export const tryUpgradeOfStore = (config: Config): Promise<readonly Effect[]> =>
  withStore(config, db => tryUpgrade(db, { migrations, at: Date.now() }))

/** I14: no service works on the store meanwhile. */
async function withStore<T>(config: Config, work: (db: Database) => Promise<T>): Promise<T> {
  const { databaseUrl } = config
  const { db } = await openSoundStore(config, migrations)
  try {
    if (databaseUrl === undefined) return await work(db)
    const lock = await tryInstanceLock({ url: databaseUrl, name: 'the only instance' })
    if (!lock) throw new Error('another instance of Consent Relay works on this database; stop it first')
    try {
      return await work(db)
    } finally {
      await lock.release()
    }
  } finally {
    await db.close()
  }
}
