import { type Migration } from '../engine/migrate.ts'

/**
 * R16e: a debt keeps which contact it is about, whether or not anything was sent. Of those that are held for a
 * renamed contact and never sent anything that is found out again, so that accepting it finds them. What else is held
 * stays: in a store of an older release it waits for the upgrade, which lets no grant go unaccepted.
 */
export const unsent: Migration = {
  version: 29,
  name: 'unsent',
  sql: () => [
    `update delivery set status = 'waiting', due_at = coalesce(settled_at, owed_at), revision = revision + 1,
            settled_at = null
      where status in ('dead', 'held') and status = 'held' and reason = 'contact_renamed' and contact is null`,
  ],
}
