import { type Sql } from '../engine/database.ts'

/** Columns that say until when something waits, lasts or is asked again. */
const WAITS = [
  ['delivery', 'due_at'],
  ['delivery', 'window_until'],
  ['credential', 'probe_at'],
  ['integration', 'probe_at'],
  ['integration', 'leaves_at'],
  ['batch', 'poll_at'],
  ['batch', 'deadline_at'],
  ['access_token', 'expires_at'],
  ['source_secret', 'expires_at'],
  ['session', 'created_at'],
  ['session', 'seen_at'],
  ['session', 'proved_at'],
  ['brake', 'since'],
  ['retracted', 'at'],
] as const

/**
 * R31: the wall clock was set back by `ms` while no process ran. What lies ahead of `now` comes as much sooner, so that
 * nothing waits or lasts longer than it did.
 */
export async function pullWaitsForward(
  tx: Sql,
  { now, ms }: { readonly now: number; readonly ms: number },
): Promise<void> {
  for (const [table, column] of WAITS)
    await tx.query(
      `update ${table} set ${column} = case when ${column} - $2 > $1 then ${column} - $2 else $1 end where ${column} > $1`,
      [now, ms],
    )
}

type Gain = { readonly from: number; readonly to: number; readonly windowMs: number }

/**
 * R22, R31: the clock went from `from` to `to`, and not all of that may have passed. A window that was open is open for
 * what it lacked, and for one length of a window at most; one that is open for longer stays as it is.
 */
export const keepWindowsOpen = (tx: Sql, { from, to, windowMs }: Gain) =>
  tx.query(
    `update delivery set window_until = case when window_until + $2 < $3 then window_until + $2 else $3 end
      where window_until > $1 and window_until < $3`,
    [from, to - from, to + windowMs],
  )
