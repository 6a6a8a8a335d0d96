import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

export type SourceSecret = {
  readonly id: string
  readonly sourceId: string
  readonly kind: 'bearer' | 'client'
  /** Of the current one of a client; the same from one to the next. */
  readonly clientId: string | undefined
  readonly hash: string
  readonly createdAt: number
  /** Undefined for the current one of its source. */
  readonly expiresAt: number | undefined
  /** To the minute. */
  readonly usedAt: number | undefined
}

export type SecretRow = {
  id: string
  source_id: string
  kind: SourceSecret['kind']
  client_id: string | null
  hash: string
  created_at: number
  expires_at: number | null
  used_at: number | null
}

export const SECRET_COLUMNS = 's.id, s.source_id, s.kind, s.client_id, s.hash, s.created_at, s.expires_at, s.used_at'

export const secretIn = (row: SecretRow): SourceSecret => ({
  id: row.id,
  sourceId: row.source_id,
  kind: row.kind,
  clientId: row.client_id ?? undefined,
  hash: row.hash,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  usedAt: row.used_at ?? undefined,
})

export type NewSecret = Omit<SourceSecret, 'expiresAt' | 'usedAt'>

/** Makes a secret the current one of its source, which must have none. */
export const insertSecret = (tx: Sql, secret: NewSecret) =>
  tx.query(
    'insert into source_secret (id, source_id, kind, client_id, hash, created_at) values ($1, $2, $3, $4, $5, $6)',
    [secret.id, secret.sourceId, secret.kind, secret.clientId ?? null, secret.hash, secret.createdAt],
  )

/** The secrets of these sources, the previous one of each also when it has expired. */
export async function secretsOf(sql: Sql, sourceIds: readonly string[]): Promise<SourceSecret[]> {
  const rows = await sql.query<SecretRow>(
    `select ${SECRET_COLUMNS} from ${jsonRows(sql.dialect, '$1', { id: 'text' })}
       join source_secret s on s.source_id = r.id`,
    [JSON.stringify(sourceIds.map(id => ({ id })))],
  )
  return rows.map(secretIn)
}

/** The secrets of the source with this client, the previous one also when it has expired. */
export async function secretsOfClient(sql: Sql, clientId: string): Promise<SourceSecret[]> {
  const rows = await sql.query<SecretRow>(
    `select ${SECRET_COLUMNS} from source_secret c join source_secret s on s.source_id = c.source_id
      where c.client_id = $1 and c.kind = 'client'`,
    [clientId],
  )
  return rows.map(secretIn)
}

/** Makes it the previous one of its source, which must have no other, and frees its client for the next one. */
export const supersedeSecret = (tx: Sql, { id, expiresAt }: { id: string; expiresAt: number }) =>
  tx.query('update source_secret set expires_at = $2, client_id = null where id = $1', [id, expiresAt])

/** Ends the secrets of a source but `except`, and with them the tokens that were issued for them. */
export const deleteSecrets = (tx: Sql, { sourceId, except }: { sourceId: string; except: string | undefined }) =>
  tx.query('delete from source_secret where source_id = $1 and id <> $2', [sourceId, except ?? ''])

/** Ends the previous secret of a source, and with it the tokens that were issued for it. Whether one still worked. */
export async function deletePreviousSecret(tx: Sql, { sourceId, at }: { sourceId: string; at: number }) {
  const rows = await tx.query('delete from source_secret where source_id = $1 and expires_at > $2 returning id', [
    sourceId,
    at,
  ])
  return rows.length > 0
}

export const markSecretUsed = (tx: Sql, { id, at }: { id: string; at: number }) =>
  tx.query('update source_secret set used_at = $2 where id = $1', [id, at])
