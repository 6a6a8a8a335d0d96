import { type cancelBatch, type readBatch, type submitBatch } from '../../mailchimp/batches.ts'
import { type Results } from '../../mailchimp/batch-results.ts'
import { type Client } from '../../mailchimp/client.ts'
import { type Download } from '../../mailchimp/download.ts'
import { type BatchRow } from '../../store/debts/batches.ts'
import { type Blocked } from '../delivery/holds.ts'
import { type OperationEnd } from './operation-end.ts'
import { type Confirmations } from '../delivery/send.ts'

type Submission = Awaited<ReturnType<typeof submitBatch>>
type Look = Awaited<ReturnType<typeof readBatch>>
type Cancellation = Awaited<ReturnType<typeof cancelBatch>>

/** What Mailchimp said about a batch, and is not on disk yet. */
export type News =
  | {
      readonly kind: 'submission'
      readonly batch: BatchRow
      readonly said: Submission
      /** Of a batch that is for one audience alone. */
      readonly audienceId?: string
    }
  | { readonly kind: 'look'; readonly batch: BatchRow; readonly said: Look }
  | {
      readonly kind: 'results'
      readonly batch: BatchRow
      readonly said: Results<OperationEnd>
      /** Contacts that had left, or never subscribed, and whose status is another one afterwards. */
      readonly changed: number
      /** Attempts that did not go with the others: they go by themselves. */
      readonly leftOut?: readonly string[]
    }
  | { readonly kind: 'cancellation'; readonly batch: BatchRow; readonly said: Cancellation }
  /** A defect of ours, that was told elsewhere. */
  | { readonly kind: 'failure'; readonly batch: BatchRow }

export type NewsOf<Kind extends News['kind']> = News & { readonly kind: Kind }

/** What Mailchimp refused, of one audience or of all. */
export type Blocking = { readonly blocked: Blocked; readonly audienceId: string | undefined }

/** What has to be held. That a key may not use batches is no reason to hold what goes without them. */
export function blockingIn(news: News): Blocking | undefined {
  if (news.kind === 'failure' || news.said.kind !== 'blocked' || news.said.cause === 'not_permitted') return undefined
  return { blocked: news.said, audienceId: 'audienceId' in news ? news.audienceId : undefined }
}

export type CallDeps = {
  readonly client: Client
  readonly download: Download
  /** Of the API, which may serve results itself. */
  readonly origin: string
  readonly confirmed: Confirmations
  readonly now: () => number
  /** The service stops: what can be read again is not waited for. */
  readonly stopping: AbortSignal
}
