import { createHmac } from 'node:crypto'
import { type Role } from '../../domain/role.ts'
import { expiresAt, isLive, isSeenAnew, liveBounds } from '../../domain/session.ts'
import { type Account } from '../../store/access/accounts.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { isPassing } from '../../store/engine/errors.ts'
import { type NewId } from '../../store/engine/ids.ts'
import {
  deleteSession,
  deleteSessionsUntil,
  findSession,
  insertSession,
  markProved,
  touchSession,
  type FoundSession,
} from '../../store/access/sessions.ts'
import { audited, type Actor } from '../audited.ts'
import { notFound } from '../existing.ts'
import { rememberDevice } from './devices.ts'
import { stillHolds, type Claim, type Prover, type Unproven } from './prover.ts'
import { hashSecret, newSecret } from '../secrets.ts'

export type SessionDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

/** A person who is signed in, with what they may do now. */
export type LiveSession = {
  readonly id: string
  readonly account: { readonly id: string; readonly email: string; readonly name: string; readonly role: Role }
  readonly csrfToken: string
  readonly expiresAt: number
  /** When the person behind it last proved to be the one. */
  readonly provedAt: number
}

/** `secret` and `device` are what the browser keeps in its cookies; here only their hashes stay. */
export type Started = { readonly secret: string; readonly device: string; readonly session: LiveSession }

const LONGEST_AGENT = 300

/** Signs in a person who proves to have the account, and clears away the sessions that are over. */
export async function signIn(
  deps: SessionDeps & { readonly prove: Prover },
  { agent, ...claim }: Claim & { readonly agent: string },
): Promise<Unproven | ({ readonly kind: 'signed_in' } & Started)> {
  const proof = await deps.prove(claim)
  if (proof.kind !== 'proven') return proof
  return deps.db.transaction(async tx => {
    if (!(await stillHolds(tx, proof.account))) return { kind: 'refused' }
    await deleteSessionsUntil(tx, liveBounds(deps.clock()))
    return {
      kind: 'signed_in',
      ...(await startSession(tx, deps, { account: proof.account, agent, device: claim.device })),
    }
  })
}

type StartSession = {
  readonly account: Account
  readonly agent: string
  readonly device: string | undefined
}

/** Starts a session of this account, in the transaction that found out that it may. */
export async function startSession(
  tx: Sql,
  deps: Omit<SessionDeps, 'db'>,
  { account, agent, device }: StartSession,
): Promise<Started> {
  const secret = newSecret('crk')
  const at = deps.clock()
  const times = { createdAt: at, seenAt: at, provedAt: at }
  const session = { id: deps.newId('ses'), accountId: account.id, agent: agent.slice(0, LONGEST_AGENT), ...times }
  await insertSession(tx, { ...session, hash: hashSecret(secret) })
  await audited(tx, deps, { actor: account.email, action: 'session.started', subject: session.id })
  const { email, name, role } = account
  const known = await rememberDevice(tx, deps, { account, device })
  return { secret, device: known, session: live({ ...session, email, name, role }, secret) }
}

/** The session behind a cookie, while it lives; marks it as seen. */
export async function findLiveSession(
  { db, clock }: Pick<SessionDeps, 'db' | 'clock'>,
  secret: string,
): Promise<LiveSession | undefined> {
  const found = await findSession(db, hashSecret(secret))
  if (!found || !isLive(found, clock())) return undefined
  if (!isSeenAnew(found, clock())) return live(found, secret)
  await markSeen(db, { id: found.id, at: clock() })
  return live({ ...found, seenAt: clock() }, secret)
}

/** A store that cannot write still lets a person read what is wrong with it. */
async function markSeen(db: Database, seen: { readonly id: string; readonly at: number }): Promise<void> {
  try {
    await touchSession(db, seen)
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}

type Proving = Pick<Claim, 'password' | 'network' | 'device'> & { readonly session: LiveSession }

/** The person behind a session proves once more to be the one, by the password of its account. */
export async function proveAnew(
  deps: SessionDeps & { readonly prove: Prover },
  { session, ...claim }: Proving,
): Promise<Unproven | { readonly kind: 'proven'; readonly session: LiveSession }> {
  const { id, account } = session
  const proof = await deps.prove({ ...claim, email: account.email, sessionId: id })
  if (proof.kind !== 'proven') return proof
  return deps.db.transaction(async tx => {
    const at = deps.clock()
    if (!(await stillHolds(tx, proof.account)) || !(await markProved(tx, { id, at }))) return { kind: 'refused' }
    await audited(tx, deps, { actor: account.email, action: 'session.proved', subject: id })
    return { kind: 'proven', session: { ...session, provedAt: at } }
  })
}

type EndSessionRequest = { readonly id: string; readonly accountId: string | undefined; readonly actor: Actor }

/** Ends a session: its cookie opens nothing from now on. Only one of `accountId`, when that is given. */
export async function endSession(
  { db, ...deps }: SessionDeps,
  { id, accountId, actor }: EndSessionRequest,
): Promise<void> {
  await db.transaction(async tx => {
    if (!(await deleteSession(tx, { id, accountId }))) throw notFound(`session ${id}`)
    await audited(tx, deps, { actor, action: 'session.ended', subject: id })
  })
}

const live = (found: FoundSession, secret: string): LiveSession => ({
  id: found.id,
  account: { id: found.accountId, email: found.email, name: found.name, role: found.role },
  csrfToken: csrfTokenOf(secret),
  expiresAt: expiresAt(found),
  provedAt: found.provedAt,
})

/** Belongs to one session, tells nothing of its secret, and need not be stored. */
const csrfTokenOf = (secret: string): string =>
  createHmac('sha256', secret).update('consent-relay csrf').digest('base64url')
