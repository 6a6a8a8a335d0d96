import { given, oneOf, textIn, type RawSearch } from '../../search-params.ts'

/** The time ranges of the overview, in hours. */
export const RANGES = [1, 24, 168, 720] as const
export type Range = (typeof RANGES)[number]

export const readOverviewSearch = (search: RawSearch) =>
  given({ integration: textIn(search, 'integration'), hours: oneOf(search.hours, RANGES) })
