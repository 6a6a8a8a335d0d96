import { type SetAside } from './mapping.ts'
import { type BlockCause, type Outcome, type RejectCause, type RetryCause, type SkipReason } from './outcome.ts'
import { GRANT_LIFETIME_DAYS } from './retry.ts'

/** Every reason a debt can carry, whether it ended or still waits. */
export type Reason =
  | SkipReason
  | RetryCause
  | RejectCause
  | BlockCause
  | SetAside['code']
  | 'field_dropped'
  | 'contact_left'
  | 'expired'
  | 'assert_again'
  | 'in_batch'
  | 'mailchimp_unavailable'
  | 'audience_unread'
  | 'history_too_large'
  | 'decision_failed'
  | 'leaving'
  | 'disabled'
  | 'paused'

type Explanation = {
  /** What happened, in a sentence for people who never read a log. */
  readonly says: string
  /** What to do about it; empty when nothing needs doing. */
  readonly next: string
}

/** One plain explanation per reason, for the API, the console and the demo alike. */
export const EXPLANATIONS = {
  unchanged: { says: 'We last wrote these very values, and nothing was stated since.', next: '' },
  no_such_contact: {
    says: 'The audience has no such contact, and this integration does not create contacts.',
    next: 'Turn on upsert_mode if unknown people should become contacts.',
  },
  contact_gone: {
    says: 'The contact was written to before. The audience does not have it any more, under any address.',
    next: 'Nothing is left there to keep in step. If a choice was taken back, see whether the contact is in another account or audience, and correct it there. If it was added again, replay the delivery.',
  },
  contact_renamed: {
    says: 'The contact goes by another address at Mailchimp. What was denied is written there, what was granted is not.',
    next: 'See whose the new address is (GET /v1/renamed), and accept it with POST /v1/renamed/{id}/accept. Or correct the address at Didomi or at Mailchimp, then replay the delivery.',
  },
  contact_left: {
    says: 'The person names another contact now. What the one before still grants of them is taken back, then theirs is written.',
    next: '',
  },
  unresolvable: {
    says: 'The id does not name a Mailchimp contact: it is no address, or has an invisible character in it, or a letter before the @ that is not in ASCII.',
    next: 'Correct the id at its source, or set options.match to what the id is: email, subscriber_hash, contact_id, or metadata_<key>.',
  },
  nothing_mapped: {
    says: 'The person made no choice that this integration maps.',
    next: 'Check the paths of the mapping if you expected one.',
  },
  throttled: { says: 'Mailchimp asked for fewer requests; delivery slows down and goes on by itself.', next: '' },
  server_error: { says: 'Mailchimp had an internal error; the request is tried again.', next: '' },
  timed_out: { says: 'Mailchimp did not answer in time; the request is tried again.', next: '' },
  connection_failed: { says: 'Mailchimp could not be reached; the request is tried again.', next: '' },
  answer_unreadable: {
    says: 'What answered was not Mailchimp, or not readable; the request is tried again.',
    next: 'If it lasts, look at what stands between this service and Mailchimp: a proxy, a filter, a firewall.',
  },
  answer_unknown: {
    says: 'Mailchimp gave an answer that is not documented, and perhaps passes; the request is tried again.',
    next: 'If it lasts, look at the attempt and ask Mailchimp what its answer means.',
  },
  signup_throttled: {
    says: 'Mailchimp takes no more sign-ups of this address for now; the request is tried again over days.',
    next: '',
  },
  interrupted: { says: 'The service stopped during the request; the newest state is sent again.', next: '' },
  compliance_state: {
    says: 'The person left this audience or bounced there, and Mailchimp lets no API call bring them back.',
    next: 'Only the person can subscribe again, with a Mailchimp form.',
  },
  forgotten: {
    says: 'The contact was permanently deleted at Mailchimp and cannot be imported again.',
    next: 'Only the person can subscribe again, with a Mailchimp form.',
  },
  address_refused: {
    says: 'Mailchimp takes this address for fake or invalid.',
    next: 'Correct the address in Didomi; nothing else will help.',
  },
  fields_invalid: {
    says: 'Mailchimp refused the value of a merge field.',
    next: 'Look at the attempt for the field it names; compare its mapping with its type and choices.',
  },
  address_conflict: {
    says: 'Another contact of the audience holds this address.',
    next: 'Merge or correct the two contacts at Mailchimp, then replay the delivery.',
  },
  request_refused: {
    says: 'Mailchimp refused the request in a way that we do not expect.',
    next: 'Look at the attempt, correct what it names, then replay the delivery.',
  },
  key_invalid: {
    says: 'Mailchimp does not accept the API key.',
    next: 'Put in a valid key; everything held is then sent.',
  },
  account_disabled: {
    says: 'The Mailchimp account is deactivated or closed to the API.',
    next: 'Reactivate it at Mailchimp; everything held is then sent by itself.',
  },
  wrong_data_centre: {
    says: 'The API key belongs to another data centre.',
    next: 'Copy the key again, whole, with the part after the dash.',
  },
  payment_required: {
    says: 'The Mailchimp account is unpaid.',
    next: 'Settle it at Mailchimp; everything held is then sent by itself.',
  },
  not_permitted: {
    says: "Mailchimp forbids this to the API key: by its user's role, the account's plan, or API access that is closed.",
    next: 'Use the key of a user with the Manager role or above; if it is one, ask Mailchimp about plan and API access.',
  },
  certificate_untrusted: {
    says: 'The certificate of what answers as Mailchimp is not trusted, so nothing is sent to it.',
    next: 'Check the clock of this machine and what stands between it and Mailchimp; for a proxy that opens TLS, name its certificate in NODE_EXTRA_CA_CERTS.',
  },
  audience_missing: {
    says: 'The audience does not exist in this account.',
    next: 'Correct properties.audience_id; everything held is then sent.',
  },
  merge_tag_missing: {
    says: 'A mapped merge tag does not exist in the audience, where Mailchimp would silently ignore it.',
    next: 'Create the merge field at Mailchimp or correct the mapping; the held value is then sent.',
  },
  merge_field_mismatch: {
    says: 'A mapped merge field is of a type that cannot hold the value.',
    next: 'Map to a text merge field; the held value is then sent.',
  },
  value_unfit: {
    says: 'A value does not fit its merge field and is neither sent nor cut.',
    next: 'Change the merge field, or the value in Didomi; the held value is then sent.',
  },
  value_refused: {
    says: 'Mailchimp refused the value of a merge field; the other fields were delivered.',
    next: 'Compare the value with the type of the merge field; replay the delivery to try it once more.',
  },
  tag_taken: {
    says: 'Another integration fills the merge tag in this audience, so this one does not write to it.',
    next: 'Take the tag out of one of the two mappings, or disable the other integration; the value is then sent.',
  },
  upgrade_unaccepted: {
    says: 'This version reads older facts in another way than the last one did, and would grant something by them. What it denies is written at once.',
    next: 'Accept the upgrade, by POST /v1/upgrade/accept or serve --accept-upgrade; the held value is then sent.',
  },
  many_retractions: {
    says: 'Very many people of this source would be denied something within an hour although none of them said so. What they stated goes on; the rest waits for an answer.',
    next: 'Look at GET /v1/retractions and find out why the choices are gone, such as events deleted at Didomi. Answer release or withhold by POST /v1/retractions/{id}; without an answer they go after 24 hours.',
  },
  path_ambiguous: {
    says: 'A mapped path could mean two places of the person’s preferences.',
    next: 'Rename one of the two ids in Didomi.',
  },
  field_dropped: {
    says: 'Mailchimp answered 200 but did not store a mapped field.',
    next: 'Check that the merge tag still exists in the audience; the held value is then sent.',
  },
  assert_again: {
    says: 'Mailchimp may still apply an older request late, so the newest state is sent once more after that.',
    next: '',
  },
  in_batch: {
    says: 'It was handed to Mailchimp in a batch with others, because many were due; its result is awaited.',
    next: '',
  },
  mailchimp_unavailable: {
    says: 'Mailchimp fails too often, so delivery pauses. It is asked again and again, and goes on by itself.',
    next: '',
  },
  audience_unread: {
    says: 'Mailchimp could not be asked about the audience yet, so nothing is sent to it.',
    next: 'It is asked again by itself. If it lasts, look at what the detail names: the network, a proxy, or Mailchimp.',
  },
  history_too_large: {
    says: 'The person has more facts than one decision reads, so nothing is written for them.',
    next: 'Find out what tells so much of one person, such as a test or a script. Erase the person, or correct the contact at Mailchimp by hand.',
  },
  decision_failed: {
    says: 'What to write could not be worked out from the facts: a bug of ours. Nothing is written for this person; no other waits.',
    next: 'Report the `a step failed` of the log with the step decision; correct the contact at Mailchimp by hand until then. The next event of the person, or a replay, tries again.',
  },
  leaving: {
    says: 'The integration was removed, or its document replaced, while Mailchimp may still apply a request of it. The newest state is sent once more, and nothing else.',
    next: '',
  },
  disabled: {
    says: 'The integration is switched off, so nothing of it is sent.',
    next: 'Switch it on; what waits is then sent.',
  },
  paused: {
    says: 'The integration is paused, so nothing of it is sent.',
    next: 'Resume it; what waits is then sent.',
  },
  expired: {
    says: `Mailchimp did not take the request for ${GRANT_LIFETIME_DAYS} days.`,
    next: 'Find out why in the attempts, then replay the delivery.',
  },
} as const satisfies Record<Reason, Explanation>

export const isReason = (text: string): text is Reason => Object.hasOwn(EXPLANATIONS, text)

/** What an attempt can end with; the other reasons are of debts only. */
type AttemptReason = 'no_such_contact' | 'contact_gone' | 'field_dropped' | RetryCause | RejectCause | BlockCause

/** How an attempt ended that has this reason. */
const ENDS_AS = {
  no_such_contact: 'skipped',
  contact_gone: 'skipped',
  field_dropped: 'delivered',
  throttled: 'retry',
  server_error: 'retry',
  timed_out: 'retry',
  connection_failed: 'retry',
  answer_unreadable: 'retry',
  answer_unknown: 'retry',
  signup_throttled: 'retry',
  interrupted: 'retry',
  compliance_state: 'rejected',
  forgotten: 'rejected',
  address_refused: 'rejected',
  fields_invalid: 'rejected',
  address_conflict: 'rejected',
  request_refused: 'rejected',
  key_invalid: 'blocked',
  account_disabled: 'blocked',
  wrong_data_centre: 'blocked',
  payment_required: 'blocked',
  not_permitted: 'blocked',
  certificate_untrusted: 'blocked',
  audience_missing: 'blocked',
} as const satisfies Record<AttemptReason, Outcome['kind']>

const isAttemptReason = (text: string): text is AttemptReason => Object.hasOwn(ENDS_AS, text)

export const ATTEMPT_REASONS: readonly AttemptReason[] = Object.keys(ENDS_AS).filter(isAttemptReason)

/** R26: debts wait for these because Mailchimp, or this service, was away; a throttled sign-up is about one address. */
export const PASSING_REASONS: readonly Reason[] = ATTEMPT_REASONS.filter(
  reason => ENDS_AS[reason] === 'retry' && reason !== 'signup_throttled',
)
