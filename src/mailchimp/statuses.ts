import { type Request } from '../domain/plan.ts'
import { contactKey } from './address.ts'
import { fieldOf, listOf, textOf } from './answer.ts'
import { type Read, type Trouble } from './audience.ts'
import { classifyTrouble, isNotFound } from './classify.ts'
import { type Client, type Reply } from './client.ts'

const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] as const
export type ContactStatus = (typeof STATUSES)[number]

/** By `contactKey`. What is not in it could not be read; `absent` is what Mailchimp said itself, of that contact. */
export type Statuses = ReadonlyMap<string, ContactStatus | 'absent'>

/** Mailchimp's largest page. */
const PAGE = 1_000

type Question = { readonly audienceId: string; readonly plans: readonly Request[] }

/** What one call said; it may have changed since the call left, a time in ms. */
export type StatusReading = { readonly askedAt: number; readonly statuses: Statuses }

/**
 * What the contacts of these plans are at the moment, call by call, with the fewest calls: pages of the whole audience
 * for as long as the pages left are fewer than the contacts still sought, then contact by contact. A list never proves
 * that a contact is absent (it leaves archived contacts out, and its pages shift while contacts come and go), so one
 * it does not show is asked for alone, unless the plan could not create them. Trouble ends it.
 */
export async function* readings(
  client: Client,
  { audienceId, plans }: Question,
  clock: () => number,
): AsyncGenerator<Read<StatusReading>> {
  const place: Place = { client, path: `/lists/${encodeURIComponent(audienceId)}/members`, clock }
  const missing = new Map(plans.map(plan => [contactKey(plan.contact), plan]))
  let left = 1
  // No more pages than it would take to ask for each alone, even if an answer says that more are left.
  for (let page = 0; page < plans.length && left > 0 && left < missing.size; page++) {
    const askedAt = clock()
    const read = await readPage(place, page)
    if (read.kind !== 'read') {
      yield read
      return
    }
    const found = read.value.contacts.filter(({ id }) => missing.has(id))
    found.forEach(({ id }) => missing.delete(id))
    yield { kind: 'read', value: { askedAt, statuses: new Map(found.map(({ id, status }) => [id, status])) } }
    left = read.value.pages - page - 1
  }
  for (const [key, plan] of missing) {
    if (left <= 0 && plan.do !== 'upsert') continue
    const askedAt = clock()
    const status = await readStatus(place, key)
    if (typeof status === 'object') {
      yield status
      return
    }
    if (status !== undefined) yield { kind: 'read', value: { askedAt, statuses: new Map([[key, status]]) } }
  }
}

/** All of them together. */
export async function readStatuses(client: Client, question: Question, clock: () => number): Promise<Read<Statuses>> {
  const statuses = new Map<string, ContactStatus | 'absent'>()
  for await (const read of readings(client, question, clock)) {
    if (read.kind !== 'read') return read
    for (const [key, status] of read.value.statuses) statuses.set(key, status)
  }
  return { kind: 'read', value: statuses }
}

type Place = { readonly client: Client; readonly path: string; readonly clock: () => number }
type Page = { readonly contacts: readonly { id: string; status: ContactStatus }[]; readonly pages: number }

const NO_LIST: Reply = {
  kind: 'failure',
  cause: 'answer_unreadable',
  detail: 'a 200 answer without members',
  maybeSeen: false,
}

async function readPage({ client, path, clock }: Place, page: number): Promise<Read<Page>> {
  const query = `count=${PAGE}&offset=${page * PAGE}&fields=members.id,members.status,total_items`
  const reply = await client.send({ method: 'GET', path: `${path}?${query}` })
  if (reply.kind !== 'answer' || reply.status !== 200 || reply.json === undefined)
    return classifyTrouble(reply, clock())
  const total = fieldOf(reply.json, 'total_items')
  if (!Array.isArray(fieldOf(reply.json, 'members')) || typeof total !== 'number')
    return classifyTrouble(NO_LIST, clock())
  const contacts = listOf(reply.json, 'members').flatMap(member => {
    const status = statusIn(member)
    return status === undefined ? [] : [{ id: textOf(member, 'id'), status }]
  })
  return { kind: 'read', value: { contacts, pages: Math.ceil(total / PAGE) } }
}

/** Undefined when this contact could not be read, and a trouble when none could be. */
async function readStatus({ client, path, clock }: Place, key: string) {
  const reply = await client.send({ method: 'GET', path: `${path}/${key}?fields=status` })
  if (reply.kind === 'answer' && reply.status === 200) return statusIn(reply.json)
  if (isNotFound(reply)) return 'absent'
  const trouble: Trouble = classifyTrouble(reply, clock())
  const isOwn = trouble.kind === 'rejected' || (trouble.kind === 'retry' && !trouble.throttled)
  return isOwn ? undefined : trouble
}

const statusIn = (member: unknown): ContactStatus | undefined => {
  const status = fieldOf(member, 'status')
  return STATUSES.find(known => known === status)
}
