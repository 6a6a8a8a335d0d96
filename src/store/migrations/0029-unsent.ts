import { type Migration } from '../engine/migrate.ts'

/**
 * R16e: a debt keeps which contact it is about, whether or not anything was sent. Those that are held and never sent
 * anything are decided again, which finds their contact, so that accepting a renamed one finds them.
 */
export const unsent: Migration = {
  version: 29,
  name: 'unsent',
  sql: () => [
    // The first condition is that of an index.
    `update delivery set status = 'waiting', due_at = coalesce(settled_at, owed_at), revision = revision + 1,
            settled_at = null
      where status in ('dead', 'held') and status = 'held' and contact is null`,
  ],
}
