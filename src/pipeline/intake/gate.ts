import { timingSafeEqual } from 'node:crypto'
import { HOUR, SECOND } from '../../domain/instant.ts'
import { isUsedAnew, works } from '../../domain/source-secret.ts'
import { deleteExpiredTokens, findAccessToken, insertAccessToken } from '../../store/settings/access-tokens.ts'
import { type Database } from '../../store/engine/database.ts'
import { isPassing } from '../../store/engine/errors.ts'
import { markSecretUsed, secretsOf, secretsOfClient, type SourceSecret } from '../../store/settings/source-secrets.ts'
import { hashSecret, newSecret } from '../secrets.ts'

export type GateDeps = { readonly db: Database; readonly clock: () => number }

const ACCESS_TOKEN_LIFETIME = HOUR

type IssuedToken = { readonly token: string; readonly expiresInSeconds: number }

/**
 * RFC 6749 section 4.4: a token for a source's client, or undefined when the client does not prove itself. It works no
 * longer than the secret that it is issued for.
 */
export async function issueAccessToken(
  { db, clock }: GateDeps,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<IssuedToken | undefined> {
  const at = clock()
  const secret = provenBy(await secretsOfClient(db, clientId), { hash: hashSecret(clientSecret), at })
  if (!secret) return undefined
  const token = newSecret('cra')
  const expiresAt = Math.min(at + ACCESS_TOKEN_LIFETIME, secret.expiresAt ?? Infinity)
  await db.transaction(async tx => {
    await deleteExpiredTokens(tx, at)
    await insertAccessToken(tx, { hash: hashSecret(token), secret, expiresAt })
  })
  await markUsed(db, secret, at)
  return { token, expiresInSeconds: Math.floor((expiresAt - at) / SECOND) }
}

type Proof = { readonly hash: string; readonly at: number }

/** Which of these secrets the caller has, if it works. Where there is none to compare with, one is compared all the same. */
function provenBy(secrets: readonly SourceSecret[], { hash, at }: Proof): SourceSecret | undefined {
  const working = secrets.filter(secret => works(secret, at))
  if (working.length === 0) sameHash(hash, NOBODYS)
  return working.find(secret => sameHash(secret.hash, hash))
}

const NOBODYS = hashSecret('')

const sameHash = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** A verdict may be this old. A change of a secret forgets all of them. */
const VERDICT_LIFETIME = 5 * SECOND
const MOST_VERDICTS = 1_000

export type WebhookGate = {
  /** Whether a token opens a source's webhook: its own static bearer, or an access token of its client. */
  opens(caller: { readonly sourceId: string; readonly token: string }): Promise<boolean>
  /** From here on every token is looked up again. */
  forget(): void
}

export function createWebhookGate({ db, clock }: GateDeps): WebhookGate {
  let accepted = new Map<string, number>()
  return {
    async opens({ sourceId, token }) {
      // What was looked up before a `forget` must not be remembered after it.
      const verdicts = accepted
      const hash = hashSecret(token)
      const key = `${sourceId} ${hash}`
      const at = clock()
      if ((verdicts.get(key) ?? 0) > at) return true
      const pass = await passOf(db, { sourceId, hash, at })
      if (!pass) return false
      if (verdicts.size >= MOST_VERDICTS) verdicts.clear()
      verdicts.set(key, Math.min(pass.until, at + VERDICT_LIFETIME))
      await markUsed(db, pass.secret, at)
      return true
    },
    forget() {
      accepted = new Map()
    },
  }
}

/** The secret behind a token that opens a webhook, and until when it does. */
type Pass = { readonly secret: SourceSecret; readonly until: number }
type Caller = Proof & { readonly sourceId: string }

async function passOf(db: Database, { sourceId, hash, at }: Caller): Promise<Pass | undefined> {
  const bearers = (await secretsOf(db, [sourceId])).filter(({ kind }) => kind === 'bearer')
  const secret = provenBy(bearers, { hash, at })
  if (secret) return { secret, until: secret.expiresAt ?? Infinity }
  const access = await findAccessToken(db, hash)
  if (access?.secret.sourceId !== sourceId) return undefined
  const until = Math.min(access.expiresAt, access.secret.expiresAt ?? Infinity)
  return until > at ? { secret: access.secret, until } : undefined
}

/** A store that cannot write keeps no sender out: the body that comes next meets the fault and says so. */
async function markUsed(db: Database, secret: SourceSecret, at: number): Promise<void> {
  if (!isUsedAnew(secret, at)) return
  try {
    await markSecretUsed(db, { id: secret.id, at })
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}
