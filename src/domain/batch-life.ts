import { LOST_LIFETIME, REFUSED_PAUSE, waitBeforeLook } from './batch.ts'

/**
 * submitting ──► submitted ──► finished | cancelled
 *     └──────────────┴───────► lost: the end of its operations is unknown
 */
export type BatchState = 'submitting' | 'submitted' | 'finished' | 'cancelled' | 'lost'

/** What was handed to Mailchimp as one batch (R28). Times are milliseconds. */
export type Batch = {
  readonly id: string
  readonly credentialId: string
  /** Mailchimp's id; undefined until Mailchimp gave it. */
  readonly mailchimpId: string | undefined
  readonly state: BatchState
  readonly operations: number
  /** Operations that ran, with those that failed. */
  readonly finished: number
  readonly errored: number
  readonly detail: string | undefined
  readonly createdAt: number
  readonly submittedAt: number | undefined
  readonly pollAt: number | undefined
  /** From then on it is not waited for any longer. */
  readonly deadlineAt: number
  readonly endedAt: number | undefined
}

/** What became known of a batch. */
export type BatchNews =
  | { readonly kind: 'submitted'; readonly mailchimpId: string }
  /** Unclear: Mailchimp may have taken it, under an id that it did not tell. */
  | { readonly kind: 'not_submitted'; readonly detail: string; readonly isUnclear: boolean }
  | { readonly kind: 'running'; readonly finished: number; readonly errored: number }
  | { readonly kind: 'ran'; readonly finished: number; readonly errored: number; readonly hasResults: boolean }
  | { readonly kind: 'not_seen' }
  /** Mailchimp does not know it, or does not know it any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'results' }
  | { readonly kind: 'no_results' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not_cancelled'; readonly mayTryAgain: boolean }
  /** A step of the service failed that never should. */
  | { readonly kind: 'failed' }
  /** Read from the store by a process, or after a commit, that knows nothing else about it. */
  | { readonly kind: 'found' }
  /** Mailchimp refuses the key, so the batch cannot be asked about. */
  | { readonly kind: 'key_refused' }

/** How a batch ends without its results: all that is in it is left to the single lane. */
export type GivenUp = {
  readonly state: 'cancelled' | 'lost'
  readonly detail: string
  /** When the last of it can have been applied. */
  readonly until: number
}

/** What to do next about a batch. */
export type BatchStep =
  /** Mailchimp's id is written together with when to look, so that neither is ever known without the other. */
  | { readonly do: 'note_submitted'; readonly mailchimpId: string; readonly pollAt: number }
  | { readonly do: 'look_at'; readonly pollAt: number }
  | { readonly do: 'pause_gathering'; readonly until: number }
  /** Everything in it was applied, so what it may have overwritten is asserted once more (I15). */
  | { readonly do: 'assert_passed' }
  | { readonly do: 'read_results' }
  | { readonly do: 'cancel' }
  | { readonly do: 'record_results' }
  | ({ readonly do: 'give_up' } & GivenUp)

type BatchClock = {
  readonly now: number
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22). */
  readonly windowMs: number
}

/** What to do about a batch after news of it (R28); nothing when it goes on as planned. */
export function afterNews(batch: Batch, news: BatchNews, { now, windowMs }: BatchClock): readonly BatchStep[] {
  const isLate = now >= batch.deadlineAt
  const wait = { do: 'look_at', pollAt: now + waitBeforeLook(now - (batch.submittedAt ?? now)) } as const
  const lastHeardOf = batch.createdAt + LOST_LIFETIME
  switch (news.kind) {
    case 'submitted':
      return [{ do: 'note_submitted', mailchimpId: news.mailchimpId, pollAt: isLate ? now : wait.pollAt }]
    case 'not_submitted':
      return [{ do: 'pause_gathering', until: now + REFUSED_PAUSE }, notTaken(news, now)]
    case 'running':
    case 'not_seen':
      return isLate ? [wait, { do: 'cancel' }] : [wait]
    case 'ran':
      return [wait, { do: 'assert_passed' }, ...(news.hasResults ? [READ] : unreadable(isLate, now))]
    case 'gone':
      return [lost('Mailchimp does not know it any more', now + windowMs)]
    case 'results':
      return [{ do: 'record_results' }]
    case 'no_results':
      // Its address has died; the next look gives another one.
      return isLate ? unreadable(isLate, now) : [wait]
    case 'cancelled':
      return [{ do: 'give_up', state: 'cancelled', detail: 'it was not wanted any longer', until: now + windowMs }]
    case 'not_cancelled':
      return news.mayTryAgain && now < lastHeardOf
        ? [wait]
        : [lost('Mailchimp does not let it be cancelled', lastHeardOf)]
    case 'failed':
      return batch.state === 'submitted' && !isLate ? [wait] : [lost('a step failed', lastHeardOf)]
    case 'found':
      return batch.state === 'submitted' ? [] : [lost('it is not known whether it was handed in', now + LOST_LIFETIME)]
    case 'key_refused':
      return isLate ? [lost('its key is not accepted any more', lastHeardOf)] : []
  }
}

const READ: BatchStep = { do: 'read_results' }

const lost = (detail: string, until: number): BatchStep => ({ do: 'give_up', state: 'lost', detail, until })

const notTaken = ({ detail, isUnclear }: BatchNews & { readonly kind: 'not_submitted' }, now: number): BatchStep =>
  isUnclear ? lost(detail, now + LOST_LIFETIME) : { do: 'give_up', state: 'cancelled', detail, until: now }

const unreadable = (isLate: boolean, now: number): BatchStep[] =>
  isLate ? [lost('its results could not be read in time', now)] : []
