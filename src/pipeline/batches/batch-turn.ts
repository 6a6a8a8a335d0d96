import { type Ended } from '../../store/debts/deliveries.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { type Blocking } from './batch-news.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { type Ready } from '../delivery/decide-debt.ts'

/** What a lane lets its batches do in one turn. */
export type Turn = {
  readonly integrations: readonly Integration[]
  /** Those that may deliver now. */
  readonly ready: readonly Ready[]
  /** Those that can be decided on, though they may be paused. */
  readonly known: readonly Ready[]
  /** Contacts with a request in flight (I4). */
  readonly busy: ReadonlySet<string>
  /** Mailchimp may be asked; otherwise only what it said before is recorded. */
  readonly mayCall: boolean
  readonly mayGather: boolean
  /** Mailchimp refuses the key, and only a person can mend that. */
  readonly isRefused: boolean
}

/** What came of it. */
export type Turned = {
  readonly conclusions: readonly Conclusion[]
  readonly ended: readonly Ended[]
  readonly blocking: Blocking | undefined
  /** There is more to do at once. */
  readonly moved: boolean
}
