import { given, oneOf, textIn, type RawSearch } from '../search-params.ts'

export const ACTIVITY_VIEWS = ['events', 'deliveries', 'quarantine'] as const
export const DELIVERY_STATUSES = ['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead'] as const

/** `who` is the key of a person, not their address. */
export const readActivitySearch = (search: RawSearch) =>
  given({
    view: oneOf(search.view, ACTIVITY_VIEWS),
    source: textIn(search, 'source'),
    integration: textIn(search, 'integration'),
    status: oneOf(search.status, DELIVERY_STATUSES),
    who: textIn(search, 'who'),
  })
