import { createHash } from 'node:crypto'
import { type Choices } from './feed.ts'
import { textOf } from './oracle.ts'

export const hashOf = (address: string): string => createHash('md5').update(address).digest('hex')

/** Choices as they stand in text merge fields. */
export const fieldsOf = (choices: Choices): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(choices).map(([tag, granted]) => [tag, textOf(granted)]))

/** A contact as `GET /lists/{id}/members/{hash}` shows it, as far as it is asked for. */
export type Read = { readonly status: string; readonly merge_fields: Readonly<Record<string, unknown>> }

export const PATH_OF_FIELDS = 'fields=status,merge_fields'

export const differs = (contact: Read | undefined, fields: Readonly<Record<string, string>>): boolean =>
  Object.entries(fields).some(([tag, value]) => contact?.merge_fields[tag] !== value)

/** Nobody here becomes a subscriber by a choice alone, whichever way it is delivered. */
export const NEW_STATUS = 'transactional'
