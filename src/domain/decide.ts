import { believed, confirmedSince, NEW_CONTACT, valuesOf, type ContactRecord } from './contact-record.ts'
import { type Fact, type Family } from './fact.ts'
import { fold, type ConsentState } from './fold.ts'
import { type Settings } from './integration.ts'
import {
  desiredFor,
  fieldIdsOf,
  heardFor,
  withoutGrants,
  withoutRefused,
  withoutTaken,
  type Audience,
  type Desired,
} from './mapping.ts'
import { type ContactRef } from './person.ts'
import { contactFor, planFor, type Fields, type Plan } from './plan.ts'
import { newestStatements, type Heard } from './statements.ts'
import { type TakenTag } from './taken-tag.ts'
import { withoutUnaccepted, type Unaccepted } from './unaccepted.ts'
import { sharesOf } from './whose.ts'

export type PersonRequest = {
  readonly facts: readonly Fact[]
  readonly feed: Family
  readonly person: string
  readonly settings: Settings
}

/** What an integration makes of a person's facts, before anything is known of the contact. */
export type Person = {
  readonly person: string
  readonly state: ConsentState
  readonly contact: ContactRef | undefined
  /** By place, the newest fact that states something there (R21). */
  readonly heard: ReadonlyMap<string, string>
}

/** Whose each fact is, the fold, and the contact that it names. */
export function personFrom({ facts, feed, person, settings }: PersonRequest): Person {
  const { options } = settings
  const shares = sharesOf(person, facts)
  const state = fold(shares, {
    family: feed,
    regulations: options.regulations,
    onUserDeleted: options.onUserDeleted,
  })
  return {
    person,
    state,
    contact: contactFor(state, person, settings),
    heard: newestStatements(shares, feed),
  }
}

export type DecideRequest = {
  readonly of: Person
  readonly settings: Settings
  readonly audience: Audience
  /** The mapped tags that another integration fills. */
  readonly taken: readonly TakenTag[]
  /** Values that Mailchimp refused, by target. */
  readonly refused: Fields
  /** The targets that may be filled now; undefined for all of them. */
  readonly only?: readonly string[] | undefined
  readonly integrationId: string
  /** What is known of the contact; undefined when nothing is. */
  readonly record: ContactRecord | undefined
  /** Nothing that was written for an earlier revision of the debt is believed. */
  readonly doubtedAt: number
  /** What was not accepted since an upgrade; undefined when that is nothing. */
  readonly unaccepted?: Omit<Unaccepted, 'heard'> | undefined
}

/** Every step from facts to the one thing to do, so that a person who asks can be shown why. */
export type Decision = {
  readonly state: ConsentState
  readonly contact: ContactRef | undefined
  readonly record: ContactRecord
  readonly desired: Desired
  /** What was last written and nothing has cast doubt on, by target; undefined when that is nothing. */
  readonly lastDelivered: Fields | undefined
  readonly plan: Plan
}

/** Mapping and plan in one go. A delivery acts on it; a dry run only shows it. */
export function decide(request: DecideRequest): Decision {
  const {
    of,
    settings,
    audience,
    taken,
    refused,
    only,
    record = NEW_CONTACT,
    integrationId,
    doubtedAt,
    unaccepted,
  } = request
  const { person, state, heard } = of
  const contact = of.contact && asKnown(of.contact, record)
  const all = withoutRefused(withoutTaken(desiredFor(state, settings, audience), taken), refused)
  const allowed = contact === of.contact ? all : withoutGrants(all)
  const entries = believed(record, { integrationId, person, doubtedAt, fieldIds: fieldIdsOf(audience) })
  const statements = heardFor({ state, heard }, settings, audience)
  const confirmed = confirmedSince(entries, statements)
  const desired =
    unaccepted === undefined || contact === undefined
      ? allowed
      : withoutUnaccepted(allowed, { ...unaccepted, heard: statements })
  return {
    state,
    contact,
    record,
    desired,
    lastDelivered: Object.keys(entries).length === 0 ? undefined : valuesOf(entries),
    plan: planFor({ settings, contact, isNew: isNewContact(record, statements, desired), desired, confirmed, only }),
  }
}

/** R16e: a contact that was found under another address is written to by its permanent id. */
const asKnown = (contact: ContactRef, { movedTo, contactId }: ContactRecord): ContactRef =>
  movedTo === undefined || contactId === undefined ? contact : { by: 'contact_id', contactId }

/**
 * R19: a request may create the contact only if it never took a write of ours, or was found gone and something was
 * granted since.
 */
function isNewContact({ wroteAt, goneAfter }: ContactRecord, heard: Heard, { fields }: Desired): boolean {
  if (wroteAt === undefined) return true
  if (goneAfter === undefined) return false
  return Object.entries(fields).some(
    ([key, value]) => value !== 'false' && value !== '' && (heard[key] ?? '') > goneAfter,
  )
}
