import { accountEmail } from '../../domain/account.ts'
import { LONGEST_WAIT } from '../../domain/sign-in.ts'
import { type Telemetry } from '../../telemetry.ts'
import { findAccountByEmail, lockAccount, type AccountWithPassword } from '../../store/access/accounts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { knownDevice } from './devices.ts'
import { type Passwords } from './passwords.ts'
import { type WaitingRoom } from './waiting-room.ts'

export type Claim = {
  readonly email: string
  readonly password: string
  /** From which the claim comes. */
  readonly network: string
  /** What a browser kept of an earlier proof. */
  readonly device: string | undefined
  /** The id of the session that claims it, if one does. */
  readonly sessionId?: string
}

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
  readonly room: WaitingRoom
}

export function createProver({ db, clock, passwords, telemetry, room }: ProverDeps): Prover {
  return async ({ email: text, password, network, device, sessionId }) => {
    const email = accountEmail(text) ?? ''
    const known = sessionId ?? (await knownDevice(db, { clock }, { email, device }))
    const begun = await room.enter({ email, network, known })
    if (!begun) {
      telemetry.signInRefused({ limited: true })
      return { kind: 'limited', waitMs: LONGEST_WAIT }
    }
    try {
      const account = await findAccountByEmail(db, email)
      const who = { isKnown: begun.isTrusted, from: begun.isTrusted ? email : network }
      const matches = await passwords.matches(password, account?.password, who)
      if (account && matches && account.disabledAt === undefined) {
        begun.succeed()
        return { kind: 'proven', account }
      }
    } catch (error) {
      begun.takeBack()
      throw error
    }
    telemetry.signInRefused({ limited: false })
    return { kind: 'refused' }
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
