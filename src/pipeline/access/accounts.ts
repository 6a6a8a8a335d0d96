import { accountEmail, endsSessions, leavesNoOwner, type Standing } from '../../domain/account.ts'
import { passwordProblem } from '../../domain/password.ts'
import { Problem, type FieldProblem } from '../../domain/problem.ts'
import { type Role } from '../../domain/role.ts'
import {
  findAccount,
  insertAccount,
  lockAccount,
  lockOwners,
  setPassword,
  updateAccount,
  type Account,
  type AccountWithPassword,
} from '../../store/access/accounts.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { deleteDevicesOf } from '../../store/access/devices.ts'
import { deleteSessionsOf } from '../../store/access/sessions.ts'
import { deleteSetup } from '../../store/access/setup.ts'
import { audited, type Actor } from '../audited.ts'
import { hashSecret } from '../secrets.ts'
import { type Passwords } from './passwords.ts'
import { stillHolds, type Prover, type Unproven } from './prover.ts'
import { type LiveSession } from './sessions.ts'

export type AccountDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly passwords: Passwords
}

export type NewAccount = {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly password: string
}

/** Makes an account; an unused set-up link opens nothing from then on. */
export async function createAccount(
  deps: AccountDeps,
  { account, actor }: { readonly account: NewAccount; readonly actor: Actor },
): Promise<Account> {
  const row = await prepareAccount(deps, account)
  await deps.db.transaction(async tx => {
    // First, so that of a set-up at the same moment and this one only one happens.
    await deleteSetup(tx)
    await keepAccount(tx, deps, { row, actor })
  })
  return withoutPassword(row)
}

/** The account as it will stand in the store. Refuses an address or a password that will not do, both at once. */
export async function prepareAccount(
  { clock, newId, passwords }: Omit<AccountDeps, 'db'>,
  { email: text, name, role, password }: NewAccount,
): Promise<AccountWithPassword> {
  const email = accountEmail(text)
  const problems = [
    email === undefined ? NO_ADDRESS : undefined,
    passwordProblem(password, { path: 'password', email }),
  ].filter(problem => problem !== undefined)
  if (email === undefined || problems.length > 0) throw refusal(problems)
  const hash = await passwords.hash(password)
  return { id: newId('acc'), email, name, role, createdAt: clock(), disabledAt: undefined, password: hash }
}

const NO_ADDRESS: FieldProblem = {
  path: 'email',
  code: 'not_an_address',
  detail: 'email is no e-mail address.',
  remedy: 'Give an address such as name@example.com.',
}

const refusal = (problems: readonly FieldProblem[]): Problem =>
  new Problem('invalid_request', 'the account has problems', problems)

export async function keepAccount(
  tx: Sql,
  deps: Pick<AccountDeps, 'clock' | 'newId'>,
  { row, actor }: { readonly row: AccountWithPassword; readonly actor: Actor },
): Promise<void> {
  await insertAccount(tx, row)
  await audited(tx, deps, { actor, action: 'account.created', subject: row.id })
}

export const withoutPassword = ({ password: _, ...row }: AccountWithPassword): Account => row

type AccountChange = {
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly password?: string | undefined
  readonly disabled?: boolean | undefined
}

/**
 * Changes an account. Its sessions end when it may do something else now, or is proved otherwise. The last owner who
 * can sign in stays one.
 */
export async function changeAccount(
  deps: AccountDeps,
  { id, change, actor }: { readonly id: string; readonly change: AccountChange; readonly actor: Actor },
): Promise<Account> {
  const { db, clock, passwords } = deps
  const { email } = existing(await findAccount(db, id))
  if (change.password !== undefined) assertPassword(change.password, { path: 'password', email })
  const password = change.password === undefined ? undefined : await passwords.hash(change.password)
  return db.transaction(async tx => {
    const owners = await lockOwners(tx)
    const before = existing(await lockAccount(tx, id))
    const after = changed(before, change, clock())
    const otherOwners = owners.filter(owner => owner !== id).length
    if (leavesNoOwner(standingOf(before), standingOf(after), { otherOwners })) throw lastOwner(change)
    await updateAccount(tx, after)
    if (password !== undefined) {
      await setPassword(tx, { id, password })
      await deleteDevicesOf(tx, { accountId: id })
    }
    if (endsSessions(standingOf(before), standingOf(after), { newPassword: password !== undefined }))
      await deleteSessionsOf(tx, { accountId: id })
    await audited(tx, deps, { actor, action: 'account.changed', subject: id })
    return after
  })
}

const changed = (before: Account, { name, role, disabled }: AccountChange, now: number): Account => ({
  ...before,
  name: name ?? before.name,
  role: role ?? before.role,
  disabledAt: (disabled ?? before.disabledAt !== undefined) ? (before.disabledAt ?? now) : undefined,
})

const standingOf = ({ role, disabledAt }: Account): Standing => ({ role, disabled: disabledAt !== undefined })

const lastOwner = ({ disabled }: AccountChange): Problem =>
  new Problem(
    'wrong_state',
    `the last owner cannot be ${disabled === true ? 'disabled' : 'demoted'}; make another first`,
  )

function existing(account: Account | undefined): Account {
  if (!account) throw new Problem('not_found', 'there is no such account')
  return account
}

function assertPassword(password: string, about: { readonly path: string; readonly email: string }): void {
  const problem = passwordProblem(password, about)
  if (problem) throw refusal([problem])
}

type PasswordChange = {
  readonly session: LiveSession
  readonly current: string
  readonly next: string
  readonly network: string
  readonly device: string | undefined
}

/** Gives the account of a session another password; its other sessions end. The present one has to be proved. */
export async function changeOwnPassword(
  deps: AccountDeps & { readonly prove: Prover },
  { session: { id: except, account }, current, next, network, device }: PasswordChange,
): Promise<Unproven | { readonly kind: 'changed' }> {
  assertPassword(next, { path: 'next', email: account.email })
  const proof = await deps.prove({ email: account.email, password: current, network, device, sessionId: except })
  if (proof.kind !== 'proven') return proof
  const password = await deps.passwords.hash(next)
  return deps.db.transaction(async tx => {
    if (!(await stillHolds(tx, proof.account))) return { kind: 'refused' }
    await setPassword(tx, { id: account.id, password })
    await deleteSessionsOf(tx, { accountId: account.id, except })
    await deleteDevicesOf(tx, { accountId: account.id, except: device === undefined ? '' : hashSecret(device) })
    await audited(tx, deps, { actor: account.email, action: 'account.password_changed', subject: account.id })
    return { kind: 'changed' }
  })
}
