import { type Migration } from '../engine/migrate.ts'

/**
 * R16e: a debt keeps which contact it is about, whether or not anything was sent. Of those that are held and never sent
 * anything that is found out again, so that accepting a renamed contact finds them.
 */
export const unsent: Migration = {
  version: 29,
  name: 'unsent',
  sql: () => [
    `update delivery set status = 'waiting', due_at = coalesce(settled_at, owed_at), revision = revision + 1,
            settled_at = null
      where status in ('dead', 'held') and status = 'held' and contact is null`,
  ],
}
