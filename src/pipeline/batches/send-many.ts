import { SEND_AFTER, STATUS_TRUSTED_FOR } from '../../domain/batch.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type Trouble } from '../../mailchimp/audience.ts'
import { manyRequest, readMany, type Item, type Many } from '../../mailchimp/many.ts'
import { readings, readStatuses, type StatusReading, type Statuses } from '../../mailchimp/statuses.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { notSubmitted, type CallDeps, type Heard } from './batch-calls.ts'
import { type OperationEnd } from './operation-end.ts'

type Members = {
  readonly batch: Batch
  readonly audienceId: string
  readonly assignments: readonly Item[]
}

type Verifiable = Many['toVerify'][number]

/** What one call did. */
type Sent = { readonly ends: ReadonlyMap<string, OperationEnd>; readonly toVerify: readonly Verifiable[] }

/**
 * R28: calls for many contacts each, which carry everybody's status. It is read right before, and read again
 * afterwards of all who had not subscribed. A contact that cannot go safely is left out, and goes singly.
 */
export async function sendMany(deps: CallDeps, members: Members): Promise<Heard> {
  const { batch, audienceId, assignments } = members
  const { sent, trouble } = await sendAsRead(deps, members)
  const value = new Map(sent.flatMap(({ ends }) => [...ends]))
  if (trouble && value.size === 0) return notSubmitted(batch, afterReading(trouble), audienceId)
  const leftOut = assignments.flatMap(({ attemptId }) => (value.has(attemptId) ? [] : [attemptId]))
  const toVerify = sent.flatMap(each => each.toVerify)
  const changed = await changedIn(deps, toVerify, audienceId)
  return { batch, news: { kind: 'results' }, results: { ends: value, leftOut, changed } }
}

/** A reading changes nothing, however it ended. */
const afterReading = (trouble: Trouble): Trouble =>
  trouble.kind === 'retry' ? { ...trouble, ambiguous: false } : trouble

/** Sends what was read before it is too old, then reads on; trouble with the reading ends it. */
async function sendAsRead(
  deps: CallDeps,
  members: Members,
): Promise<{ readonly sent: readonly Sent[]; readonly trouble: Trouble | undefined }> {
  const { client, clock } = deps
  const plans = members.assignments.map(({ plan }) => plan)
  const sent: Sent[] = []
  let inHand: readonly StatusReading[] = []
  for await (const read of readings(client, { audienceId: members.audienceId, plans }, clock)) {
    if (read.kind !== 'read') return { sent, trouble: read }
    if (deps.stopping.aborted) return { sent, trouble: undefined }
    inHand = [...inHand, read.value]
    if (clock() - (inHand[0]?.askedAt ?? 0) < SEND_AFTER) continue
    sent.push(await send(deps, members, inHand))
    inHand = []
  }
  sent.push(await send(deps, members, inHand))
  return { sent, trouble: undefined }
}

async function send(
  { client, clock }: CallDeps,
  { audienceId, assignments }: Members,
  inHand: readonly StatusReading[],
) {
  const fresh = inHand.filter(({ askedAt }) => clock() - askedAt <= STATUS_TRUSTED_FOR)
  const statuses = new Map(fresh.flatMap(reading => [...reading.statuses]))
  const known = assignments.filter(({ plan }) => statuses.has(contactKey(plan.contact)))
  const many = manyRequest(known, statuses, audienceId)
  if (!many.request) return { ends: new Map<string, OperationEnd>(), toVerify: [] }
  const reply = await client.send(many.request)
  const outcomes: ReadonlyMap<string, Outcome> = readMany(reply, many.sent, clock())
  const ends = new Map([...outcomes].map(([attemptId, outcome]) => [attemptId, { reply, outcome }]))
  return { ends, toVerify: many.toVerify }
}

/** How many contacts have another status than before; a status that cannot be read counts as another. */
async function changedIn({ client, clock }: CallDeps, toVerify: readonly Verifiable[], audienceId: string) {
  if (toVerify.length === 0) return 0
  const plans = toVerify.map(({ item }) => item.plan)
  const read = await readStatuses(client, { audienceId, plans }, clock)
  const after: Statuses = read.kind === 'read' ? read.value : new Map()
  return toVerify.filter(({ item, status }) => after.get(contactKey(item.plan.contact)) !== status).length
}
