import { type Role } from '../../domain/role.ts'
import { type SessionTimes } from '../../domain/session.ts'
import { type Sql } from '../engine/database.ts'

export type Session = SessionTimes & {
  readonly id: string
  readonly accountId: string
  readonly email: string
  /** When its person last proved to be the one. */
  readonly provedAt: number
  /** What the browser called itself. */
  readonly agent: string
}

type Row = {
  id: string
  account_id: string
  email: string
  created_at: number
  seen_at: number
  proved_at: number
  agent: string
}

const sessionIn = (row: Row): Session => ({
  id: row.id,
  accountId: row.account_id,
  email: row.email,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  provedAt: row.proved_at,
  agent: row.agent,
})

export const insertSession = (tx: Sql, session: Omit<Session, 'email'> & { readonly hash: string }) =>
  tx.query(
    `insert into session (id, account_id, hash, agent, created_at, seen_at, proved_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [session.id, session.accountId, session.hash, session.agent, session.createdAt, session.seenAt, session.provedAt],
  )

export type FoundSession = Session & { readonly name: string; readonly role: Role }

/** The session behind a hash with its account as it is now; none for an account that is disabled. */
export async function findSession(sql: Sql, hash: string): Promise<FoundSession | undefined> {
  const [row] = await sql.query<Row & { name: string; role: Role }>(
    `select s.id, s.account_id, a.email, a.name, a.role, s.created_at, s.seen_at, s.proved_at, s.agent
       from session s join account a on a.id = s.account_id where s.hash = $1 and a.disabled_at is null`,
    [hash],
  )
  return row && { ...sessionIn(row), name: row.name, role: row.role }
}

export const touchSession = (tx: Sql, { id, at }: { id: string; at: number }) =>
  tx.query('update session set seen_at = $2 where id = $1', [id, at])

/** Its person proved to be the one. Whether the session is there still. */
export async function markProved(tx: Sql, { id, at }: { id: string; at: number }): Promise<boolean> {
  const rows = await tx.query('update session set proved_at = $2 where id = $1 returning id', [id, at])
  return rows.length > 0
}

type Listing = {
  /** Whose; everybody's when undefined. */
  readonly accountId: string | undefined
  /** Only those made and seen after these times. */
  readonly after: SessionTimes
  readonly before: string
  readonly limit: number
}

export async function listSessions(sql: Sql, { accountId, after, before, limit }: Listing): Promise<Session[]> {
  const rows = await sql.query<Row>(
    `select s.id, s.account_id, a.email, s.created_at, s.seen_at, s.proved_at, s.agent
       from session s join account a on a.id = s.account_id
      where ($1 = '' or s.account_id = $1) and s.created_at > $2 and s.seen_at > $3 and ($4 = '' or s.id < $4)
      order by s.id desc limit $5`,
    [accountId ?? '', after.createdAt, after.seenAt, before, limit],
  )
  return rows.map(sessionIn)
}

/** Ends one session, of this account when one is named. Whether there was one. */
export async function deleteSession(
  tx: Sql,
  { id, accountId }: { readonly id: string; readonly accountId: string | undefined },
): Promise<boolean> {
  const rows = await tx.query(`delete from session where id = $1 and ($2 = '' or account_id = $2) returning id`, [
    id,
    accountId ?? '',
  ])
  return rows.length > 0
}

/** Ends every session of an account, but the one with the id `except`. */
export const deleteSessionsOf = (tx: Sql, { accountId, except = '' }: { accountId: string; except?: string }) =>
  tx.query('delete from session where account_id = $1 and id <> $2', [accountId, except])

/** Removes those that were made or seen at these times or before. */
export const deleteSessionsUntil = (tx: Sql, { createdAt, seenAt }: SessionTimes) =>
  tx.query('delete from session where created_at <= $1 or seen_at <= $2', [createdAt, seenAt])
