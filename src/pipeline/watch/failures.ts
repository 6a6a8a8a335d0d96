import { afterChange, afterSweep, type FailureChange } from '../../domain/failure.ts'
import { Problem } from '../../domain/problem.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { groupKey, seeGroups, type Group } from '../../store/debts/failure-groups.ts'
import {
  allFailures,
  findFailure,
  insertFailures,
  updateFailures,
  type KeptFailure,
  type FailureUpdate,
} from '../../store/debts/failure-rows.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { audited, type Actor } from '../audited.ts'
import { existing } from '../existing.ts'

type FailureDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

/** Brings what is kept of failures into step with the debts as they are now; writes only what changed. */
async function sweepFailures({ db, clock, newId }: FailureDeps): Promise<void> {
  const at = clock()
  // Looked at outside the transaction: a long look must not keep events waiting.
  const [groups, failures] = await Promise.all([seeGroups(db), allFailures(db)])
  const seen = new Map(groups.map(group => [groupKey(group), group]))
  const known = new Set(failures.map(groupKey))
  const updates = failures.flatMap(failure => updateOf(failure, afterSweep(failure, seen.get(groupKey(failure)), at)))
  const opened = groups.flatMap(group => {
    const made = known.has(groupKey(group)) ? undefined : afterSweep(undefined, group, at)
    return made ? [{ ...groupOf(group), ...made, id: newId('flr') }] : []
  })
  if (updates.length + opened.length === 0) return
  await db.transaction(async tx => {
    if (opened.length > 0) await insertFailures(tx, opened)
    if (updates.length > 0) await updateFailures(tx, updates)
  })
}

const groupOf = ({ integrationId, kind, cause }: Group): Group => ({ integrationId, kind, cause })

function updateOf(was: KeptFailure, next: ReturnType<typeof afterSweep>): FailureUpdate[] {
  if (!next) return []
  const failure = { ...was, ...next }
  const isSame =
    failure.state === was.state &&
    failure.debts === was.debts &&
    failure.withdrawals === was.withdrawals &&
    failure.lastAt === was.lastAt
  return isSame ? [] : [{ failure, was: was.state }]
}

export type Failures = {
  /** After it, what is kept of failures is at most as old as the call. */
  sweep(): Promise<void>
  /** Time has passed. Where millions fail, a sweep takes long, and so do the rests between them. */
  tick(): Promise<void>
  /** Waits for the sweep under way. */
  stop(): Promise<void>
}

/** How many times longer a rest is than the sweep before it. */
const RESTS = 20

/** Sweeps one at a time; callers that ask during a sweep share the next one. */
export function createFailures(deps: FailureDeps): Failures {
  let restsUntil = 0
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
    next = undefined
    const begun = deps.clock()
    const sweep = sweepFailures(deps).finally(() => (restsUntil = deps.clock() + RESTS * (deps.clock() - begun)))
    running = sweep.catch(() => undefined)
    return sweep
  }
  const sweep = (): Promise<void> => (next ??= running.then(start))
  return {
    sweep,
    tick: async () => {
      if (deps.clock() >= restsUntil) await sweep()
    },
    stop: async () => {
      await next?.catch(() => undefined)
      await running
    },
  }
}

type Change = { readonly id: string; readonly change: FailureChange; readonly actor: Actor }

/** A person has seen a failure, wants to hear no more of it, or wants to hear of it again. */
export async function changeFailure(deps: FailureDeps, { id, change, actor }: Change): Promise<void> {
  await deps.db.transaction(async tx => {
    const before = await existingFailure(tx, id)
    const next = afterChange(before, change, { now: deps.clock(), by: actor })
    if (!next) throw new Problem('wrong_state', `a failure that is ${before.state} cannot be ${change}`)
    if (next === before) return
    const written = await updateFailures(tx, [{ failure: { ...before, ...next }, was: before.state }])
    if (written.length === 0) throw new Problem('wrong_state', 'the failure has changed meanwhile')
    await audited(tx, deps, { actor, action: `failure.${change}`, subject: id })
  })
}

export async function existingFailure(sql: Sql, id: string): Promise<KeptFailure> {
  return existing(await findFailure(sql, id), `failure ${id}`)
}
