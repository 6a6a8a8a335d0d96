import { type BlockCause, type Outcome, type Retry } from '../domain/outcome.ts'
import { SECOND } from '../domain/instant.ts'
import { type FieldValue } from '../domain/merge-field.ts'
import { type Fields } from '../domain/plan.ts'
import { fieldOf, isProblemOf, textOf, titleOf } from './answer.ts'
import { type Reply } from './client.ts'
import { heldIn } from './targets.ts'
import { classifyInvalid, refused, unknownAnswer, type Written } from './invalid.ts'

type Answer = Reply & { readonly kind: 'answer' }
type Failure = Exclude<Outcome, { kind: 'delivered' | 'skipped' }>

/**
 * R25: the one place where a reply becomes an outcome: by status, then by whether Mailchimp's own JSON is there, then by
 * title. A 404 is about a contact here; whether the audience itself is gone is the caller's to find out.
 */
export function classifyWrite(reply: Reply, written: Written, now: number): Outcome {
  if (isNotFound(reply)) return { kind: 'skipped', because: 'no_such_contact' }
  if (reply.kind === 'answer' && reply.status >= 200 && reply.status < 300) return compare(reply, written.fields)
  return classifyFailure(reply, now, written)
}

/** Mailchimp itself says that what the path names is not there. */
export const isNotFound = (reply: Reply): boolean =>
  reply.kind === 'answer' &&
  reply.status === 404 &&
  isProblemOf(reply.json, 404) &&
  titleOf(reply.json) === 'ResourceNotFound'

/** R14: Mailchimp ignores an unknown merge tag with a 200, so what it says it holds is compared with what was sent. */
function compare({ json }: Answer, sent: Fields): Outcome {
  const held = heldIn(json)
  if (!held) return retry('answer_unreadable', 'a 2xx answer without merge_fields', { ambiguous: true })
  const isStored = ([key, value]: readonly [string, FieldValue]): boolean => holds(fieldOf(held, key), value)
  const all = Object.entries(sent)
  const dropped = all.filter(each => !isStored(each)).map(([key]) => key)
  return { kind: 'delivered', accepted: Object.fromEntries(all.filter(isStored)), dropped }
}

/** Yes and no must come back as they are; of other values Mailchimp may keep its own spelling (dates, phones). */
function holds(held: unknown, sent: string | number): boolean {
  if (held === undefined) return false
  if (sent === 'true' || sent === 'false' || sent === '') return held === sent
  return held !== '' && held !== null
}

/** The same for a request that wrote nothing to a contact, where a 404 is about the audience. */
export const classifyTrouble = (reply: Reply, now: number): Failure => classifyFailure(reply, now, undefined)

/** Anything but success. Only what is documented, in Mailchimp's own JSON, holds or ends anything. */
function classifyFailure(reply: Reply, now: number, written: Written | undefined): Failure {
  if (reply.kind === 'failure') {
    const { cause, detail, maybeSeen } = reply
    return cause === 'certificate_untrusted'
      ? { kind: 'blocked', cause, detail }
      : retry(cause, detail, { ambiguous: maybeSeen })
  }
  const waitMs = waitAsked(reply.retryAfter, now)
  return isProblemOf(reply.json, reply.status)
    ? classifyProblem(reply, waitMs, written)
    : classifyForeign(reply, waitMs)
}

function classifyProblem({ status, json }: Answer, waitMs: number | undefined, written: Written | undefined): Failure {
  const detail = textOf(json, 'detail') || `HTTP ${status}`
  const known = `${status} ${titleOf(json)}`
  const block = BLOCK_BY_STATUS.get(status) ?? BLOCK_BY_TITLE.get(known)
  if (block !== undefined) return { kind: 'blocked', cause: block, detail }
  if (status === 400) return classifyInvalid(json, detail, written)
  if (REFUSED.has(known)) return refused('request_refused', detail)
  return passing(status, detail, waitMs) ?? unknownAnswer(status, json, waitMs)
}

/** What a proxy, or Mailchimp's edge, says in Mailchimp's place is no verdict on a key or a contact. */
function classifyForeign({ status }: Answer, waitMs: number | undefined): Failure {
  const detail = `HTTP ${status} without Mailchimp’s JSON`
  if (status === 403 || status === 503)
    return retry('throttled', detail, { throttled: true, ambiguous: status >= 500, waitMs })
  const isSuccess = status >= 200 && status < 300
  return passing(status, detail, waitMs) ?? retry('answer_unreadable', detail, { ambiguous: isSuccess, waitMs })
}

/** Statuses that mean the same, whether Mailchimp or a proxy answers. */
function passing(status: number, detail: string, waitMs: number | undefined): Retry | undefined {
  if (status === 429) return retry('throttled', detail, { throttled: true, waitMs })
  if (status === 408) return retry('timed_out', detail, { ambiguous: true, waitMs })
  return status >= 500 ? retry('server_error', detail, { ambiguous: true, waitMs }) : undefined
}

/** About the key alone, with any title. */
const BLOCK_BY_STATUS: ReadonlyMap<number, BlockCause> = new Map([
  [401, 'key_invalid'],
  [402, 'payment_required'],
])

const BLOCK_BY_TITLE: ReadonlyMap<string, BlockCause> = new Map([
  ['403 Forbidden', 'not_permitted'],
  ['403 AuthorizationFailure', 'not_permitted'],
  ['403 UserDisabled', 'account_disabled'],
  ['403 WrongDatacenter', 'wrong_data_centre'],
  ['404 ResourceNotFound', 'audience_missing'],
  ['503 ComplianceRelated', 'account_disabled'],
])

/** Our own mistake, which no repetition mends. */
const REFUSED = new Set([
  '405 MethodNotAllowed',
  '414 ResourceNestingTooDeep',
  '422 InvalidMethodOverride',
  '422 RequestedFieldsInvalid',
  '426 Upgraderequired',
])

const retry = (
  cause: Retry['cause'],
  detail: string,
  {
    ambiguous = false,
    throttled = false,
    waitMs,
  }: { ambiguous?: boolean; throttled?: boolean; waitMs?: number | undefined },
): Retry => ({ kind: 'retry', cause, detail, ambiguous, throttled, waitMs })

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), as milliseconds from now. */
function waitAsked(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * SECOND
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** The request was given up, or cut off after its first byte; it may still run at Mailchimp (R24). */
export const mayStillRun = (reply: Reply): boolean =>
  reply.kind === 'failure' ? reply.maybeSeen : reply.status === 408

/** An answer that may be about any of the values in the request, and says so in no known way (R13). */
export const isAboutBody = (reply: Reply): boolean => reply.kind === 'answer' && reply.status === 400

/** A 429, or the edge's page in its place (R24). */
export function isThrottled(reply: Reply, now: number): boolean {
  if (reply.kind === 'answer' && reply.status < 400) return false
  const trouble = classifyTrouble(reply, now)
  return trouble.kind === 'retry' && trouble.throttled
}
