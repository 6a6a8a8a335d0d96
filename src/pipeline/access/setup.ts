import { Problem } from '../../domain/problem.ts'
import { hasAccounts } from '../../store/access/accounts.ts'
import { isSetup, replaceSetup, takeSetup } from '../../store/access/setup.ts'
import { keepAccount, prepareAccount, withoutPassword, type AccountDeps, type NewAccount } from './accounts.ts'
import { hashSecret, newSecret } from '../secrets.ts'
import { startSession, type SessionDeps, type Started } from './sessions.ts'

/** While there is no account: a new token that makes the first one, once. The token of an earlier start is void. */
export async function renewSetup({ db, clock }: Pick<SessionDeps, 'db' | 'clock'>): Promise<string | undefined> {
  const token = newSecret('cru')
  return db.transaction(async tx => {
    if (await hasAccounts(tx)) return undefined
    await replaceSetup(tx, { hash: hashSecret(token), at: clock() })
    return token
  })
}

type SettingUp = {
  readonly token: string
  readonly account: Omit<NewAccount, 'role'>
  readonly agent: string
}

/** Makes the first account, an owner, signs it in, and uses the token up. */
export async function setUp(deps: AccountDeps, { token, account, agent }: SettingUp): Promise<Started> {
  const hash = hashSecret(token)
  // Before the password is hashed: a caller without the link must not cost that time.
  if (!(await isSetup(deps.db, hash))) throw refusal()
  const row = await prepareAccount(deps, { ...account, role: 'owner' })
  return deps.db.transaction(async tx => {
    if (!(await takeSetup(tx, hash)) || (await hasAccounts(tx))) throw refusal()
    await keepAccount(tx, deps, { row, actor: row.email })
    return startSession(tx, deps, { account: withoutPassword(row), agent, device: undefined })
  })
}

const refusal = (): Problem => new Problem('setup_refused', 'the set-up link is not valid, or was used')
