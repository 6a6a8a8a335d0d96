import { type Database } from '../engine/database.ts'
import { guarded } from './guarded.ts'
import { LeaseKeeper, type KeeperDeps } from './lease-keeper.ts'

/** The right of one process to deliver (I14). */
export type Lease = {
  /** Of the tenure that lasts; undefined while another process may deliver. */
  epoch(): number | undefined
  /** The same database, which refuses to write once the tenure that lasts now has ended. */
  guard(db: Database): Database
  /** Called whenever a tenure has begun or ended. */
  onChange(listener: () => void): void
  /** Called whenever the database answers again after it did not. */
  onBack(listener: () => void): void
  /** Ends the tenure, so that the next process need not wait. */
  release(): Promise<void>
}

/** SQLite: the lock on the file is the lease, and it lasts as long as the process. */
export const FILE_LEASE: Lease = {
  epoch: () => 1,
  guard: db => db,
  onChange: () => undefined,
  onBack: () => undefined,
  release: () => Promise.resolve(),
}

/**
 * Takes the lease on a PostgreSQL, waiting for that of a dead process to run out, and keeps it from then on: renewed
 * while the database answers, and taken again after it was lost. Refuses when its owner lives.
 */
export async function takeLease(deps: KeeperDeps): Promise<Lease> {
  const keeper = new LeaseKeeper(deps)
  try {
    await keeper.begin()
  } catch (error) {
    await keeper.release()
    throw error
  }
  return {
    epoch: () => keeper.epoch(),
    guard: db => guarded(db, keeper.epoch()),
    onChange: listener => keeper.onChange(listener),
    onBack: listener => keeper.onBack(listener),
    release: () => keeper.release(),
  }
}
