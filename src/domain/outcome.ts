import { type FieldValue } from './merge-field.ts'

/** A normal end without a request, or with one that showed there is nothing to do. Not failures. */
export type SkipReason = 'unchanged' | 'no_such_contact' | 'contact_gone' | 'unresolvable' | 'nothing_mapped'

/** Mailchimp did not take the request this time; it may later. */
export type RetryCause =
  | 'throttled'
  | 'server_error'
  | 'timed_out'
  | 'connection_failed'
  | 'answer_unreadable'
  | 'answer_unknown'
  | 'signup_throttled'
  | 'interrupted'

/** Mailchimp will never take this request for this contact. */
export type RejectCause =
  'compliance_state' | 'forgotten' | 'address_refused' | 'fields_invalid' | 'address_conflict' | 'request_refused'

/** Nothing can be delivered with this key, or to this audience, until something is repaired. */
export type BlockCause =
  | 'key_invalid'
  | 'account_disabled'
  | 'wrong_data_centre'
  | 'payment_required'
  | 'not_permitted'
  | 'certificate_untrusted'
  | 'audience_missing'

/** How an attempt ended (R25). A closed union: `classify` makes it, `afterAttempt` reads it. */
export type Outcome =
  | {
      readonly kind: 'delivered'
      /** Values that Mailchimp stored, by target; and the targets whose value it did not store. */
      readonly accepted: Readonly<Record<string, FieldValue>>
      readonly dropped: readonly string[]
    }
  | {
      readonly kind: 'skipped'
      readonly because: SkipReason
      /** The hash under which the contact is found, that was not found under the name it had (R16e). */
      readonly movedTo?: string
    }
  | {
      readonly kind: 'retry'
      readonly cause: RetryCause
      readonly detail: string
      /** Mailchimp may have applied, or may yet apply, the request (R22). */
      readonly ambiguous: boolean
      /** Our load or Mailchimp's edge is the cause: costs no attempt and narrows the connections (R24). */
      readonly throttled: boolean
      /** Milliseconds that Mailchimp asked us to wait, which may be any number (R26). */
      readonly waitMs: number | undefined
    }
  | {
      readonly kind: 'rejected'
      readonly cause: RejectCause
      readonly detail: string
      /** The targets that it names. */
      readonly fields: readonly string[]
    }
  | { readonly kind: 'blocked'; readonly cause: BlockCause; readonly detail: string }

export type Retry = Outcome & { readonly kind: 'retry' }

/** R22: its end is unknown, and Mailchimp may still apply it. */
export const isUnclear = (outcome: Outcome): boolean => outcome.kind === 'retry' && outcome.ambiguous

/** Whose trouble a block is: everything under the API key, or one audience's integrations. */
export const BLOCK_SCOPE = {
  key_invalid: 'credential',
  account_disabled: 'credential',
  wrong_data_centre: 'credential',
  payment_required: 'credential',
  not_permitted: 'credential',
  certificate_untrusted: 'credential',
  audience_missing: 'audience',
} as const satisfies Record<BlockCause, 'credential' | 'audience'>
