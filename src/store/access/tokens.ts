import { type Role } from '../../domain/role.ts'
import { type Sql } from '../engine/database.ts'

export type Token = {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdAt: number
  readonly revokedAt: number | undefined
}

type Row = { id: string; name: string; role: Role; created_at: number; revoked_at: number | null }

const tokenIn = (row: Row): Token => ({
  id: row.id,
  name: row.name,
  role: row.role,
  createdAt: row.created_at,
  revokedAt: row.revoked_at ?? undefined,
})

/** Keeps the token's hash; one that exists already is left as it is. */
export const insertToken = (tx: Sql, token: Omit<Token, 'revokedAt'> & { readonly hash: string }) =>
  tx.query('insert into token (id, name, role, hash, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing', [
    token.id,
    token.name,
    token.role,
    token.hash,
    token.createdAt,
  ])

export async function findToken(sql: Sql, hash: string): Promise<Token | undefined> {
  const [row] = await sql.query<Row>(
    'select id, name, role, created_at, revoked_at from token where hash = $1 and revoked_at is null',
    [hash],
  )
  return row && tokenIn(row)
}

export async function listTokens(sql: Sql, { before, limit }: { before: string; limit: number }): Promise<Token[]> {
  const rows = await sql.query<Row>(
    `select id, name, role, created_at, revoked_at from token where ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit],
  )
  return rows.map(tokenIn)
}

export async function revokeToken(tx: Sql, { id, at }: { id: string; at: number }): Promise<boolean> {
  const rows = await tx.query('update token set revoked_at = $2 where id = $1 and revoked_at is null returning id', [
    id,
    at,
  ])
  return rows.length > 0
}
