import { type Family } from '../../domain/fact.ts'
import { type Database } from '../../store/engine/database.ts'
import { cutShort } from '../../store/debts/batches.ts'
import { oweEveryone } from '../../store/settings/to-owe.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { listIntegrations, renewIntegration } from '../../store/settings/integrations.ts'
import { changeReaders, insertSource, setFeed, type Source } from '../../store/settings/sources.ts'
import { audited, type Actor } from '../audited.ts'
import { existingSource } from '../existing.ts'
import { type Worker } from '../lanes/worker.ts'
import { type Beginning } from './integrations.ts'
import { giveSecret, type ShownSecret } from './source-secrets.ts'

type SourceDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

type NewSource = Omit<Source, 'id' | 'createdAt'>

/** Makes a source with the secret that its webhook asks for. Never open by default. */
export async function createSource(
  { db, clock, newId }: SourceDeps,
  { source, actor }: { readonly source: NewSource; readonly actor: Actor },
): Promise<{ readonly source: Source; readonly secret: ShownSecret }> {
  const made: Source = { id: newId('src'), ...source, createdAt: clock() }
  const secret = await db.transaction(async tx => {
    await insertSource(tx, made)
    const given = await giveSecret(tx, { clock, newId }, { source: made, clientId: newId('cli') })
    await audited(tx, { clock, newId }, { actor, action: 'source.created', subject: made.id })
    return given
  })
  return { source: made, secret }
}

type FeedDeps = SourceDeps & { readonly worker: Pick<Worker, 'reload'>; readonly owing: Beginning }

/**
 * R7: lets the source fold the other family; everyone it knows may now be out of step. What was decided on the one
 * before counts for nothing any more (R30).
 */
export async function changeFeed(
  deps: FeedDeps,
  { id, feed, actor }: { readonly id: string; readonly feed: Family; readonly actor: Actor },
): Promise<Source> {
  const { db, clock } = deps
  const source = await existingSource(db, id)
  await db.transaction(async tx => {
    await setFeed(tx, { id, feed })
    for (const { id: integrationId } of await listIntegrations(tx, { sourceId: id })) {
      const at = clock()
      await renewIntegration(tx, { id: integrationId, at })
      await cutShort(tx, { integrationId, at })
      await oweEveryone(tx, { integrationId, at })
    }
    await audited(tx, deps, { actor, action: 'source.changed', subject: id })
    await changeReaders(tx, id)
  })
  await deps.worker.reload()
  await deps.owing.begin()
  return { ...source, feed }
}
