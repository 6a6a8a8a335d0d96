import { join } from 'node:path'
import { type Database } from '../engine/database.ts'
import { type Migration } from '../engine/migrate.ts'
import { type StoreLimits } from '../engine/limits.ts'
import { openDatabase } from '../engine/open.ts'
import { type OpenReader, type SqliteStore } from '../engine/sqlite.ts'
import { inspectStore } from './inspect.ts'
import { assertPlace } from './place.ts'

type StoreConfig = {
  readonly databaseUrl: string | undefined
  readonly dataFolder: string
  readonly keyFile: string
  readonly newStore: boolean
}

export type SoundStore = {
  readonly db: Database
  /** The embedded store's. */
  readonly file: string | undefined
  /** Some tables are too large to be looked at before they are served. */
  readonly isWhole: boolean
}

type SoundOpening = Pick<SqliteStore, 'newThread'> & {
  readonly migrations: readonly Migration[]
  readonly limits: StoreLimits | undefined
}

/** R32: opens the store, and throws, with file and remedy, when it must not be served as it is. */
export async function openSoundStore(
  config: StoreConfig,
  { migrations, limits, newThread }: SoundOpening,
): Promise<SoundStore> {
  const { databaseUrl, dataFolder, keyFile, newStore: mayMakeAnew } = config
  const file = join(dataFolder, 'consent-relay.db')
  if (databaseUrl !== undefined)
    return { db: await openDatabase({ file, databaseUrl, limits }), file: undefined, isWhole: true }
  await assertPlace({ file, keyFile, mayMakeAnew })
  let isWhole = true
  const inspect = async (openReader: OpenReader): Promise<void> => {
    isWhole = (await inspectStore(file, { keyFile, mayMakeAnew, migrations, openReader })).isWhole
  }
  const db = await openDatabase({ file, inspect, newThread })
  return { db, file, isWhole }
}
