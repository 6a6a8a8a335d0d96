import { type Settings } from './integration.ts'
import { claimedAs } from './taken-tag.ts'

/**
 * R16f: because of a document nothing is written, so what was written by the one before stays where it is. Says whether
 * this one speaks of fewer contacts or fewer of their fields.
 */
export const leavesBehind = (before: Settings, after: Settings): boolean =>
  (before.enabled && !after.enabled) ||
  renamesContacts(before, after) ||
  before.mappings.some(({ id }) => !after.mappings.some(rule => claimedAs(rule.id) === claimedAs(id)))

/** Whether it finds its contacts in another way. */
export const renamesContacts = (before: Settings, after: Settings): boolean =>
  before.dataCentre !== after.dataCentre ||
  before.audienceId !== after.audienceId ||
  before.options.match !== after.options.match
