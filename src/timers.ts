import { HOUR, MINUTE, SECOND } from './domain/instant.ts'
import { type Telemetry } from './telemetry.ts'
import { type Durability } from './pipeline/intake/durability.ts'
import { type Worker } from './pipeline/lanes/worker.ts'
import { createErasures, type Erasures } from './pipeline/upkeep/erasures.ts'
import { createOwing, type Owing } from './pipeline/upkeep/owing.ts'
import { createReplays, type Replays } from './pipeline/upkeep/replays.ts'
import { createRetractions, type Retractions } from './pipeline/upkeep/retractions.ts'
import { createExpiry, type Expiry } from './pipeline/upkeep/retention.ts'
import { createScrub } from './pipeline/upkeep/scrub.ts'
import { createUpgrading, type Upgrading } from './pipeline/upkeep/upgrade.ts'
import { createFailures, type Failures } from './pipeline/watch/failures.ts'
import { createLateness, type Lateness } from './pipeline/watch/lateness.ts'
import { type Lease } from './store/ownership/lease.ts'
import { type Stopping } from './stopping.ts'

/** What goes through the store now and then. */
type Sweeps = {
  readonly failures: Failures
  readonly replays: Replays
  readonly owing: Owing
  readonly expiry: Expiry
  readonly lateness: Lateness
  readonly upgrading: Upgrading
  readonly retractions: Retractions
  readonly erasures: Erasures
}

type SweepDeps = Parameters<typeof createReplays>[0] &
  Parameters<typeof createFailures>[0] &
  Parameters<typeof createErasures>[0]

export const createSweeps = (deps: SweepDeps): Sweeps => ({
  failures: createFailures(deps),
  replays: createReplays(deps),
  owing: createOwing(deps),
  expiry: createExpiry(deps),
  lateness: createLateness(deps),
  upgrading: createUpgrading(deps),
  retractions: createRetractions(deps),
  erasures: createErasures(deps),
})

export function stopSweeps(
  stopping: Stopping,
  { replays, owing, upgrading, retractions, erasures, expiry, failures }: Sweeps,
): void {
  for (const [name, sweep] of Object.entries({ replays, owing, upgrading, retractions, erasures, expiry, failures }))
    stopping.add(name, () => sweep.stop())
}

type Timed = Sweeps & {
  readonly lease: Lease
  readonly worker: Worker
  readonly durability: Durability
  readonly checkClock: () => Promise<void>
  readonly telemetry: Telemetry
  /** The embedded store, and whether all of it was looked at for damage. */
  readonly file: string | undefined
  readonly isWhole: boolean
}

const SCRUB_INTERVAL = 6 * HOUR

export function startTimers({
  lease,
  worker,
  durability,
  checkClock,
  failures,
  replays,
  owing,
  lateness,
  retractions,
  erasures,
  expiry,
  telemetry,
  file,
  isWhole,
}: Timed): () => Promise<void> {
  const scrub = file === undefined ? undefined : createScrub({ file, durability, telemetry })
  if (!isWhole) scrub?.request()
  const sweep = (): void => {
    failures.tick().catch((error: unknown) => telemetry.stepFailed('failures', error))
    replays.request()
    owing.request()
    retractions.request()
    erasures.request()
  }
  const watch = (): void => {
    lateness.check().catch((error: unknown) => telemetry.stepFailed('lateness', error))
  }
  // One process looks after what is owed: the one that delivers.
  const asOwner = (task: () => void) => (): void => {
    if (lease.epoch() !== undefined) task()
  }
  const tick = (): void => {
    checkClock().catch((error: unknown) => telemetry.stepFailed('clock', error))
    void durability.recheck()
    worker.tick()
  }
  const timers = [
    setInterval(tick, SECOND),
    setInterval(asOwner(sweep), 10 * SECOND),
    setInterval(() => void durability.check(), MINUTE),
    setInterval(asOwner(watch), MINUTE),
    // The floor when a lane was not woken as it should have been.
    setInterval(
      asOwner(() => worker.lookAgain()),
      MINUTE,
    ),
    setInterval(
      asOwner(() => expiry.request()),
      HOUR,
    ),
    setInterval(() => scrub?.request(), SCRUB_INTERVAL),
  ]
  return async () => {
    timers.forEach(clearInterval)
    await scrub?.stop()
  }
}
