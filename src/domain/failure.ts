/**
 * A failure is what one cause does to the debts of one integration: they are dead, they are held, they are tried again
 * and again, or their contact is gone and a withdrawal went nowhere (R16e). A hold of the key or of the audience is one
 * too, with the debts that wait behind it.
 *
 *   open ──► acknowledged, ignored          by a person
 *   open, acknowledged ──► resolved ──► open  by itself: the last debt is gone, and a debt is there again
 */
export type FailureKind = 'dead' | 'held' | 'retrying' | 'gone'
export type FailureState = 'open' | 'acknowledged' | 'resolved' | 'ignored'

/** What a person can do about a failure. */
export type FailureChange = 'acknowledged' | 'ignored' | 'reopened'

/** `found` and `gone` are what a sweep sees. */
export type FailureHappening = FailureChange | 'found' | 'gone'

/** Every state × happening. `undefined` is refused: a failure that is over can be neither seen to nor opened. */
export const FAILURE_TRANSITIONS = {
  open: { found: 'open', gone: 'resolved', acknowledged: 'acknowledged', ignored: 'ignored', reopened: 'open' },
  acknowledged: {
    found: 'acknowledged',
    gone: 'resolved',
    acknowledged: 'acknowledged',
    ignored: 'ignored',
    reopened: 'open',
  },
  resolved: { found: 'open', gone: 'resolved', acknowledged: undefined, ignored: 'ignored', reopened: undefined },
  ignored: {
    found: 'ignored',
    gone: 'ignored',
    acknowledged: 'acknowledged',
    ignored: 'ignored',
    reopened: 'open',
  },
} as const satisfies Record<FailureState, Record<FailureHappening, FailureState | undefined>>

export type Failure = {
  readonly state: FailureState
  readonly debts: number
  /** How many of the debts carry a withdrawal. */
  readonly withdrawals: number
  readonly firstAt: number
  /** When it last grew. */
  readonly lastAt: number
  readonly changedAt: number
  /** Who changed its state; undefined when it changed by itself. */
  readonly changedBy: string | undefined
  readonly resolvedAt: number | undefined
}

/** The debts of one cause as they are now. */
export type Seen = {
  readonly debts: number
  readonly withdrawals: number
  /** The key or the integration is held for this cause, whether or not a debt waits behind it. */
  readonly holds: boolean
  readonly firstAt: number | undefined
  /** The newest of the debts, where that is known. */
  readonly lastAt: number | undefined
}

const NOTHING: Seen = { debts: 0, withdrawals: 0, holds: false, firstAt: undefined, lastAt: undefined }

/** What becomes of a failure when its debts are looked at; undefined while there never was one. */
export function afterSweep(before: Failure | undefined, seen: Seen = NOTHING, now: number): Failure | undefined {
  const { debts, withdrawals } = seen
  const isFound = debts > 0 || seen.holds
  if (!before) return isFound ? newFailure(seen, now) : undefined
  const state = FAILURE_TRANSITIONS[before.state][isFound ? 'found' : 'gone']
  const next = { ...before, debts, withdrawals, lastAt: lastGrowth(before, seen, now) }
  return state === before.state ? next : { ...next, ...moved(state, now), changedBy: undefined }
}

const newFailure = ({ debts, withdrawals, firstAt, lastAt }: Seen, now: number): Failure => ({
  state: 'open',
  debts,
  withdrawals,
  firstAt: firstAt ?? now,
  lastAt: lastAt ?? now,
  changedAt: now,
  changedBy: undefined,
  resolvedAt: undefined,
})

function lastGrowth(before: Failure, { debts, lastAt }: Seen, now: number): number {
  const grew = debts > before.debts || (before.state === 'resolved' && debts > 0)
  return Math.max(before.lastAt, lastAt ?? (grew ? now : before.lastAt))
}

const moved = (state: FailureState, now: number) => ({
  state,
  changedAt: now,
  resolvedAt: state === 'resolved' ? now : undefined,
})

/** What a person makes of a failure; undefined when that cannot be done in its state. */
export function afterChange(
  before: Failure,
  change: FailureChange,
  { now, by }: { readonly now: number; readonly by: string },
): Failure | undefined {
  const state = FAILURE_TRANSITIONS[before.state][change]
  if (state === undefined || state === before.state) return state && before
  return { ...before, ...moved(state, now), changedBy: by }
}
