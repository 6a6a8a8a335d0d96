import { type Database, type Param, type Row, type Sql } from '../engine/database.ts'
import { StoreError } from '../engine/errors.ts'
import { isRead } from '../engine/sqlite-text.ts'
import { LEASE_NAME } from './lease-session.ts'

/**
 * I14: a database that writes for the tenure of this epoch only. Every transaction holds the row of the lease until it
 * ends, so the next owner takes the lease after the last write of the one before, and none comes later.
 */
export function guarded(db: Database, epoch: number | undefined): Database {
  const transaction: Database['transaction'] = async work => {
    // That the lease is lost is no failure of the store, so the transaction itself does not fail.
    const done = await db.transaction(
      async tx => ((await isOwner(tx, epoch)) ? { result: await work(tx) } : undefined),
      'delivery',
    )
    if (!done) throw new StoreError('this instance does not hold the lease on deliveries any more', LOST)
    return done.result
  }
  return {
    ...db,
    query: <R extends Row>(text: string, params?: readonly Param[]) =>
      isRead(text) ? db.query<R>(text, params) : transaction(tx => tx.query<R>(text, params)),
    transaction,
  }
}

const LOST = { failure: 'unavailable' } as const

const isOwner = async (tx: Sql, epoch: number | undefined): Promise<boolean> =>
  epoch !== undefined && (await tx.query(OWNED, [LEASE_NAME, epoch])).length > 0

// The weakest lock that the next owner's `for update` waits for, and the only one that renewing it does not.
const OWNED = 'select epoch from lease where name = $1 and epoch = $2 for key share'
