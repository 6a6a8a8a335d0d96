import { type Role } from '../../domain/role.ts'
import { type Sql } from '../engine/database.ts'

export type TokenRow = { id: string; name: string; role: Role; created_at: number; revoked_at: number | null }

/** Keeps the token's hash; one that exists already is left as it is. */
export const insertToken = (tx: Sql, token: Omit<TokenRow, 'revoked_at'> & { readonly hash: string }) =>
  tx.query('insert into token (id, name, role, hash, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing', [
    token.id,
    token.name,
    token.role,
    token.hash,
    token.created_at,
  ])

export async function findToken(sql: Sql, hash: string): Promise<TokenRow | undefined> {
  const [row] = await sql.query<TokenRow>(
    'select id, name, role, created_at, revoked_at from token where hash = $1 and revoked_at is null',
    [hash],
  )
  return row
}

export const listTokens = (sql: Sql, { before, limit }: { before: string; limit: number }) =>
  sql.query<TokenRow>(
    `select id, name, role, created_at, revoked_at from token where ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit],
  )

export async function revokeToken(tx: Sql, { id, at }: { id: string; at: number }): Promise<boolean> {
  const rows = await tx.query('update token set revoked_at = $2 where id = $1 and revoked_at is null returning id', [
    id,
    at,
  ])
  return rows.length > 0
}
