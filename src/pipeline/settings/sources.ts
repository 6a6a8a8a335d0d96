import { type Family } from '../../domain/fact.ts'
import { type Database } from '../../store/engine/database.ts'
import { oweEveryone } from '../../store/debts/deliveries.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { listIntegrations } from '../../store/settings/integrations.ts'
import { insertSource, setFeed, type Source } from '../../store/settings/sources.ts'
import { audited, type Actor } from '../audited.ts'
import { existingSource } from '../existing.ts'
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

/** R7: lets the source fold the other family; everyone it knows may now be out of step. */
export async function changeFeed(
  { db, clock, newId }: SourceDeps,
  { id, feed, actor }: { readonly id: string; readonly feed: Family; readonly actor: Actor },
): Promise<{ readonly source: Source; readonly owing: readonly string[] }> {
  const source = await existingSource(db, id)
  const owing = (await listIntegrations(db, { sourceId: id })).map(integration => integration.id)
  await db.transaction(async tx => {
    await setFeed(tx, { id, feed })
    for (const integrationId of owing) await oweEveryone(tx, { integrationId, at: clock() })
    await audited(tx, { clock, newId }, { actor, action: 'source.changed', subject: id })
  })
  return { source: { ...source, feed }, owing }
}
