import { type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'
import { type Heard } from './statements.ts'

/** What was last written of one target of a contact, and by what. */
export type Entry = {
  readonly value: FieldValue
  /** The newest fact that the request took into account. */
  readonly fact: string
  readonly integrationId: string
  /** The debt that it was written for, and how often that had been owed by then. */
  readonly person: string
  readonly revision: number
  /** The merge field that it was written to; the same tag may be made anew. */
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
  /** The newest fact that was known when it was found gone; undefined while it is there, or was never. */
  readonly goneAfter: string | undefined
  /** The hash under which it was found after it was renamed (R16e). */
  readonly movedTo: string | undefined
  /** By target. */
  readonly entries: Readonly<Record<string, Entry>>
}

export const NEW_CONTACT: ContactRecord = {
  contactId: undefined,
  wroteAt: undefined,
  goneAfter: undefined,
  movedTo: undefined,
  entries: {},
}

/** Who asks what was written: a debt, and since which of its revisions nothing written before is believed. */
export type Believer = {
  readonly integrationId: string
  readonly person: string
  readonly doubtedAt: number
  /** The merge fields as they are now, by target. */
  readonly fieldIds: Readonly<Record<string, number>>
}

/**
 * R21: the entries that nothing has cast doubt on: no other writer, no unclear attempt, no resync asked for since, no
 * merge field made anew.
 */
export const believed = ({ entries }: ContactRecord, by: Believer): Readonly<Record<string, Entry>> =>
  Object.fromEntries(
    Object.entries(entries).filter(
      ([key, entry]) =>
        entry.isDoubted !== true &&
        entry.integrationId === by.integrationId &&
        entry.person === by.person &&
        entry.revision >= by.doubtedAt &&
        !isAnotherField(entry.fieldId, by.fieldIds[key]),
    ),
  )

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
    movedTo,
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

/** The contact is not there: if it comes back, it comes back empty. One that never took a write was never there. */
export const afterAbsence = (record: ContactRecord, newestFact: string): ContactRecord => ({
  ...record,
  goneAfter: record.wroteAt === undefined ? undefined : newestFact,
  movedTo: undefined,
  entries: {},
})

/** R16e: the contact goes by another address now. */
export const afterRename = (record: ContactRecord, movedTo: string): ContactRecord => ({ ...record, movedTo })
