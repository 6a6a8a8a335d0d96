import { type Match } from './person.ts'

/** One line of a mapping: `id` is a merge tag, `value` a path into the person's consent status. */
export type MappingRule = { readonly id: string; readonly value: string }

export type NewContactStatus = 'transactional' | 'subscribed' | 'pending' | 'unsubscribed'

/** Our own optional settings; none of them changes anything when absent (docs/document.md). */
export type Options = {
  readonly match: Match
  readonly regulations: readonly string[]
  readonly noChoice: 'keep' | 'clear'
  readonly newContactStatus: NewContactStatus
  readonly onUserDeleted: 'keep' | 'withdraw'
  /** Most requests in flight for this Mailchimp account (R24). */
  readonly connections: number
  /** How a backlog may go beside the single lane (R28). */
  readonly bulk: 'batches' | 'lists' | 'off'
}

export const DEFAULT_OPTIONS: Options = {
  match: 'email',
  regulations: ['gdpr'],
  noChoice: 'keep',
  newContactStatus: 'transactional',
  onUserDeleted: 'keep',
  connections: 8,
  bulk: 'batches',
}

/** What an integration document says, without its secret. */
export type Settings = {
  readonly name: string | undefined
  readonly enabled: boolean
  readonly dataCentre: string
  readonly audienceId: string
  readonly mappings: readonly MappingRule[]
  readonly upsertMode: boolean
  readonly options: Options
}
