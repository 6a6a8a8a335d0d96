import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { findMatching, findPeople, replayDebts, resyncPeople } from '../../store/debts/replay-debts.ts'
import { advanceReplay, closeReplays, endReplay, nextReplay, type Replay } from '../../store/debts/replays.ts'
import { createSweep } from '../loop.ts'

type ReplayDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Telemetry
  /** These integrations have something due. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** Carries out the replays that are open, the oldest first. */
export type Replays = {
  /** There may be something to do: a replay was asked for, or time has passed. */
  request(): void
  idle(): Promise<void>
  /** Leaves what is open to the next start. */
  stop(): Promise<void>
}

/** Looked for at once, and made due in one transaction: long enough to be quick, short enough to keep no other caller waiting. */
const LOOK = 10_000
const CHUNK = 500

export function createReplays(deps: ReplayDeps): Replays {
  const stopping = new AbortController()
  const loop = createSweep(
    () => carryOn(deps, stopping.signal),
    error => deps.telemetry.stepFailed('replay', error),
  )
  return {
    request: loop.request,
    idle: loop.idle,
    stop: () => {
      stopping.abort()
      return loop.stop()
    },
  }
}

/** Does the next part of the oldest open replay; false when none is open. */
async function carryOn(deps: ReplayDeps, stopping: AbortSignal): Promise<boolean> {
  const { db, clock } = deps
  const replay = await nextReplay(db)
  if (!replay) {
    await closeReplays(db, clock())
    return false
  }
  const found = await lookFor(db, replay)
  for (let from = 0; from < found.length && !stopping.aborted; from += CHUNK)
    await makeDue(deps, replay, found.slice(from, from + CHUNK))
  if (found.length === 0) await endReplay(db, { id: replay.id, at: clock() })
  return !stopping.aborted
}

/** Outside any transaction: a long look must not keep events waiting. */
const lookFor = (db: Sql, { kind, criteria, lastDone, through }: Replay): Promise<string[]> =>
  kind === 'resync'
    ? findPeople(db, integrationOf(criteria), { after: lastDone, limit: LOOK })
    : findMatching(db, criteria, { after: lastDone, through, limit: LOOK })

async function makeDue({ db, clock, onOwed }: ReplayDeps, replay: Replay, chunk: readonly string[]): Promise<void> {
  const { id, kind, criteria } = replay
  let owing: readonly string[] = []
  try {
    await db.transaction(async tx => {
      const due = { replayId: id, at: clock() }
      owing =
        kind === 'resync'
          ? await resyncPeople(tx, { ...due, people: chunk, integrationId: integrationOf(criteria) })
          : await replayDebts(tx, criteria, { ...due, ids: chunk })
      await advanceReplay(tx, { id, madeDue: owing.length, lastDone: chunk.at(-1) ?? '' })
    })
  } finally {
    // Also when the commit seemed to fail: it may have been done, and only its answer lost.
    onOwed([...new Set(owing)])
  }
}

function integrationOf({ integrationId }: Replay['criteria']): string {
  if (integrationId === undefined) throw new Error('a resync without an integration')
  return integrationId
}
