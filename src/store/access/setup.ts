import { type Sql } from '../engine/database.ts'

/** Keeps the hash of a new set-up token; the one before opens nothing any more. */
export const replaceSetup = (tx: Sql, { hash, at }: { hash: string; at: number }) =>
  tx.query(
    `insert into setup (id, hash, created_at) values (1, $1, $2)
      on conflict (id) do update set hash = excluded.hash, created_at = excluded.created_at`,
    [hash, at],
  )

export async function isSetup(sql: Sql, hash: string): Promise<boolean> {
  return (await sql.query('select id from setup where hash = $1', [hash])).length > 0
}

/** Uses the token up. Whether this call did: of two at once, one. */
export async function takeSetup(tx: Sql, hash: string): Promise<boolean> {
  return (await tx.query('delete from setup where hash = $1 returning id', [hash])).length > 0
}

export const deleteSetup = (tx: Sql) => tx.query('delete from setup')
