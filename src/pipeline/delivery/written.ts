import {
  afterAbsence,
  afterDoubt,
  afterRename,
  afterWrite,
  NEW_CONTACT,
  type ContactRecord,
} from '../../domain/contact-record.ts'
import { fieldIdsOf } from '../../domain/mapping.ts'
import { isUnclear, type Outcome } from '../../domain/outcome.ts'
import { textOf } from '../../mailchimp/answer.ts'
import { type Reply } from '../../mailchimp/client.ts'
import { contactKeyText, keepContacts, lockContacts, type ContactKey } from '../../store/contacts/contacts.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type Assignment } from './assign.ts'

/** A request and how it ended. */
type Answered = {
  readonly assignment: Assignment
  readonly reply: Reply
  readonly outcome: Outcome
  readonly sentAt: number
}

/** Remembers what these attempts tell of their contacts (R16d). */
export async function rememberWritten(tx: Sql, conclusions: readonly Answered[]): Promise<void> {
  const telling = conclusions.filter(
    ({ outcome }) => outcome.kind === 'delivered' || outcome.kind === 'skipped' || isUnclear(outcome),
  )
  if (telling.length === 0) return
  const records = await lockContacts(
    tx,
    telling.map(({ assignment: { contactKey } }) => contactKey),
  )
  const kept = new Map<string, { readonly key: ContactKey; readonly record: ContactRecord }>()
  for (const conclusion of telling) {
    const key = conclusion.assignment.contactKey
    const text = contactKeyText(key)
    const before = kept.get(text)?.record ?? records.get(text) ?? NEW_CONTACT
    kept.set(text, { key, record: recordAfter(before, conclusion) })
  }
  await keepContacts(tx, [...kept.values()])
}

/** From now on the values that these requests carry may be written at any time (R22). */
export async function doubtWritten(tx: Sql, assignments: readonly Assignment[]): Promise<void> {
  const records = await lockContacts(
    tx,
    assignments.map(({ contactKey }) => contactKey),
  )
  const doubted = assignments.flatMap(({ contactKey, plan }) => {
    const record = records.get(contactKeyText(contactKey))
    return record ? [{ key: contactKey, record: afterDoubt(record, Object.keys(plan.fields)) }] : []
  })
  if (doubted.length > 0) await keepContacts(tx, doubted)
}

function recordAfter(record: ContactRecord, conclusion: Answered): ContactRecord {
  const { assignment, outcome, sentAt } = conclusion
  const { integration, person, revision, lastFact = '', plan, audience, contactKey } = assignment
  if (outcome.kind === 'delivered') {
    const { contactId, hash } = namesIn(conclusion)
    return afterWrite(record, {
      accepted: outcome.accepted,
      fieldIds: fieldIdsOf(audience),
      contactId,
      movedTo: hash === undefined || hash === contactKey.alias || contactId === contactKey.alias ? undefined : hash,
      at: sentAt,
      fact: lastFact,
      integrationId: integration.id,
      person,
      revision,
    })
  }
  if (outcome.kind !== 'skipped') return afterDoubt(record, Object.keys(plan.fields))
  return outcome.movedTo === undefined ? afterAbsence(record, lastFact) : afterRename(record, outcome.movedTo, sentAt)
}

/** What Mailchimp calls the contact; undefined where the answer does not say so, as that to a batch for many. */
function namesIn({ reply }: Answered): { readonly contactId: string | undefined; readonly hash: string | undefined } {
  if (reply.kind !== 'answer') return { contactId: undefined, hash: undefined }
  const [contactId, hash] = [textOf(reply.json, 'contact_id'), textOf(reply.json, 'id')]
  return { contactId: contactId === '' ? undefined : contactId, hash: hash === '' ? undefined : hash }
}
