import { given, oneOf, textIn, type RawSearch } from '../../search-params.ts'

export const FAILURE_KINDS = ['dead', 'held', 'retrying', 'gone'] as const
export const FAILURE_STATES = ['open', 'acknowledged', 'ignored', 'resolved'] as const

export const readFailureSearch = (search: RawSearch) =>
  given({
    integration: textIn(search, 'integration'),
    kind: oneOf(search.kind, FAILURE_KINDS),
    state: oneOf(search.state, FAILURE_STATES),
  })
