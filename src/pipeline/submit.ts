import { faultIn, readWebhook } from '../didomi/webhook.ts'
import { Problem } from '../domain/problem.ts'
import { type Database } from '../store/database.ts'
import { findSource } from '../store/sources.ts'
import { unreadableEvents } from './dry-run.ts'
import { type Ingest, type Received } from './ingest.ts'

/** Events from people and scripts: validated first, since their sender can correct them (R2). */
export async function submitEvents(
  { db, ingest, now }: { readonly db: Database; readonly ingest: Ingest; readonly now: () => number },
  { sourceId, events }: { readonly sourceId: string; readonly events: readonly unknown[] },
): Promise<Received> {
  if (!(await findSource(db, sourceId))) throw new Problem('not_found', `there is no source ${sourceId}`)
  const raw = Buffer.from(JSON.stringify(events))
  const faults = readWebhook(raw, now()).flatMap(faultIn)
  if (faults.length > 0) throw unreadableEvents(faults)
  return ingest.receive({ sourceId, raw })
}
