import { keptBeside, secretsAt } from '../../domain/source-secret.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import {
  deletePreviousSecret,
  deleteSecrets,
  insertSecret,
  secretsOf,
  supersedeSecret,
  type SourceSecret,
} from '../../store/settings/source-secrets.ts'
import { lockSource, type Source } from '../../store/settings/sources.ts'
import { audited, type Actor } from '../audited.ts'
import { existing } from '../existing.ts'
import { hashSecret, newSecret } from '../secrets.ts'

type Deps = { readonly clock: () => number; readonly newId: NewId }
type SecretDeps = Deps & {
  readonly db: Database
  /** Remembers which secrets work, and is called when that has changed. */
  readonly gate: { readonly forget: () => void }
}

/** What a source shows once, for the person who sets up Didomi. */
export type ShownSecret =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'oauth2'; readonly clientId: string; readonly clientSecret: string }

/** Makes a new secret the current one of a source, which has none at that moment. */
export async function giveSecret(
  tx: Sql,
  { clock, newId }: Deps,
  { source, clientId }: { readonly source: Source; readonly clientId: string },
): Promise<ShownSecret> {
  const isClient = source.authType === 'oauth2'
  const secret = newSecret(isClient ? 'crs' : 'crw')
  await insertSecret(tx, {
    id: newId('sec'),
    sourceId: source.id,
    kind: isClient ? 'client' : 'bearer',
    clientId: isClient ? clientId : undefined,
    hash: hashSecret(secret),
    createdAt: clock(),
  })
  return isClient ? { type: 'oauth2', clientId, clientSecret: secret } : { type: 'bearer', token: secret }
}

type Renewal = { readonly id: string; readonly graceMs: number; readonly actor: Actor }
type Renewed = { readonly source: Source; readonly secret: ShownSecret }

/**
 * Gives a source a new secret, which works at once. One secret goes on working beside it for the grace period, with the
 * tokens that were issued for it; without a grace period none does.
 */
export async function renewSecret(
  { db, gate, ...deps }: SecretDeps,
  { id, graceMs, actor }: Renewal,
): Promise<Renewed> {
  const renewed = await db.transaction(async tx => {
    const source = existing(await lockSource(tx, id), `source ${id}`)
    const clientId = await makeWay(tx, { sourceId: id, graceMs, at: deps.clock() })
    const secret = await giveSecret(tx, deps, { source, clientId: clientId ?? deps.newId('cli') })
    await audited(tx, deps, { actor, action: 'source.secret_renewed', subject: id })
    return { source, secret }
  })
  gate.forget()
  return renewed
}

type MakeWayRequest = { readonly sourceId: string; readonly graceMs: number; readonly at: number }

/** Leaves no current secret, and at most one that works until the grace period is over. The client that is now free. */
async function makeWay(tx: Sql, { sourceId, graceMs, at }: MakeWayRequest): Promise<SourceSecret['clientId']> {
  const secrets = secretsAt(await secretsOf(tx, [sourceId]), at)
  const kept = secrets && graceMs > 0 ? keptBeside(secrets) : undefined
  await deleteSecrets(tx, { sourceId, except: kept?.id })
  if (kept) await supersedeSecret(tx, { id: kept.id, expiresAt: at + graceMs })
  return secrets?.current.clientId
}

/** Ends the previous secret of a source, if one still works: it opens nothing from now on. */
export async function endPreviousSecret(
  { db, gate, ...deps }: SecretDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<Source> {
  const source = await db.transaction(async tx => {
    const found = existing(await lockSource(tx, id), `source ${id}`)
    if (await deletePreviousSecret(tx, { sourceId: id, at: deps.clock() }))
      await audited(tx, deps, { actor, action: 'source.previous_secret_ended', subject: id })
    return found
  })
  gate.forget()
  return source
}
