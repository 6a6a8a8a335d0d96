import { MINUTE } from './instant.ts'
import { type Outcome } from './outcome.ts'

/** R26: how many contacts are counted, for how long, and how few of them say anything. */
const MOST_COUNTED = 20
const COUNTED_FOR = 5 * MINUTE
const FEWEST_COUNTED = 3
const MOST_SHARE = 0.5
/** Successes that show, after a pause, that Mailchimp is back. */
const TRIAL = 5
/** Pings in a row without an answer that show that Mailchimp is away. */
const MOST_LOST_PINGS = 2

/** One request to a contact, and how it ended. Times are milliseconds. */
export type Answered = {
  readonly contact: string
  readonly outcome: Outcome
  readonly sentAt: number
  readonly finishedAt: number
}

type Counted = Omit<Answered, 'outcome'> & { readonly failed: boolean }

/** How Mailchimp has answered one credential lately (R26). */
export type Breaker = {
  /** Contacts by their last answer that counts, each once, oldest first. */
  readonly counted: readonly Counted[]
  /** Contacts from their failure to their next success: they count no second time. */
  readonly failing: ReadonlySet<string>
  /** Contacts that were throttled once since their last success. */
  readonly throttled: ReadonlySet<string>
  readonly succeededAt: number
  /** Successes still to be seen after a pause. */
  readonly trial: number
  readonly lostPings: number
}

export const newBreaker = (): Breaker => ({
  counted: [],
  failing: new Set(),
  throttled: new Set(),
  succeededAt: -Infinity,
  trial: 0,
  lostPings: 0,
})

/** After a pause: one failure of a contact that has not failed before opens it again. */
export const onTrial = (before: Breaker): Breaker => ({ ...before, counted: [], lostPings: 0, trial: TRIAL })

/** Only contacts that fail are left, and they say nothing of Mailchimp: the trial is over. */
export const closed = (before: Breaker): Breaker => ({ ...before, counted: [], lostPings: 0, trial: 0 })

/** Mailchimp did not do its part, perhaps for any contact. A throttled sign-up is about one address alone. */
export const isTrouble = (outcome: Outcome): boolean =>
  outcome.kind === 'retry' && outcome.cause !== 'signup_throttled' && outcome.cause !== 'interrupted'

/** One more answer. A block is about the key or the audience, and has a hold of its own. */
export function noted(before: Breaker, answered: Answered): Breaker {
  const { contact, outcome } = answered
  if (outcome.kind === 'blocked') return before
  // R24: the first answer of this kind narrows the connections; only what is throttled even then is trouble.
  if (outcome.kind === 'retry' && outcome.throttled && !before.throttled.has(contact))
    return { ...before, throttled: new Set([...before.throttled, contact]) }
  return isTrouble(outcome) ? notedFailure(before, answered) : notedSuccess(before, answered)
}

/** I21: a contact that failed while others succeeded, or that goes on failing, is no trouble of all. */
function notedFailure(before: Breaker, { contact, sentAt, finishedAt }: Answered): Breaker {
  if (before.failing.has(contact)) return before
  const failing = new Set([...before.failing, contact])
  if (sentAt <= before.succeededAt) return { ...before, failing }
  const others = before.counted.filter(each => each.contact !== contact)
  return { ...before, failing, counted: latest([...others, { contact, sentAt, finishedAt, failed: true }]) }
}

/** A contact that failed by then did so while this one succeeded. */
function notedSuccess(before: Breaker, { contact, sentAt, finishedAt }: Answered): Breaker {
  const succeededAt = Math.max(before.succeededAt, finishedAt)
  const others = before.counted.filter(each => each.contact !== contact && !(each.failed && each.sentAt <= succeededAt))
  return {
    counted: latest([...others, { contact, sentAt, finishedAt, failed: false }]),
    failing: without(before.failing, contact),
    throttled: without(before.throttled, contact),
    succeededAt,
    trial: Math.max(0, before.trial - 1),
    lostPings: 0,
  }
}

const without = (contacts: ReadonlySet<string>, contact: string): ReadonlySet<string> =>
  contacts.has(contact) ? new Set([...contacts].filter(each => each !== contact)) : contacts

const latest = (counted: readonly Counted[]): readonly Counted[] => counted.slice(-MOST_COUNTED)

/** `/ping` was asked, because contacts fail and none succeeds. */
export const pinged = (before: Breaker, isAnswered: boolean): Breaker => ({
  ...before,
  lostPings: isAnswered ? 0 : before.lostPings + 1,
})

/** Contacts fail and none asked after them has succeeded: `/ping` says whether Mailchimp is there at all. */
export const isSuspicious = ({ counted, lostPings }: Breaker): boolean =>
  lostPings > 0 || counted.some(({ failed }) => failed)

/** R26: delivery pauses. */
export function isTripped({ counted, trial, lostPings }: Breaker, now: number): boolean {
  if (lostPings >= MOST_LOST_PINGS) return true
  const lately = counted.filter(({ finishedAt }) => finishedAt > now - COUNTED_FOR)
  const failures = lately.filter(({ failed }) => failed).length
  if (trial > 0) return failures > 0
  return lately.length >= FEWEST_COUNTED && failures >= lately.length * MOST_SHARE
}
