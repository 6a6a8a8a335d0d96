import { driftOf } from '../../domain/drift.ts'
import { fieldOf } from '../../domain/mapping.ts'
import { personOf } from '../../domain/person.ts'
import { only, type Fields } from '../../domain/plan.ts'
import { Problem } from '../../domain/problem.ts'
import { readContact } from '../../mailchimp/lookups.ts'
import { type DebtKey } from '../../store/debts/delivery-columns.ts'
import { existingIntegration } from '../existing.ts'
import { askMailchimp, keyIn, type AskDeps } from './asking.ts'
import { audienceOf, knownOf, rehearse, viewOf, type View } from './rehearsal.ts'
import { mergeField } from '../../domain/target.ts'

/** A contact as it is at Mailchimp now, beside what it should be. Only mapped targets are shown, by their keys. */
type ContactNow = {
  /** Undefined when there is no such contact, or when the person names none. */
  readonly status: string | undefined
  readonly held: Fields
  readonly should: Fields
  readonly lastDelivered: Fields | undefined
  readonly lastWrittenAt: number | undefined
  /** When Mailchimp was asked. */
  readonly readAt: number
  readonly drift: readonly string[]
}

/** Reads a person's contact and compares it with what an integration makes of them. Writes nothing. */
export async function contactNow(deps: AskDeps, { integrationId, person: id }: DebtKey): Promise<ContactNow> {
  const person = personOf(id)
  const view = await viewOf(deps, await existingIntegration(deps.db, integrationId))
  const known = (await knownOf(deps.db, view, [person])).get(person)
  if (!known || known.length === 0)
    throw new Problem('not_found', 'the source of this integration never told us about this person')
  const audience = await audienceOf(deps, view)
  const { contact, desired, record, lastDelivered } = await rehearse(deps.db, view, { person, facts: known, audience })
  const readAt = deps.clock()
  const found = contact && (await heldBy(deps, view, contact))
  const keys = view.settings.mappings.map(({ id: tag }) => mergeField(fieldOf(audience, tag)?.tag ?? tag))
  const held = only(found?.fields ?? {}, keys)
  return {
    status: found?.status,
    held,
    should: desired.fields,
    lastDelivered,
    lastWrittenAt: record.wroteAt,
    readAt,
    drift: found ? driftOf(desired.fields, held, audience) : [],
  }
}

type Contact = Parameters<typeof readContact>[1]['contact']

async function heldBy(deps: AskDeps, view: View, contact: Contact) {
  const { audienceId } = view.settings
  const read = await askMailchimp(deps, keyIn(view), client =>
    readContact(client, { audienceId, contact }, deps.clock()),
  )
  if (read.kind !== 'read') throw new Problem('mailchimp_unreachable', read.detail)
  return read.value
}
