import { type Status } from './delivery.ts'

/** What has to be known of a debt before its person may be erased. */
export type KeptDebt = {
  readonly status: Status
  readonly carriesWithdrawal: boolean
  readonly windowUntil: number | undefined
  /** By itself or with a batch. */
  readonly hasOpenAttempt: boolean
}

type Obstacle = 'due' | 'under_way' | 'withdrawal' | 'window'

/**
 * Why a debt may not be erased yet: with it would go what Mailchimp is still owed. A grant that is held or dead may go;
 * a withdrawal may not (I17), nor what has to be asserted once more (I15).
 */
export function obstacleTo(debt: KeptDebt, now: number): Obstacle | undefined {
  const { status, carriesWithdrawal, windowUntil, hasOpenAttempt } = debt
  if (status === 'sending' || hasOpenAttempt) return 'under_way'
  if (status === 'waiting') return 'due'
  if ((status === 'held' || status === 'dead') && carriesWithdrawal) return 'withdrawal'
  return windowUntil !== undefined && windowUntil > now ? 'window' : undefined
}

/** Each obstacle in words, with the way out. */
export const OBSTACLES = {
  due: 'a delivery waits; let it be delivered, or remove the integration',
  under_way: 'a request is under way, perhaps with a batch; wait for its end',
  withdrawal: 'a withdrawal did not reach Mailchimp; repair the cause and replay it, or remove the integration',
  window:
    'an older request may still be applied; wait some minutes, or up to a day when it was one of a batch that was lost',
} as const satisfies Record<Obstacle, string>
