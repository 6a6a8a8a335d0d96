import { type Status } from '../../domain/delivery.ts'
import { HOUR } from '../../domain/instant.ts'
import { Problem } from '../../domain/problem.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { debtsOf, extentOf, extentOfResync, type Criteria, type Extent } from '../../store/debts/replay-debts.ts'
import {
  findReplay,
  findReplayByKey,
  forgetKeys,
  insertReplay,
  type Replay,
  type ReplayKind,
} from '../../store/debts/replays.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { audited, type Actor } from '../audited.ts'
import { existingFailure } from '../watch/failures.ts'
import { existing, existingIntegration } from '../existing.ts'
import { type Replays } from './replays.ts'
import { hashSecret } from '../secrets.ts'
import { LIMITS } from '../../domain/limits.ts'

type ReplayRequestDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly replays: Pick<Replays, 'request'>
}

/** Debts that meet every condition; everything that failed when there is none but perhaps the integration. */
type ReplayFilter = {
  readonly integrationId?: string | undefined
  readonly failureId?: string | undefined
  readonly reason?: string | undefined
  readonly status?: Status | undefined
  readonly person?: string | undefined
  readonly deliveryId?: string | undefined
}

/** A replay as a caller asks for it: of the debts of a filter, or of everyone in an integration. */
export type ReplayRequest =
  | { readonly kind: 'debts'; readonly filter: ReplayFilter }
  | { readonly kind: 'resync'; readonly integrationId: string }

/** How many debts a replay would make due, and how many of them carry a withdrawal. Changes nothing. */
export const countReplay = async (db: Sql, asked: ReplayRequest): Promise<Extent> => (await planned(db, asked)).extent

/**
 * Keeps a replay, which is then carried out by itself. The same key within 24 hours gives the same replay, and is
 * refused with another request (draft-ietf-httpapi-idempotency-key-header).
 */
export async function askReplay(
  deps: ReplayRequestDeps,
  asked: ReplayRequest,
  { actor, idempotencyKey }: { readonly actor: Actor; readonly idempotencyKey: string | undefined },
): Promise<Replay> {
  const { db, clock, newId, replays } = deps
  const fingerprint = hashSecret(JSON.stringify(asked))
  const before = await earlier(deps, idempotencyKey, fingerprint)
  if (before) return before
  // Outside the transaction: a long count must not keep events waiting.
  const { criteria, extent } = await planned(db, asked)
  const id = newId('rpl')
  const made = { id, kind: asked.kind, criteria, actor, createdAt: clock(), idempotencyKey, fingerprint, ...extent }
  const isNew = await db.transaction(async tx => {
    await forgetKeys(tx, clock() - KEY_LIFE)
    if (!(await insertReplay(tx, made))) return false
    await audited(tx, deps, { actor, action: ACTION[asked.kind], subject: id })
    return true
  })
  replays.request()
  return (isNew ? undefined : await earlier(deps, idempotencyKey, fingerprint)) ?? existingReplay(db, id)
}

const KEY_LIFE = LIMITS.replayKeyHours * HOUR

const ACTION = { debts: 'replay.started', resync: 'resync.started' } as const satisfies Record<ReplayKind, string>

async function earlier(
  { db, clock }: ReplayRequestDeps,
  key: string | undefined,
  fingerprint: string,
): Promise<Replay | undefined> {
  const replay = key === undefined ? undefined : await findReplayByKey(db, key)
  if (!replay || replay.createdAt <= clock() - KEY_LIFE) return undefined
  if (replay.fingerprint !== fingerprint)
    throw new Problem('idempotency_key_reused', `the key belongs to the replay ${replay.id}, of another request`)
  return replay
}

export async function existingReplay(sql: Sql, id: string): Promise<Replay> {
  return existing(await findReplay(sql, id), `replay ${id}`)
}

type Planned = { readonly criteria: Criteria; readonly extent: Extent }

async function planned(sql: Sql, asked: ReplayRequest): Promise<Planned> {
  if (asked.kind === 'debts') {
    const criteria = await criteriaFor(sql, asked.filter)
    return { criteria, extent: await extentOf(sql, criteria) }
  }
  const { integrationId } = asked
  const { settings } = await existingIntegration(sql, integrationId)
  if (!settings.enabled) throw new Problem('wrong_state', 'an integration that is disabled cannot be resynced')
  return { criteria: { integrationId }, extent: await extentOfResync(sql, integrationId) }
}

async function criteriaFor(sql: Sql, filter: ReplayFilter): Promise<Criteria> {
  const { integrationId, failureId, reason, status, person, deliveryId } = filter
  if (integrationId !== undefined) await existingIntegration(sql, integrationId)
  const failure = failureId === undefined ? undefined : await existingFailure(sql, failureId)
  // A replay is kept as evidence, a person is not: their debts stand for them.
  const ofPerson = person === undefined ? undefined : await debtsOf(sql, person)
  const named = deliveryId === undefined ? ofPerson : (ofPerson ?? [deliveryId]).filter(id => id === deliveryId)
  return {
    ...(integrationId === undefined ? {} : { integrationId }),
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
    ...(named === undefined ? {} : { deliveryIds: named }),
    ...(failure ? { group: { integrationId: failure.integrationId, kind: failure.kind, cause: failure.cause } } : {}),
  }
}
