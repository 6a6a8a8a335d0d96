import { timingSafeEqual } from 'node:crypto'
import { type Family } from '../domain/fact.ts'
import { HOUR, SECOND } from '../domain/instant.ts'
import { Problem } from '../domain/problem.ts'
import { type Database } from '../store/database.ts'
import { oweEveryone } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { listIntegrations } from '../store/integrations.ts'
import {
  deleteExpiredTokens,
  findAccessToken,
  findClient,
  findSource,
  insertAccessToken,
  insertSecret,
  insertSource,
  secretsOf,
  setFeed,
  type SourceRow,
} from '../store/sources.ts'
import { audited, type Actor } from './audited.ts'
import { hashSecret, newSecret } from './secrets.ts'

export type SourceDeps = { readonly db: Database; readonly now: () => number; readonly newId: NewId }

export type NewSource = {
  readonly name: string
  readonly organizationId: string | undefined
  readonly feed: Family | undefined
  readonly authType: SourceRow['auth_type']
}

/** What a source shows once, for whoever sets up Didomi. */
export type SourceSecrets =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'oauth2'; readonly clientId: string; readonly clientSecret: string }

/** Makes a source with the secret that its webhook asks for. Never open by default. */
export async function createSource(
  { db, now, newId }: SourceDeps,
  { source, actor }: { readonly source: NewSource; readonly actor: Actor },
): Promise<{ readonly source: SourceRow; readonly secrets: SourceSecrets }> {
  const row: SourceRow = {
    id: newId('src'),
    name: source.name,
    organization_id: source.organizationId ?? null,
    feed: source.feed ?? null,
    auth_type: source.authType,
    created_at: now(),
  }
  const secrets = secretsFor(source.authType, newId)
  await db.transaction(async tx => {
    await insertSource(tx, row)
    await insertSecret(tx, {
      id: newId('sec'),
      source_id: row.id,
      kind: secrets.type === 'bearer' ? 'bearer' : 'client',
      client_id: secrets.type === 'bearer' ? null : secrets.clientId,
      hash: hashSecret(secrets.type === 'bearer' ? secrets.token : secrets.clientSecret),
      created_at: row.created_at,
    })
    await audited(tx, { now, newId }, { actor, action: 'source.created', subject: row.id })
  })
  return { source: row, secrets }
}

const secretsFor = (type: SourceRow['auth_type'], newId: NewId): SourceSecrets =>
  type === 'bearer'
    ? { type, token: newSecret('crw') }
    : { type, clientId: newId('cli'), clientSecret: newSecret('crs') }

/** R7: lets the source fold the other family; everyone it knows may now be out of step. */
export async function changeFeed(
  { db, now, newId }: SourceDeps,
  { id, feed, actor }: { readonly id: string; readonly feed: Family; readonly actor: Actor },
): Promise<{ readonly source: SourceRow; readonly owing: readonly string[] }> {
  const source = await findSource(db, id)
  if (!source) throw new Problem('not_found', `there is no source ${id}`)
  const owing = (await listIntegrations(db, { sourceId: id })).map(integration => integration.id)
  await db.transaction(async tx => {
    await setFeed(tx, { id, feed })
    for (const integrationId of owing) await oweEveryone(tx, { integrationId, at: now() })
    await audited(tx, { now, newId }, { actor, action: 'source.changed', subject: id })
  })
  return { source: { ...source, feed }, owing }
}

const ACCESS_TOKEN_LIFETIME = HOUR

export type AccessToken = { readonly token: string; readonly expiresInSeconds: number }

/** RFC 6749 section 4.4: a token for a source's client, or undefined when the client does not prove itself. */
export async function issueAccessToken(
  { db, now }: Pick<SourceDeps, 'db' | 'now'>,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<AccessToken | undefined> {
  const client = await findClient(db, clientId)
  // An unknown client takes the same path as a known one with a wrong secret.
  const matches = sameHash(hashSecret(clientSecret), client?.hash ?? hashSecret(''))
  if (!client || !matches) return undefined
  const token = newSecret('cra')
  await db.transaction(async tx => {
    await deleteExpiredTokens(tx, now())
    const expiresAt = now() + ACCESS_TOKEN_LIFETIME
    await insertAccessToken(tx, { hash: hashSecret(token), sourceId: client.source_id, expiresAt })
  })
  return { token, expiresInSeconds: ACCESS_TOKEN_LIFETIME / SECOND }
}

const sameHash = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** A verdict may be this old, so a revoked secret is refused after five seconds at the latest. */
const VERDICT_LIFETIME = 5 * SECOND
const MOST_VERDICTS = 1_000

export type WebhookGate = (caller: { readonly sourceId: string; readonly token: string }) => Promise<boolean>

/** Whether a token opens a source's webhook: its own static bearer, or an access token of its client. */
export function createWebhookGate({ db, now }: Pick<SourceDeps, 'db' | 'now'>): WebhookGate {
  const accepted = new Map<string, number>()
  return async ({ sourceId, token }) => {
    const hash = hashSecret(token)
    const key = `${sourceId} ${hash}`
    if ((accepted.get(key) ?? 0) > now()) return true
    const until = await validUntil(db, { sourceId, hash, now: now() })
    if (until === undefined) return false
    if (accepted.size >= MOST_VERDICTS) accepted.clear()
    accepted.set(key, Math.min(until, now() + VERDICT_LIFETIME))
    return true
  }
}

type Caller = { readonly sourceId: string; readonly hash: string; readonly now: number }

async function validUntil(db: Database, { sourceId, hash, now }: Caller): Promise<number | undefined> {
  const bearers = await secretsOf(db, { sourceId, kind: 'bearer' })
  if (bearers.some(bearer => sameHash(bearer.hash, hash))) return Infinity
  const access = await findAccessToken(db, hash)
  return access?.source_id === sourceId && access.expires_at > now ? access.expires_at : undefined
}
