import { type Outcome, type RejectCause, type Retry } from '../domain/outcome.ts'
import { type Request } from '../domain/plan.ts'
import { fieldOf, listOf, textOf, titleOf } from './answer.ts'
import { targetNamed } from './targets.ts'

/** The part of a request that a refusal of it depends on. */
export type Written = Pick<Request, 'do' | 'fields'>

type Rejected = Outcome & { readonly kind: 'rejected' }

const REJECT_BY_TITLE: Readonly<Record<string, RejectCause>> = {
  MemberInComplianceState: 'compliance_state',
  ForgottenEmailNotSubscribed: 'forgotten',
  MemberExists: 'address_conflict',
}

/** Mailchimp says that the request itself is wrong, and no value in it. */
const REFUSED_TITLES = new Set(['BadRequest', 'InvalidAction', 'JSONParseException', 'MergeMaxLimitExceeded'])

// The only text we read: this throttle has no title, status or type of its own, and a 400 is otherwise final (R25).
const SIGNUP_THROTTLE = 'has signed up to a lot of lists very recently'

/** R25: a 400 in Mailchimp's own JSON; `written` is what the request wrote, undefined for one that only read. */
export function classifyInvalid(json: unknown, detail: string, written: Written | undefined): Rejected | Retry {
  const title = titleOf(json)
  const known = Object.hasOwn(REJECT_BY_TITLE, title) ? REJECT_BY_TITLE[title] : undefined
  if (known) return refused(known, detail)
  if (saysThrottled(json)) return THROTTLED_SIGNUP
  if (REFUSED_TITLES.has(title)) return refused('request_refused', detail)
  if (title !== 'InvalidResource') return unknownAnswer(400, json, undefined)
  if (!written) return refused('request_refused', detail)
  if (fieldOf(json, 'errors') !== undefined) return classifyErrors(listOf(json, 'errors'), detail, written)
  // Without `errors` it is the address, and a PATCH carries none: what is left is its merge fields.
  return refused(written.do === 'upsert' ? 'address_refused' : 'fields_invalid', detail)
}

/** An error names a field of the body, or the body as a whole with nothing. */
function classifyErrors(errors: readonly unknown[], detail: string, { fields }: Written): Rejected {
  const names = errors.map(error => textOf(error, 'field'))
  const messages = errors.map(error => [textOf(error, 'field'), textOf(error, 'message')].filter(Boolean).join(': '))
  const says = messages.join('; ') || detail
  if (names.includes('email address')) return refused('address_conflict', says)
  if (names.includes('email_address')) return refused('address_refused', says)
  if (names.length > 0 && names.every(name => name === 'status_if_new')) return refused('request_refused', says)
  const keys = names.flatMap(name => targetNamed(name, Object.keys(fields)) ?? [])
  return refused('fields_invalid', says, [...new Set(keys)])
}

const saysThrottled = (json: unknown): boolean =>
  [textOf(json, 'detail'), ...listOf(json, 'errors').map(error => textOf(error, 'message'))].some(text =>
    text.includes(SIGNUP_THROTTLE),
  )

const THROTTLED_SIGNUP: Retry = {
  kind: 'retry',
  cause: 'signup_throttled',
  detail: 'too many sign-ups of this address',
  ambiguous: false,
  throttled: false,
  waitMs: undefined,
}

/** R25: Mailchimp's own, and in no table: nothing that a debt may die of. */
export const unknownAnswer = (status: number, json: unknown, waitMs: number | undefined): Retry => ({
  kind: 'retry',
  cause: 'answer_unknown',
  detail: `HTTP ${status} ${textOf(json, 'title')}: ${textOf(json, 'detail')}`,
  ambiguous: false,
  throttled: false,
  waitMs,
})

export const refused = (cause: RejectCause, detail: string, fields: readonly string[] = []): Rejected => ({
  kind: 'rejected',
  cause,
  detail,
  fields,
})
