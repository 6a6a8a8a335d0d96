import { behindSince, idsFollow } from '../../domain/clock-difference.ts'
import { setBackBy } from '../../domain/steady-time.ts'
import { keepWindowsOpen, pullWaitsForward } from '../../store/settings/clock-steps.ts'
import { type Database } from '../../store/engine/database.ts'
import { notedLast, probeStore } from '../../store/settings/probe.ts'
import { newestFactAt } from '../../store/ledger/facts.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Step } from '../watch/steady-clock.ts'

type StepDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly windowMs: number
  /** Called with what the process before this one knew of the right time. */
  readonly resume: (behindMs: number) => void
  readonly askingDatabase: () => (named: number | undefined) => void
  readonly telemetry: Pick<Telemetry, 'clockSet'>
}

/** The clock was set forward while the service runs: Mailchimp has had no more time for what it may apply late. */
export const heedStep = ({ db, windowMs }: Pick<StepDeps, 'db' | 'windowMs'>, step: Step): Promise<void> =>
  db.transaction(async tx => void (await keepWindowsOpen(tx, { ...step, windowMs })))

/**
 * R31: before anything waits by it, the clock is compared with the time that the process before noted last. What that
 * one stored is pulled forward by what the clock lost meanwhile, once: the new time is noted with it. What the clock
 * gained may have passed or not, so windows stay open for what they lacked. Gives the time that new ids follow.
 */
export async function heedRestart({
  db,
  clock,
  windowMs,
  resume,
  askingDatabase,
  telemetry,
}: StepDeps): Promise<number> {
  const now = clock()
  const ms = await db.transaction(async tx => {
    const noted = (await notedLast(tx)) ?? { at: now, rightAt: now }
    const lost = setBackBy(noted.at, now)
    if (lost > 0) await pullWaitsForward(tx, { now, ms: lost })
    else await keepWindowsOpen(tx, { from: noted.at, to: now, windowMs })
    const behind = behindSince(noted, now)
    resume(behind)
    const heard = askingDatabase()
    heard(await probeStore(tx, { at: now, rightAt: now + behind }))
    return lost
  })
  if (ms > 0) telemetry.clockSet({ ms: -ms })
  return idsFollow((await newestFactAt(db)) ?? now, now)
}
