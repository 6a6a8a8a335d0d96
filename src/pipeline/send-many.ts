import { manyRequest, readMany, type Item, type Many } from '../mailchimp/many.ts'
import { readStatuses, type Statuses } from '../mailchimp/statuses.ts'
import { contactKey } from '../mailchimp/address.ts'
import { type BatchRow } from '../store/batches.ts'
import { type CallDeps, type News } from './batch-news.ts'

type Members = {
  readonly batch: BatchRow
  readonly audienceId: string
  readonly assignments: readonly Item[]
}

/**
 * R28: one call for many contacts, which carries everybody's status. It is read first, and read again afterwards of
 * all who had not subscribed. Whoever cannot go safely is left out, and goes singly.
 */
export async function sendMany(deps: CallDeps, { batch, audienceId, assignments }: Members): Promise<News> {
  const { client, now } = deps
  const plans = assignments.map(({ plan }) => plan)
  const statuses = await readStatuses(client, { audienceId, plans }, now())
  // A reading changes nothing, however it ended.
  if (statuses.kind === 'retry') return { kind: 'submission', batch, said: { ...statuses, ambiguous: false } }
  if (statuses.kind !== 'read') return { kind: 'submission', batch, said: statuses }
  const many = manyRequest(assignments, statuses.value, audienceId)
  if (!many.request) return { kind: 'results', batch, said: { kind: 'read', value: new Map() }, changed: 0 }
  const reply = await client.send(many.request)
  const outcomes = readMany(reply, many.sent, now())
  const value = new Map([...outcomes].map(([attemptId, outcome]) => [attemptId, { reply, outcome }]))
  return { kind: 'results', batch, said: { kind: 'read', value }, changed: await changedIn(deps, many, audienceId) }
}

/** How many have another status than before; nobody knows of those whose status cannot be read. */
async function changedIn({ client, now }: CallDeps, { toVerify }: Many, audienceId: string): Promise<number> {
  if (toVerify.length === 0) return 0
  const plans = toVerify.map(({ item }) => item.plan)
  const read = await readStatuses(client, { audienceId, plans }, now())
  const after: Statuses = read.kind === 'read' ? read.value : new Map()
  return toVerify.filter(({ item, status }) => after.get(contactKey(item.plan.contact)) !== status).length
}
