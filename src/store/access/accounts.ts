import { type Role } from '../../domain/role.ts'
import { type Sql } from '../engine/database.ts'

export type Account = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly createdAt: number
  /** Undefined while it can sign in. */
  readonly disabledAt: number | undefined
}

/** `password` is a hash that carries its own parameters. */
export type AccountWithPassword = Account & { readonly password: string }

type Row = {
  id: string
  email: string
  name: string
  role: Role
  created_at: number
  disabled_at: number | null
}

const COLUMNS = 'id, email, name, role, created_at, disabled_at'

const accountIn = (row: Row): Account => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  createdAt: row.created_at,
  disabledAt: row.disabled_at ?? undefined,
})

type RowWithPassword = Row & { password: string }

const withPassword = (row: RowWithPassword): AccountWithPassword => ({ ...accountIn(row), password: row.password })

/** Keeps a new account; a taken address is a conflict. */
export const insertAccount = (tx: Sql, account: AccountWithPassword) =>
  tx.query(`insert into account (${COLUMNS}, password) values ($1, $2, $3, $4, $5, $6, $7)`, [
    account.id,
    account.email,
    account.name,
    account.role,
    account.createdAt,
    account.disabledAt ?? null,
    account.password,
  ])

export async function hasAccounts(sql: Sql): Promise<boolean> {
  return (await sql.query('select id from account limit 1')).length > 0
}

export async function findAccount(sql: Sql, id: string): Promise<Account | undefined> {
  const [row] = await sql.query<Row>(`select ${COLUMNS} from account where id = $1`, [id])
  return row && accountIn(row)
}

/** The account of an address, as its owner proves it; one that is disabled is found, too. */
export async function findAccountByEmail(sql: Sql, email: string): Promise<AccountWithPassword | undefined> {
  const text = `select ${COLUMNS}, password from account where email = $1`
  const [row] = await sql.query<RowWithPassword>(text, [email])
  return row && withPassword(row)
}

/** The account as it is now, and until the transaction ends. */
export async function lockAccount(tx: Sql, id: string): Promise<AccountWithPassword | undefined> {
  const text = `select ${COLUMNS}, password from account where id = $1 ${lockFor(tx)}`
  const [row] = await tx.query<RowWithPassword>(text, [id])
  return row && withPassword(row)
}

// SQLite has one transaction at a time.
const lockFor = ({ dialect }: Sql): string => (dialect === 'postgres' ? 'for update' : '')

export const listAccounts = async (
  sql: Sql,
  { before, limit }: { before: string; limit: number },
): Promise<Account[]> =>
  (
    await sql.query<Row>(`select ${COLUMNS} from account where ($1 = '' or id < $1) order by id desc limit $2`, [
      before,
      limit,
    ])
  ).map(accountIn)

/** Writes what may change of an account, all but its password. */
export const updateAccount = (tx: Sql, account: Pick<Account, 'id' | 'name' | 'role' | 'disabledAt'>) =>
  tx.query('update account set name = $2, role = $3, disabled_at = $4 where id = $1', [
    account.id,
    account.name,
    account.role,
    account.disabledAt ?? null,
  ])

export const setPassword = (tx: Sql, { id, password }: { id: string; password: string }) =>
  tx.query('update account set password = $2 where id = $1', [id, password])

/**
 * The owners who can sign in. Until the transaction ends no other transaction can take one of them away, so that two owners
 * cannot demote each other at the same moment.
 */
export async function lockOwners(tx: Sql): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from account where role = 'owner' and disabled_at is null order by id ${lockFor(tx)}`,
  )
  return rows.map(({ id }) => id)
}
