import { type SetAside } from './mapping.ts'
import { type Outcome } from './outcome.ts'
import { type Reason } from './reason.ts'
import { nameOf } from './target.ts'
import { THROTTLE_WAIT, waitBeforeRetry, waitGranted } from './retry.ts'

/**
 * A delivery is a debt: this person may be out of step in this integration. It holds no payload.
 *
 *   waiting ──taken──► sending ──► delivered | skipped | dead | held      (the ends; any new fact: waiting again)
 *      ▲                  │
 *      └── retry, blocked, interrupted, an open window (R22), or a newer fact came meanwhile (I12)
 *
 * A debt that goes with a batch waits for its results and ends from there (R28).
 */
export type Status = 'waiting' | 'sending' | 'held' | 'delivered' | 'skipped' | 'dead'

/** What can happen to a debt. */
export type Happening =
  | 'owed'
  | 'taken'
  | 'delivered'
  | 'partly_delivered'
  | 'skipped'
  | 'retry'
  | 'expired'
  | 'rejected'
  | 'blocked'
  | 'interrupted'
  | 'released'
  | 'replayed'
  | 'reopened'
  | 'unsettled'

const ENDS = {
  taken: undefined,
  delivered: undefined,
  partly_delivered: undefined,
  skipped: undefined,
  retry: undefined,
  expired: undefined,
  rejected: undefined,
  blocked: undefined,
  interrupted: undefined,
  reopened: undefined,
  unsettled: undefined,
} as const

/** Every status × happening (I7). `undefined` is a thing that cannot happen there; doing it anyway is a bug. */
export const TRANSITIONS = {
  // A debt with nothing to send, or of a batch (R28), ends without being marked as sending.
  waiting: {
    owed: 'waiting',
    taken: 'sending',
    delivered: 'delivered',
    partly_delivered: 'held',
    skipped: 'skipped',
    retry: 'waiting',
    expired: 'dead',
    rejected: 'dead',
    blocked: 'waiting',
    interrupted: undefined,
    released: 'waiting',
    replayed: 'waiting',
    reopened: undefined,
    unsettled: 'waiting',
  },
  sending: {
    owed: 'sending',
    taken: undefined,
    delivered: 'delivered',
    partly_delivered: 'held',
    skipped: 'skipped',
    retry: 'waiting',
    expired: 'dead',
    rejected: 'dead',
    blocked: 'waiting',
    interrupted: 'waiting',
    released: 'sending',
    replayed: 'sending',
    reopened: undefined,
    // It would end, but a newer fact came meanwhile (I12), or an older attempt may still be applied (R22).
    unsettled: 'waiting',
  },
  held: { ...ENDS, owed: 'waiting', released: 'waiting', replayed: 'waiting' },
  delivered: { ...ENDS, owed: 'waiting', released: 'delivered', replayed: 'waiting' },
  // Reopened: the audience was missing, so nothing was known of its contacts.
  skipped: { ...ENDS, owed: 'waiting', released: 'skipped', replayed: 'waiting', reopened: 'waiting' },
  dead: { ...ENDS, owed: 'waiting', released: 'dead', replayed: 'waiting' },
} as const satisfies Record<Status, Record<Happening, Status | undefined>>

export type Debt = {
  readonly failed: number
  readonly firstFailedAt: number | undefined
  readonly carriesWithdrawal: boolean
}

/** What becomes of a debt after an attempt; `dueAt` is set while it waits. */
export type Next = {
  readonly status: Status
  readonly dueAt: number | undefined
  readonly reason: Reason | undefined
  readonly detail: string | undefined
  readonly failed: number
  readonly firstFailedAt: number | undefined
}

type Moment = { readonly now: number; readonly dice: number }

/**
 * How an attempt's outcome moves its debt. A block and our own throttling cost the contact nothing (R24, R25); a
 * debt whose field was set aside is held, not delivered, until that field can be filled (R13, R14).
 */
export function afterAttempt(debt: Debt, outcome: Outcome, setAside: readonly SetAside[], moment: Moment): Next {
  const kept = { failed: debt.failed, firstFailedAt: debt.firstFailedAt }
  switch (outcome.kind) {
    case 'delivered':
      return afterAcceptance(outcome.dropped, setAside)
    case 'skipped':
      return setAside.length > 0 ? heldFor(setAside) : settled('skipped', outcome.because)
    case 'rejected':
      return { ...settled('dead', outcome.cause), ...kept, detail: outcome.detail }
    case 'blocked':
      return { ...waiting(moment.now, outcome.cause), ...kept, detail: outcome.detail }
    case 'retry':
      return afterFailure(debt, outcome, moment)
  }
}

function afterAcceptance(dropped: readonly string[], setAside: readonly SetAside[]): Next {
  if (dropped.length > 0) {
    const detail = `Mailchimp answered 200 but did not store ${dropped.map(nameOf).join(', ')}`
    return { ...settled(TRANSITIONS.sending.partly_delivered, 'field_dropped'), detail }
  }
  return setAside.length > 0 ? heldFor(setAside) : settled(TRANSITIONS.sending.delivered, undefined)
}

/** The end of a debt with nothing to send but fields that cannot be filled now. */
export const heldFor = (setAside: readonly SetAside[]): Next => ({
  ...settled('held', setAside[0]?.code),
  detail: setAside.map(({ detail }) => detail).join('; '),
})

export const settled = (status: Status, reason: Reason | undefined): Next => ({
  status,
  dueAt: undefined,
  reason,
  detail: undefined,
  failed: 0,
  firstFailedAt: undefined,
})

/** The debt is due at once, because another request can do better than the last one. */
export const dueAgain = ({ failed, firstFailedAt }: Pick<Debt, 'failed' | 'firstFailedAt'>, now: number): Next => ({
  ...waiting(now, 'value_refused'),
  failed,
  firstFailedAt,
})

export const waiting = (dueAt: number, reason: Reason): Next => ({ ...settled('waiting', reason), dueAt })

/** R16f: the contact that failed before has the next turn, when a retry would have been due. */
export function otherTurn(debt: Debt, moment: Moment): Next {
  const detail = 'the contact that the person left is still to be written to'
  const again = { kind: 'retry', cause: 'interrupted', ambiguous: false, throttled: false, waitMs: undefined } as const
  return { ...afterFailure(debt, { ...again, detail }, moment), reason: 'contact_left' }
}

function afterFailure(debt: Debt, outcome: Outcome & { kind: 'retry' }, { now, dice }: Moment): Next {
  const { cause, detail } = outcome
  const floor = now + waitGranted(outcome.waitMs ?? 0, debt.carriesWithdrawal)
  const kept = { failed: debt.failed, firstFailedAt: debt.firstFailedAt, detail }
  if (outcome.throttled) {
    return { ...waiting(Math.max(floor, now + Math.round(THROTTLE_WAIT * (0.8 + 0.4 * dice))), cause), ...kept }
  }
  const firstFailedAt = debt.firstFailedAt ?? now
  const failed = debt.failed + 1
  const tries = {
    failed,
    firstFailedAt,
    carriesWithdrawal: debt.carriesWithdrawal,
    signup: cause === 'signup_throttled',
  }
  const wait = waitBeforeRetry(tries, now, dice)
  if (wait === undefined) return { ...settled(TRANSITIONS.sending.expired, 'expired'), failed, firstFailedAt, detail }
  return { ...waiting(Math.max(floor, now + wait), cause), failed, firstFailedAt, detail }
}
