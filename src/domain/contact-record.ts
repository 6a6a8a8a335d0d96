import { type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'
import { type Heard } from './statements.ts'
import { type Window } from './window.ts'

/** What was last written of one target of a contact, and by what. */
export type Entry = {
  readonly value: FieldValue
  /** The newest fact that the request took into account. */
  readonly fact: string
  readonly integrationId: string
  /** The debt that it was written for, and how often that had been owed by then. */
  readonly person: string
  readonly revision: number
  /** The merge field that it was written to; the same tag may be created again. */
  readonly fieldId?: number
  /** Something may have overwritten it since (R21). */
  readonly isDoubted?: true
}

/**
 * All that is known of a contact (R16d). What Mailchimp holds is never known: only what was last written there, and
 * when. Times are integer milliseconds.
 */
export type ContactRecord = {
  /** Mailchimp's own permanent id; undefined until an answer named it. */
  readonly contactId: string | undefined
  /** When it last took a write. */
  readonly wroteAt: number | undefined
  /** The newest fact that was known when it was found not to be there; undefined while it is, or was never asked for. */
  readonly goneAfter: string | undefined
  /** The hash under which it was found after it was renamed (R16e). */
  readonly movedTo: string | undefined
  /** When that was found out. */
  readonly movedAt: number | undefined
  /** An operator accepted that it goes by that address. */
  readonly isAccepted: boolean
  /** By target. */
  readonly entries: Readonly<Record<string, Entry>>
}

export const NEW_CONTACT: ContactRecord = {
  contactId: undefined,
  wroteAt: undefined,
  goneAfter: undefined,
  movedTo: undefined,
  movedAt: undefined,
  isAccepted: false,
  entries: {},
}

/** Who asks what was written: a debt of a person. */
export type Believer = {
  readonly integrationId: string
  readonly person: string
  /** By person of the contact, since which revision of their debt what it wrote is believed (R16b). */
  readonly doubts: ReadonlyMap<string, number>
  /** The merge fields as they are now, by target. */
  readonly fieldIds: Readonly<Record<string, number>>
}

/**
 * R21: the entries that nothing has cast doubt on: no other writer, no unclear attempt, no resync asked for since, no
 * merge field created again.
 */
export function believed({ entries }: ContactRecord, by: Believer): Readonly<Record<string, Entry>> {
  const isCertain = ({ integrationId, person, revision }: Entry): boolean =>
    integrationId === by.integrationId && revision >= (by.doubts.get(person) ?? Number.POSITIVE_INFINITY)
  const isOwn = ({ person }: Entry): boolean => person === by.person
  // What another debt wrote settles no doubt about a request of this one.
  const ownDoubt = by.doubts.get(by.person) ?? 0
  const trustsOthers = ownDoubt === 0 || Object.values(entries).some(entry => isOwn(entry) && isCertain(entry))
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([key, entry]) =>
        entry.isDoubted !== true &&
        (isOwn(entry) || trustsOthers) &&
        isCertain(entry) &&
        !isAnotherField(entry.fieldId, by.fieldIds[key]),
    ),
  )
}

/** An id that is not known is unknown, not another one (R14). */
const isAnotherField = (before: number | undefined, now: number | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now

export const valuesOf = (entries: ContactRecord['entries']): Fields =>
  Object.fromEntries(Object.entries(entries).map(([key, { value }]) => [key, value]))

/**
 * R21: what need not be written again: the very values were confirmed by a request that took the newest statement
 * behind them into account.
 */
export const confirmedSince = (entries: ContactRecord['entries'], heard: Heard): Fields =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, { value, fact }]) => (fact >= (heard[key] ?? '') ? [[key, value]] : [])),
  )

export type Confirmation = Pick<Entry, 'fact' | 'integrationId' | 'person' | 'revision'> & {
  readonly accepted: Fields
  readonly fieldIds: Readonly<Record<string, number>>
  readonly contactId: string | undefined
  /** The hash of another address by which the contact goes now; undefined when it goes by the one that is known. */
  readonly movedTo: string | undefined
  readonly at: number
}

/** The record after a contact took a write. Another permanent id under one name is another contact (R16d). */
export function afterWrite(
  record: ContactRecord,
  { accepted, fieldIds, contactId, movedTo, at, ...by }: Confirmation,
): ContactRecord {
  const isAnother = contactId !== undefined && record.contactId !== undefined && contactId !== record.contactId
  const written = Object.entries(accepted).map(([key, value]): [string, Entry] => {
    const fieldId = fieldIds[key]
    return [key, { value, ...by, ...(fieldId === undefined ? {} : { fieldId }) }]
  })
  return {
    contactId: contactId ?? record.contactId,
    wroteAt: at,
    goneAfter: undefined,
    ...moved(record, movedTo, at),
    entries: { ...(isAnother ? {} : record.entries), ...Object.fromEntries(written) },
  }
}

/** R22: an attempt of unknown end may have overwritten these targets. */
export const afterDoubt = (record: ContactRecord, keys: readonly string[]): ContactRecord => ({
  ...record,
  entries: Object.fromEntries(
    Object.entries(record.entries).map(([key, entry]) => [
      key,
      keys.includes(key) ? { ...entry, isDoubted: true } : entry,
    ]),
  ),
})

type PassingOn = {
  readonly person: string
  /** Another person who names the contact through that integration; undefined when none does. */
  readonly heirIn: (integrationId: string) => string | undefined
}

/**
 * R34: the record of a contact without a person who is erased. What was written for them counts as written for another
 * who names the contact, who may have to take it back one day; it is not believed.
 */
export const passedOn = (record: ContactRecord, { person, heirIn }: PassingOn): ContactRecord => ({
  ...record,
  entries: Object.fromEntries(
    Object.entries(record.entries).flatMap(([key, entry]): [string, Entry][] => {
      if (entry.person !== person) return [[key, entry]]
      const heir = heirIn(entry.integrationId)
      return heir === undefined ? [] : [[key, { ...entry, person: heir, fact: '', revision: 0, isDoubted: true }]]
    }),
  ),
})

type Late = Pick<Entry, 'integrationId' | 'person'> & { readonly window: Window; readonly now: number }

/**
 * R22: the record of a contact that its person left while something sent may still be applied: perhaps there. What a
 * later request confirmed is believed again once the window is over.
 */
export function underWindowOf(record: ContactRecord, { window, now, ...by }: Late): ContactRecord {
  if ((record.wroteAt ?? Number.NEGATIVE_INFINITY) >= window.until) return record
  const sent = Object.entries(window.sent).flatMap(([key, [value]]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const known = now >= window.until ? afterDoubt(record, Object.keys(window.sent)).entries : record.entries
  const perhaps = sent.map(([key, value]): [string, Entry] => [
    key,
    { value, fact: '', ...by, revision: 0, isDoubted: true },
  ])
  return { ...record, entries: { ...Object.fromEntries(perhaps), ...known } }
}

/** The contact is not there: if it comes back, it comes back empty. */
export const afterAbsence = (record: ContactRecord, newestFact: string): ContactRecord => ({
  ...record,
  goneAfter: newestFact,
  ...moved(record, undefined, 0),
  entries: {},
})

/** R16e: the contact goes by another address now. */
export const afterRename = (record: ContactRecord, movedTo: string, at: number): ContactRecord => ({
  ...record,
  ...moved(record, movedTo, at),
})

/** One address was accepted, and no other one that the contact takes later, nor that one when it takes it again. */
function moved(record: ContactRecord, movedTo: string | undefined, at: number) {
  if (movedTo === record.movedTo) return { movedTo, movedAt: record.movedAt, isAccepted: record.isAccepted }
  return { movedTo, movedAt: movedTo === undefined ? undefined : at, isAccepted: false }
}
