import { SECOND } from '../../domain/instant.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { oweThese, PRIORITY } from '../../store/debts/deliveries.ts'
import { findPeople } from '../../store/debts/replay-debts.ts'
import { advanceToOwe, endToOwe, nextToOwe } from '../../store/settings/to-owe.ts'
import { createSweep, type Loop } from '../loop.ts'
import { createPace, type Pace } from './pace.ts'

type OwingDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Pick<Telemetry, 'stepFailed'>
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/**
 * R30: owes everyone of a source in an integration, a part of at most 200 ms at a time behind a stored cursor, so that
 * neither webhooks nor the caller who saved the document wait for that.
 */
export type Owing = Pick<Loop, 'request' | 'idle' | 'stop'> & {
  /** Begins at once. Resolves when everyone is owed, or after about a second; the rest follows by itself. */
  begin(): Promise<void>
}

/** How long a caller waits: most sources are done by then, so that what is shown next is complete. */
const BEGINNING_MS = SECOND

export function createOwing(deps: OwingDeps): Owing {
  const pace = createPace()
  const failed = (error: unknown): void => deps.telemetry.stepFailed('owing', error)
  const loop = createSweep(() => carryOn(deps, pace), failed)

  async function begin(): Promise<void> {
    const until = performance.now() + BEGINNING_MS
    let isLeft = true
    try {
      while (isLeft && performance.now() < until) isLeft = await carryOn(deps, pace)
    } catch (error) {
      failed(error)
    }
    if (isLeft) loop.request()
  }
  return { request: loop.request, idle: loop.idle, stop: loop.stop, begin }
}

/** Owes the next part; false when everyone is owed. */
async function carryOn({ db, clock, onOwed }: OwingDeps, pace: Pace): Promise<boolean> {
  const started = performance.now()
  const integrationId = await db.transaction(tx => owePart(tx, { at: clock(), limit: pace.size() }))
  pace.took(performance.now() - started)
  if (integrationId === undefined) return false
  onOwed([integrationId])
  return true
}

/** Gives the integration in which a part was owed; undefined when there was none. */
async function owePart(tx: Sql, { at, limit }: { at: number; limit: number }): Promise<string | undefined> {
  const next = await nextToOwe(tx)
  if (!next) return undefined
  const { integrationId, after, isEnabled } = next
  const people = isEnabled ? await findPeople(tx, integrationId, { after, limit }) : []
  const through = people.at(-1)
  if (through === undefined) {
    await endToOwe(tx, integrationId)
    return integrationId
  }
  await oweThese(
    tx,
    people.map(person => ({ integrationId, person })),
    { at, priority: PRIORITY.backfill },
  )
  await advanceToOwe(tx, { integrationId, through, people: people.length })
  return integrationId
}
