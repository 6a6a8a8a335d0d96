import {
  changedBy,
  expiredBefore,
  type Expiring,
  type Retention,
  type RetentionChange,
} from '../../domain/retention.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import {
  expireAnonymous,
  expireAttempts,
  expireAudit,
  expireBodies,
  expireQuarantine,
  expireUnproven,
} from '../../store/ledger/expiring.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { readRetention, saveBodiesDone, saveRetention } from '../../store/settings/retention.ts'
import { readUpgrade } from '../../store/settings/upgrade.ts'
import { audited, type Actor } from '../audited.ts'
import { tallyOfMoved, type Count } from '../intake/tally.ts'
import { createSweep, type Loop } from '../loop.ts'

/** Rows expired at a time: few enough that no other caller waits long. */
const CHUNK = 500

export type Expiry = Pick<Loop, 'request' | 'idle' | 'stop'>

/** Lets expire what is older than the settings allow, some at a time, until nothing is. */
export function createExpiry({
  db,
  clock,
  telemetry,
}: {
  db: Database
  clock: () => number
  telemetry: Pick<Telemetry, 'expired' | 'stepFailed'>
}): Expiry {
  return createSweep(
    async () => {
      const expired = await db.transaction(tx => expireSome(tx, clock()))
      for (const [kind, records] of Object.entries(expired)) if (records > 0) telemetry.expired({ kind, records })
      return Object.values(expired).some(records => records >= CHUNK)
    },
    error => telemetry.stepFailed('retention', error),
  )
}

async function expireSome(tx: Sql, now: number): Promise<Record<Expiring, number>> {
  const { retention, bodiesDone } = await readRetention(tx)
  const expire = (kind: Expiring, step: (what: { before: number; limit: number }) => Promise<number>) => {
    const before = expiredBefore(retention, kind, now)
    return before === undefined ? 0 : step({ before, limit: CHUNK })
  }
  return {
    bodies: await expire('bodies', async what => {
      const { looked, last } = await expireBodies(tx, { ...what, after: bodiesDone })
      if (last !== undefined) await saveBodiesDone(tx, last)
      return looked
    }),
    quarantine: await expire('quarantine', what => expireQuarantine(tx, what)),
    attempts: await expire(
      'attempts',
      async what => (await expireAttempts(tx, what)) + (await expireUnproven(tx, what)),
    ),
    audit: await expire('audit', what => expireAudit(tx, what)),
    // The counts last, as ingest writes them: in another order PostgreSQL would find the two waiting for each other.
    anonymous: await expire('anonymous', what => letGoAnonymous(tx, what)),
  }
}

/** R5c, I16: what was anonymous is counted as expired. */
async function letGoAnonymous(tx: Sql, what: { before: number; limit: number }): Promise<number> {
  // An upgrade has yet to find out whose the facts of the release before are.
  const upgrade = await readUpgrade(tx)
  if (upgrade && upgrade.step !== 'done') return 0
  const gone = await expireAnonymous(tx, what)
  const moved = gone.map(sourceId => ({ from: anonymous(sourceId), to: expired(sourceId) }))
  await addTallies(tx, tallyOfMoved(moved))
  return gone.length
}

const anonymous = (sourceId: string): Count => ({ sourceId, kind: 'anonymous', family: '' })

const expired = (sourceId: string): Count => ({ sourceId, kind: 'expired', family: '' })

type RetentionDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly expiry: Pick<Expiry, 'request'>
}

/** What holds from now on; what has expired by it goes at once. */
export async function changeRetention(
  deps: RetentionDeps,
  { change, actor }: { readonly change: RetentionChange; readonly actor: Actor },
): Promise<Retention> {
  const changed = await deps.db.transaction(async tx => {
    const { retention } = await readRetention(tx)
    const next = changedBy(retention, change)
    await saveRetention(tx, next)
    await audited(tx, deps, { actor, action: 'retention.changed', subject: 'retention' })
    return next
  })
  deps.expiry.request()
  return changed
}
