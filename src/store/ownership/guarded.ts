import { type Database, type Param, type Row, type Sql } from '../engine/database.ts'
import { StoreError } from '../engine/errors.ts'
import { isRead } from '../engine/sqlite-text.ts'
import { LEASE_NAME } from './lease-session.ts'

/**
 * I14: a database that writes for the tenure of this epoch only. Every transaction holds the row of the lease until it
 * ends, so the next owner takes the lease after the last write of the one before, and none comes later.
 */
export function guarded(db: Database, epoch: number | undefined): Database {
  const transaction: Database['transaction'] = work =>
    db.transaction(async tx => {
      await assertOwner(tx, epoch)
      return work(tx)
    }, 'delivery')
  return {
    ...db,
    query: <R extends Row>(text: string, params?: readonly Param[]) =>
      isRead(text) ? db.query<R>(text, params) : transaction(tx => tx.query<R>(text, params)),
    transaction,
  }
}

async function assertOwner(tx: Sql, epoch: number | undefined): Promise<void> {
  const held = epoch === undefined ? [] : await tx.query(OWNED, [LEASE_NAME, epoch])
  if (held.length === 0)
    throw new StoreError('this instance does not hold the lease on deliveries any more', { failure: 'unavailable' })
}

// The weakest lock that the next owner's `for update` waits for, and the only one that renewing it does not.
const OWNED = 'select epoch from lease where name = $1 and epoch = $2 for key share'
