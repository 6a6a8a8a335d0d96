import { personOf } from '../domain/person.ts'
import { type Outcome } from '../domain/outcome.ts'
import { type Fields, type Request } from '../domain/plan.ts'
import { nameOf } from '../domain/target.ts'
import { contactKey, subscriberHash } from './address.ts'
import { listOf, textOf } from './answer.ts'
import { classifyTrouble, classifyWrite } from './classify.ts'
import { type ApiRequest, type Reply } from './client.ts'
import { signUpOf } from './requests.ts'
import { type ContactStatus, type Statuses } from './statuses.ts'
import { bodyOf, targetNamed } from './targets.ts'

/** As many as Mailchimp takes in one call. */
export const MOST_MEMBERS = 500

export type Item = { readonly attemptId: string; readonly plan: Request }

export type Many = {
  /** Undefined when no contact is left to send. */
  readonly request: ApiRequest | undefined
  readonly sent: readonly Item[]
  /** Their status must be read again once the call ended, however it ended: it must still be this one. */
  readonly toVerify: readonly { readonly item: Item; readonly status: ContactStatus }[]
}

/**
 * R28: one call for up to 500 contacts, `POST /lists/{id}`, which sets the status of everyone in it: a person who
 * unsubscribes between the reading of the status and the call may be subscribed again by it, and an address that is
 * not in the audience is created. So everyone goes with their own current status, and those are left out whose status
 * is unknown, archived (it cannot be sent, and any other brings them back) or pending (another confirmation mail might
 * follow), who are absent and must not be created, and whom Mailchimp knows by no address of ours.
 */
export function manyRequest(items: readonly Item[], statuses: Statuses, audienceId: string): Many {
  const members = new Map<string, Member>()
  const sent: Item[] = []
  for (const item of items) {
    const key = contactKey(item.plan.contact)
    const member = members.has(key) ? undefined : memberFor(item.plan, statuses.get(key))
    if (!member) continue
    members.set(key, member)
    sent.push(item)
  }
  if (sent.length > MOST_MEMBERS)
    throw new Error(`${sent.length} contacts in one call; Mailchimp takes ${MOST_MEMBERS}`)
  const path = `/lists/${encodeURIComponent(audienceId)}?skip_merge_validation=true`
  const body = { members: [...members.values()], update_existing: true }
  return {
    request: sent.length === 0 ? undefined : { method: 'POST', path, body },
    sent,
    toVerify: sent.flatMap(item => {
      const status = statuses.get(contactKey(item.plan.contact))
      return status === undefined || status === 'absent' || status === 'subscribed' ? [] : [{ item, status }]
    }),
  }
}

type Member = { readonly email_address: string; readonly status: string } & ReturnType<typeof bodyOf>

function memberFor(plan: Request, current: ContactStatus | 'absent' | undefined): Member | undefined {
  const { contact, fields } = plan
  if (contact.by !== 'address' || current === undefined || current === 'archived' || current === 'pending')
    return undefined
  const known = { email_address: contact.address, ...bodyOf(fields) }
  if (current !== 'absent') return { ...known, status: current }
  return plan.do === 'upsert' ? { ...known, status: plan.statusIfNew, ...signUpOf(plan) } : undefined
}

/** One outcome for each contact that was sent, by attempt. */
export function readMany(reply: Reply, sent: readonly Item[], now: number): ReadonlyMap<string, Outcome> {
  const isDone = reply.kind === 'answer' && reply.status >= 200 && reply.status < 300 && reply.json !== undefined
  const outcomeFor = isDone ? outcomesIn(reply, now) : () => afterTrouble(reply, now)
  return new Map(sent.map(({ attemptId, plan }) => [attemptId, outcomeFor(plan)]))
}

/** A fault of form fails the whole call (R25): it is a verdict on no contact, and each goes again alone. */
function afterTrouble(reply: Reply, now: number): Outcome {
  const trouble = classifyTrouble(reply, now)
  return trouble.kind === 'rejected' ? noVerdict(trouble.detail) : trouble
}

function outcomesIn(reply: Reply & { readonly kind: 'answer' }, now: number): (plan: Request) => Outcome {
  const { json } = reply
  const done = byContact([...listOf(json, 'new_members'), ...listOf(json, 'updated_members')])
  const failed = byContact(listOf(json, 'errors'))
  return plan => {
    const key = contactKey(plan.contact)
    if (failed.has(key)) return refusalIn(failed.get(key), plan.fields)
    if (done.has(key)) return classifyWrite({ ...reply, json: done.get(key) }, plan, now)
    return { ...noVerdict('the answer does not mention this contact'), ambiguous: true }
  }
}

const byContact = (entries: readonly unknown[]): ReadonlyMap<string, unknown> =>
  new Map(entries.map(entry => [subscriberHash(personOf(textOf(entry, 'email_address'))), entry]))

/** A merge field that is named is a verdict. What else is wrong stands in prose only, which is not read (R25). */
function refusalIn(entry: unknown, sent: Fields): Outcome {
  const key = targetNamed(textOf(entry, 'field'), Object.keys(sent))
  if (key === undefined || !Object.hasOwn(sent, key))
    return noVerdict(textOf(entry, 'error') || 'an error without a text')
  const detail = `${nameOf(key)}: ${textOf(entry, 'field_message')}`
  return { kind: 'rejected', cause: 'fields_invalid', detail, fields: [key] }
}

/** The next attempt is a request of its own, whose answer has a status and a title. */
const noVerdict = (detail: string): Outcome & { readonly kind: 'retry' } => ({
  kind: 'retry',
  cause: 'answer_unreadable',
  detail,
  ambiguous: false,
  throttled: false,
  waitMs: undefined,
})
