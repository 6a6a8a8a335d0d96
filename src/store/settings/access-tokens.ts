import { type Sql } from '../engine/database.ts'
import { SECRET_COLUMNS, secretIn, type SecretRow, type SourceSecret } from './source-secrets.ts'

type NewAccessToken = {
  readonly hash: string
  /** What it is issued for. */
  readonly secret: Pick<SourceSecret, 'id' | 'sourceId'>
  readonly expiresAt: number
}

export const insertAccessToken = (tx: Sql, { hash, secret, expiresAt }: NewAccessToken) =>
  tx.query('insert into access_token (hash, source_id, secret_id, expires_at) values ($1, $2, $3, $4)', [
    hash,
    secret.sourceId,
    secret.id,
    expiresAt,
  ])

export const deleteExpiredTokens = (tx: Sql, now: number) =>
  tx.query('delete from access_token where expires_at <= $1', [now])

type AccessToken = { readonly expiresAt: number; readonly secret: SourceSecret }

/** A token with the secret that it was issued for; none once that secret is gone. */
export async function findAccessToken(sql: Sql, hash: string): Promise<AccessToken | undefined> {
  const [row] = await sql.query<SecretRow & { token_expires_at: number }>(
    `select ${SECRET_COLUMNS}, t.expires_at as token_expires_at
       from access_token t join source_secret s on s.id = t.secret_id where t.hash = $1`,
    [hash],
  )
  return row && { expiresAt: row.token_expires_at, secret: secretIn(row) }
}
