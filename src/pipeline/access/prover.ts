import { accountEmail } from '../../domain/account.ts'
import { recentTries, waitBeforeTry, type Try } from '../../domain/sign-in.ts'
import { type Telemetry } from '../../telemetry.ts'
import { findAccountByEmail, lockAccount, type AccountWithPassword } from '../../store/access/accounts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type Passwords } from './passwords.ts'

export type Claim = { readonly email: string; readonly password: string }

export type Unproven = { readonly kind: 'refused' } | { readonly kind: 'limited'; readonly waitMs: number }
export type Proof = Unproven | { readonly kind: 'proven'; readonly account: AccountWithPassword }

/**
 * Says whose account a caller proves to have. An unknown address, a disabled account and a wrong password cannot be
 * told apart, by the answer or by the time it takes.
 */
export type Prover = (claim: Claim) => Promise<Proof>

type ProverDeps = {
  readonly db: Sql
  readonly clock: () => number
  readonly passwords: Passwords
  readonly telemetry: Pick<Telemetry, 'signInRefused'>
}

/** Failed tries are remembered in memory: a restart forgets them, and forgets no more than ten minutes of them. */
export function createProver({ db, clock, passwords, telemetry }: ProverDeps): Prover {
  let tries: readonly Try[] = []
  return async ({ email, password }) => {
    const own: Try = { email: accountEmail(email) ?? '', at: clock() }
    const waitMs = waitBeforeTry(tries, own)
    if (waitMs !== undefined) {
      telemetry.signInRefused({ limited: true })
      return { kind: 'limited', waitMs }
    }
    tries = [...recentTries(tries, own.at), own]
    const account = await findAccountByEmail(db, own.email)
    const matches = await passwords.matches(password, account?.password)
    if (!account || !matches || account.disabledAt !== undefined) {
      telemetry.signInRefused({ limited: false })
      return { kind: 'refused' }
    }
    tries = tries.filter(each => each !== own)
    return { kind: 'proven', account }
  }
}

/**
 * Whether what was proved a moment ago still holds, and does until the transaction ends: meanwhile a person may have
 * set another password because this one was stolen.
 */
export async function stillHolds(tx: Sql, { id, password }: AccountWithPassword): Promise<boolean> {
  const now = await lockAccount(tx, id)
  return now?.password === password && now.disabledAt === undefined
}
