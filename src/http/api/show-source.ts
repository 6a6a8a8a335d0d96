import { type z } from 'zod'
import { type createdSource, type source } from '../../contract/sources.ts'
import { secretsAt } from '../../domain/source-secret.ts'
import { sharedProblems } from '../../domain/shared-users.ts'
import { type ShownSecret } from '../../pipeline/settings/source-secrets.ts'
import { countSharedUsers } from '../../store/ledger/links.ts'
import { secretsOf, type SourceSecret } from '../../store/settings/source-secrets.ts'
import { type Source } from '../../store/settings/sources.ts'
import { instant, instantOrNull } from '../show.ts'
import { type ApiDeps } from './deps.ts'

type Shown = z.infer<typeof source>
type ShownOnce = z.infer<typeof createdSource>

/** These sources with the state of their secrets, but without any secret. */
export async function showSources(deps: ApiDeps, rows: readonly Source[]): Promise<Shown[]> {
  const ids = rows.map(({ id }) => id)
  const [secrets, sharedUsers] = await Promise.all([secretsOf(deps.db, ids), countSharedUsers(deps.db)])
  return rows.map(row => show(deps, row, { secrets, sharedUsers }))
}

export async function showSource(deps: ApiDeps, row: Source): Promise<Shown> {
  const [secrets, sharedUsers] = await Promise.all([secretsOf(deps.db, [row.id]), countSharedUsers(deps.db)])
  return show(deps, row, { secrets, sharedUsers })
}

/** A source with the secret that it was just given. */
export async function showOnce(
  deps: ApiDeps,
  { source: row, secret }: { readonly source: Source; readonly secret: ShownSecret },
): Promise<ShownOnce> {
  return { ...(await showSource(deps, row)), authentication: authenticationOf(deps, secret) }
}

type Known = { readonly secrets: readonly SourceSecret[]; readonly sharedUsers: ReadonlyMap<string, number> }

function show({ publicUrl, clock }: ApiDeps, row: Source, { secrets, sharedUsers }: Known): Shown {
  return {
    id: row.id,
    name: row.name,
    organization_id: row.organizationId ?? null,
    feed: row.feed ?? null,
    authentication: { type: row.authType },
    secret: showSecret(
      secrets.filter(({ sourceId }) => sourceId === row.id),
      clock(),
    ),
    webhook_url: `${publicUrl()}/webhooks/didomi/${row.id}`,
    problems: sharedProblems(sharedUsers.get(row.id) ?? 0),
    created_at: instant(row.createdAt),
  }
}

function showSecret(secrets: readonly SourceSecret[], now: number): Shown['secret'] {
  const found = secretsAt(secrets, now)
  if (!found) throw new Error('a source has no secret')
  const { current, previous } = found
  return {
    created_at: instant(current.createdAt),
    used_at: instantOrNull(current.usedAt),
    previous: previous?.expiresAt
      ? { expires_at: instant(previous.expiresAt), used_at: instantOrNull(previous.usedAt) }
      : null,
  }
}

const authenticationOf = ({ publicUrl }: ApiDeps, secret: ShownSecret): ShownOnce['authentication'] =>
  secret.type === 'bearer'
    ? { type: secret.type, token: secret.token, header: `Authorization: Bearer ${secret.token}` }
    : {
        type: secret.type,
        client_id: secret.clientId,
        client_secret: secret.clientSecret,
        token_url: `${publicUrl()}/oauth/token`,
      }
