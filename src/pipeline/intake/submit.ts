import { type Database } from '../../store/engine/database.ts'
import { existingSource } from '../existing.ts'
import { readSubmitted } from '../../didomi/submitted.ts'
import { type Ingest, type Received } from './ingest.ts'

/** Events from people and scripts: validated first, since their sender can correct them (R2). */
export async function submitEvents(
  { db, ingest, clock }: { readonly db: Database; readonly ingest: Ingest; readonly clock: () => number },
  { sourceId, events }: { readonly sourceId: string; readonly events: readonly unknown[] },
): Promise<Received> {
  await existingSource(db, sourceId)
  const raw = Buffer.from(JSON.stringify(events))
  readSubmitted(raw, clock())
  return ingest.receive({ sourceId, bytes: raw, contentEncoding: '' })
}
