import { type Status } from './delivery.ts'
import { type Fact } from './fact.ts'
import { HOUR } from './instant.ts'

/** R34: what could not be proved at Mailchimp by then is named, and the person is erased all the same. */
export const ERASES_WITHIN = 24 * HOUR

/** What happens at Mailchimp to the yes/no fields that were written for an erased person alone. */
export const AT_MAILCHIMP = ['deny', 'leave'] as const
export type AtMailchimp = (typeof AT_MAILCHIMP)[number]

/** Was it told of the time before an erasure was asked for? A deletion counts by when it came. */
export const chosenBy = ({ at }: Pick<Fact, 'at'>, erasedBy: number): boolean => at <= erasedBy

/** R34: a newer choice is a new life, which no erasure hides. A deletion alone brings no person back. */
export const isNewLife = (fact: Pick<Fact, 'at' | 'kind'>, erasedBy: number): boolean =>
  fact.kind !== 'deleted' && !chosenBy(fact, erasedBy)

/** What has to be known of a debt before its person may be erased. */
export type KeptDebt = {
  readonly status: Status
  readonly carriesWithdrawal: boolean
  readonly windowUntil: number | undefined
  /** By itself or with a batch. */
  readonly hasOpenAttempt: boolean
}

export const OBSTACLE_CODES = ['due', 'under_way', 'withdrawal', 'window'] as const
export type Obstacle = (typeof OBSTACLE_CODES)[number]

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

/** R34: whether an erasure still waits. What is under way is waited for even after its time: it ends by itself soon. */
export const mustWait = (obstacle: Obstacle, { now, endsBy }: { now: number; endsBy: number }): boolean =>
  now < endsBy || obstacle === 'under_way'

/** Each obstacle in words. */
export const OBSTACLES = {
  due: 'a delivery waits',
  under_way: 'a request is under way, perhaps with a batch',
  withdrawal: 'a withdrawal did not reach Mailchimp; repair the cause and replay it',
  window: 'an older request may still be applied',
} as const satisfies Record<Obstacle, string>
