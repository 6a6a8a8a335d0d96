import { type Migration } from '../engine/migrate.ts'

/** R22: to which contacts what may still be applied went: a person may name another one before it is. */
export const windowContacts: Migration = {
  version: 26,
  name: 'window contacts',
  sql: () => ['alter table delivery add column window_contacts text'],
}
