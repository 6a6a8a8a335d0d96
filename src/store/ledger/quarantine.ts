import { type Sql } from '../engine/database.ts'
import { faultsFrom, faultsText, type Arrival } from './inbox.ts'

/** A body, without a byte when it has expired, and with no faults when nothing of it is set apart. */
export type BodyAtFault = Pick<Arrival, 'id' | 'sourceId' | 'receivedAt' | 'raw' | 'faults'>

type Row = { id: string; source_id: string; received_at: number; raw: Uint8Array; faults: string | null }

/**
 * The body as it is kept. It is written to, although nothing changes: so whoever else reads it again, and whoever
 * holds off writers to erase a person, comes before or after, and the tables are locked in the order of ingest.
 */
export async function lockBody(tx: Sql, id: string): Promise<BodyAtFault | undefined> {
  const [row] = await tx.query<Row>(
    `update inbox set faults = faults where id = $1 returning id, source_id, received_at, raw, faults`,
    [id],
  )
  return row && bodyIn(row)
}

const bodyIn = ({ id, source_id: sourceId, received_at: receivedAt, raw, faults }: Row): BodyAtFault => ({
  id,
  sourceId,
  receivedAt,
  raw,
  faults: faultsFrom(faults),
})

/**
 * The body as it could be decoded, and what is at fault from now on; no faults take it out of the quarantine. Its
 * fingerprint stays, so that what was sent is still known when it comes again (I2).
 */
export const keepReread = (tx: Sql, { id, raw, faults }: Pick<BodyAtFault, 'id' | 'raw' | 'faults'>) =>
  tx.query('update inbox set raw = $2, faults = $3 where id = $1', [id, raw, faultsText(faults)])

// The sweep of expired bodies passed it while it was in the quarantine, and does not come back.
/** Empties a body that left the quarantine if bodies of its age, up to `bodiesDone`, have expired. */
export const expirePassedBody = (tx: Sql, { id, bodiesDone }: { readonly id: string; readonly bodiesDone: string }) =>
  tx.query('update inbox set raw = $3 where id = $1 and id <= $2 and faults is null', [
    id,
    bodiesDone,
    new Uint8Array(),
  ])
