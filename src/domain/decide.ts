import { retractedIn, withoutRetracted } from './brake.ts'
import { saysNo } from './merge-field.ts'
import { believed, confirmedSince, NEW_CONTACT, valuesOf, type ContactRecord } from './contact-record.ts'
import { type ConsentState } from './fold.ts'
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
import { planFor, type Fields, type Plan } from './plan.ts'
import { mapsChoice, retractionOf } from './retraction.ts'
import { type Heard } from './statements.ts'
import { type TakenTag } from './taken-tag.ts'
import { type Together } from './together.ts'
import { withoutUnaccepted, type Unaccepted } from './unaccepted.ts'

export type DecideRequest = {
  readonly of: Together
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
  /** Whose debt is decided. */
  readonly person: string
  /** By person of the contact, since which revision of their debt what it wrote is believed. */
  readonly doubts: ReadonlyMap<string, number>
  /** What was not accepted since an upgrade; undefined when that is nothing. */
  readonly unaccepted?: Omit<Unaccepted, 'heard'> | undefined
  /** The targets that wait where they rest on a retraction alone (R33). */
  readonly braked?: readonly string[]
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
  /** The targets that would lose something by a retraction alone, whether or not they wait (R33). */
  readonly retracts: readonly string[]
}

/** Mapping and plan in one go. A delivery acts on it; a dry run only shows it. */
export function decide(request: DecideRequest): Decision {
  const { of, settings, audience, taken, refused, only, record = NEW_CONTACT, integrationId, person, doubts } = request
  const { unaccepted, braked = [] } = request
  const { state, heard } = of
  const contact = of.contact && asKnown(of.contact, record)
  const entries = believed(record, { integrationId, person, doubts, fieldIds: fieldIdsOf(audience) })
  const all = withoutRefused(withoutTaken(wantedBy(request, { record, entries }), taken), refused)
  const allowed = contact === of.contact || record.isAccepted ? all : withoutGrants(all)
  const statements = heardFor({ state, heard }, settings, audience)
  const confirmed = confirmedSince(entries, statements)
  const accepted =
    unaccepted === undefined || contact === undefined
      ? allowed
      : withoutUnaccepted(allowed, { ...unaccepted, heard: statements })
  const retracts = contact === undefined ? [] : retractedIn(accepted, valuesOf(record.entries))
  const desired = braked.length > 0 ? withoutRetracted(accepted, braked, valuesOf(record.entries)) : accepted
  return {
    state,
    contact,
    record,
    desired,
    lastDelivered: Object.keys(entries).length === 0 ? undefined : valuesOf(entries),
    retracts,
    plan: planFor({ settings, contact, isNew: isNewContact(record, statements, desired), desired, confirmed, only }),
  }
}

type Written = { readonly record: ContactRecord; readonly entries: ContactRecord['entries'] }

/**
 * R16b: an attribute is of one person, so several who name one contact leave it as it is. R16f, I20: a yes of a person who
 * left is taken back where those who name the contact say nothing.
 */
function wantedBy({ of, settings, audience, integrationId }: DecideRequest, { record, entries }: Written): Desired {
  const isOwn = of.namedBy.length === 1
  const mapped = isOwn ? settings : { ...settings, mappings: settings.mappings.filter(mapsChoice) }
  const told =
    of.namedBy.length === 0 ? toldByLeavers(of.state, mapped, audience) : desiredFor(of.state, mapped, audience)
  if (of.leftBy.length === 0) return told
  const unsaid = mapped.mappings.filter(({ id }) => !told.setAside.some(({ tag }) => tag === id))
  // What was written for others was written by a document that named its contacts in another way.
  const persons = [...of.namedBy, ...of.leftBy]
  const written = Object.fromEntries(
    Object.entries(record.entries).filter(
      ([, entry]) => entry.integrationId === integrationId && persons.includes(entry.person),
    ),
  )
  const back = retractionOf({ settings: { ...settings, mappings: unsaid }, audience, written, believed: entries })
  const unspoken = Object.keys(back).filter(key => !Object.hasOwn(told.fields, key))
  const retracted = [...(told.retracted ?? []), ...unspoken]
  return { ...told, fields: { ...back, ...told.fields }, ...(retracted.length > 0 ? { retracted } : {}) }
}

/** R16f: what those who left a contact had denied. It creates no contact, and is silent on what they never stated. */
const toldByLeavers = (state: ConsentState, settings: Settings, audience: Audience): Desired => ({
  ...desiredFor(state, { ...settings, options: { ...settings.options, noChoice: 'keep' } }, audience),
  isStated: false,
})

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
  return Object.entries(fields).some(([key, value]) => !saysNo(value) && (heard[key] ?? '') > goneAfter)
}
