import { type Sql } from '../engine/database.ts'
import { bodyIn, type BodyRow, type KeptBody } from './bodies.ts'

/**
 * The body as it is kept. It is written to, although nothing changes: so another reader, and an erasure that holds off
 * writers, come before or after, and the tables are locked in the order of ingest.
 */
export async function lockBody(tx: Sql, id: string): Promise<KeptBody | undefined> {
  const [row] = await tx.query<BodyRow>(
    `update inbox set faults = faults where id = $1 returning id, source_id, received_at, raw, faults`,
    [id],
  )
  return row && bodyIn(row)
}

// The sweep of expired bodies passed it while it was in the quarantine, and does not come back.
/** Empties a body that left the quarantine if bodies of its age, up to `bodiesDone`, have expired. */
export const expirePassedBody = (tx: Sql, { id, bodiesDone }: { readonly id: string; readonly bodiesDone: string }) =>
  tx.query('update inbox set raw = $3 where id = $1 and id <= $2 and faults is null', [
    id,
    bodiesDone,
    new Uint8Array(),
  ])
