import { type BlockCause, type Outcome, type Retry } from '../domain/outcome.ts'
import { SECOND } from '../domain/instant.ts'
import { type FieldValue } from '../domain/merge-field.ts'
import { type Fields } from '../domain/plan.ts'
import { fieldOf, textOf } from './answer.ts'
import { type Reply } from './client.ts'
import { heldIn } from './targets.ts'
import { classifyInvalid, refused, titleOf, type Written } from './invalid.ts'

type Answer = Reply & { readonly kind: 'answer' }
type Failure = Exclude<Outcome, { kind: 'delivered' | 'skipped' }>

/**
 * R25: the one place where a reply becomes an outcome: by status, then by whether there is JSON, then by title.
 * A 404 is about a contact here; whether the audience itself is gone is the caller's to find out.
 */
export function classifyWrite(reply: Reply, written: Written, now: number): Outcome {
  if (reply.kind === 'answer' && reply.status === 404 && reply.json !== undefined)
    return { kind: 'skipped', because: 'no_such_contact' }
  if (reply.kind === 'answer' && reply.status >= 200 && reply.status < 300) return compare(reply, written.fields)
  return classifyFailure(reply, now, written)
}

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

/** Anything but success. Unknown 4xx are refusals; a body that is not JSON comes from the edge, not from the API. */
function classifyFailure(reply: Reply, now: number, written: Written | undefined): Failure {
  if (reply.kind === 'failure') return retry(reply.cause, reply.detail, { ambiguous: reply.maybeSeen })
  const { status, json } = reply
  const detail = textOf(json, 'detail') || `HTTP ${status}${json === undefined ? ' without JSON' : ''}`
  const waitMs = waitAsked(reply.retryAfter, now)
  if (isEdge(reply)) return retry('throttled', detail, { throttled: true, ambiguous: status >= 500, waitMs })
  if (json === undefined && isUnreadable(status))
    return retry('answer_unreadable', detail, { ambiguous: status < 300, waitMs })
  const block = blockCause(status, titleOf(json))
  if (block !== undefined) return { kind: 'blocked', cause: block, detail }
  if (status === 429) return retry('throttled', detail, { throttled: true, waitMs })
  if (status === 408) return retry('timed_out', detail, { ambiguous: true, waitMs })
  if (status >= 500) return retry('server_error', detail, { ambiguous: true, waitMs })
  if (status === 400) return classifyInvalid(json, detail, written)
  return refused('request_refused', detail)
}

/** Bare 403 and 429, and Akamai's pages: too much traffic, not a verdict on the key or the contact. */
function isEdge({ status, json }: Answer): boolean {
  if (textOf(json, 'type') === 'akamai_error_message') return true
  return json === undefined && (status === 403 || status === 429 || status === 503)
}

/** Statuses that mean something only with Mailchimp's own JSON: without it, something between us answered. */
const isUnreadable = (status: number): boolean => [400, 404, 414].includes(status) || (status >= 200 && status < 300)

const BLOCK_BY_TITLE: Readonly<Record<string, BlockCause>> = {
  UserDisabled: 'account_disabled',
  WrongDatacenter: 'wrong_data_centre',
  ComplianceRelated: 'account_disabled',
}

const BLOCK_BY_STATUS: Readonly<Record<number, BlockCause>> = {
  401: 'key_invalid',
  402: 'payment_required',
  403: 'not_permitted',
  404: 'audience_missing',
}

const blockCause = (status: number, title: string): BlockCause | undefined =>
  (Object.hasOwn(BLOCK_BY_TITLE, title) ? BLOCK_BY_TITLE[title] : undefined) ?? BLOCK_BY_STATUS[status]

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

/** Mailchimp, or the time limit of the client, gave the request up; it may still run there (R24). */
export const isGivenUp = (reply: Reply): boolean =>
  reply.kind === 'failure' ? reply.cause === 'timed_out' : reply.status === 408

/** A refusal that may be about any of the values in the request, and says so in no known way (R13). */
export const isAboutBody = (reply: Reply): boolean => reply.kind === 'answer' && reply.status === 400

/** A 429, or the edge's page in its place (R24). */
export function isThrottled(reply: Reply, now: number): boolean {
  if (reply.kind === 'answer' && reply.status < 400) return false
  const trouble = classifyTrouble(reply, now)
  return trouble.kind === 'retry' && trouble.throttled
}
