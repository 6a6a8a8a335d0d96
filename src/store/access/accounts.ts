import { type Role } from '../../domain/role.ts'
import { type Sql } from '../engine/database.ts'

export type AccountRow = {
  id: string
  email: string
  name: string
  role: Role
  created_at: number
  disabled_at: number | null
}

/** `password` is a hash that carries its own parameters. */
export type AccountWithPassword = AccountRow & { password: string }

const COLUMNS = 'id, email, name, role, created_at, disabled_at'

/** Keeps a new account; a taken address is a conflict. */
export const insertAccount = (tx: Sql, account: AccountWithPassword) =>
  tx.query(`insert into account (${COLUMNS}, password) values ($1, $2, $3, $4, $5, $6, $7)`, [
    account.id,
    account.email,
    account.name,
    account.role,
    account.created_at,
    account.disabled_at,
    account.password,
  ])

export async function hasAccounts(sql: Sql): Promise<boolean> {
  return (await sql.query('select id from account limit 1')).length > 0
}

export async function findAccount(sql: Sql, id: string): Promise<AccountRow | undefined> {
  const [row] = await sql.query<AccountRow>(`select ${COLUMNS} from account where id = $1`, [id])
  return row
}

/** The account of an address, as its owner proves it; one that is disabled is found, too. */
export async function findAccountByEmail(sql: Sql, email: string): Promise<AccountWithPassword | undefined> {
  const text = `select ${COLUMNS}, password from account where email = $1`
  const [row] = await sql.query<AccountWithPassword>(text, [email])
  return row
}

/** The account as it is now, and until the transaction ends. */
export async function lockAccount(tx: Sql, id: string): Promise<AccountWithPassword | undefined> {
  const text = `select ${COLUMNS}, password from account where id = $1 ${lockFor(tx)}`
  const [row] = await tx.query<AccountWithPassword>(text, [id])
  return row
}

// SQLite has one transaction at a time.
const lockFor = ({ dialect }: Sql): string => (dialect === 'postgres' ? 'for update' : '')

export const listAccounts = (sql: Sql, { before, limit }: { before: string; limit: number }) =>
  sql.query<AccountRow>(`select ${COLUMNS} from account where ($1 = '' or id < $1) order by id desc limit $2`, [
    before,
    limit,
  ])

/** Writes what may change of an account, all but its password. */
export const updateAccount = (tx: Sql, account: Pick<AccountRow, 'id' | 'name' | 'role' | 'disabled_at'>) =>
  tx.query('update account set name = $2, role = $3, disabled_at = $4 where id = $1', [
    account.id,
    account.name,
    account.role,
    account.disabled_at,
  ])

export const setPassword = (tx: Sql, { id, password }: { id: string; password: string }) =>
  tx.query('update account set password = $2 where id = $1', [id, password])

/**
 * The owners who can sign in. Until the transaction ends nobody else can take one of them away, so that two owners
 * cannot demote each other at the same moment.
 */
export async function lockOwners(tx: Sql): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from account where role = 'owner' and disabled_at is null order by id ${lockFor(tx)}`,
  )
  return rows.map(({ id }) => id)
}
