import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { suggestedPaths } from '../../src/contract/paths.ts'
import type { createdSource, newSource, source } from '../../src/contract/sources.ts'
import { at, get, patch, post, type Page } from '../api.ts'

export type Source = z.infer<typeof source>
export type CreatedSource = z.infer<typeof createdSource>
export type NewSource = z.infer<typeof newSource>

const POLL_MS = 10_000

/** While a previous secret still works, it is asked anew whether somebody uses it. */
export const sourcesQuery = queryOptions({
  queryKey: ['sources', 'list'],
  queryFn: ({ signal }) => get<Page<Source>>('/v1/sources', { query: { limit: 200 }, signal }),
  staleTime: 30_000,
  refetchInterval: ({ state }) => (state.data?.data.some(({ secret }) => secret.previous) ? POLL_MS : false),
})

export const createSource = (source: NewSource): Promise<CreatedSource> => post('/v1/sources', source)

type FeedChange = { readonly id: string; readonly feed: 'user' | 'event' }

export const changeFeed = ({ id, feed }: FeedChange): Promise<Source> => patch(at`/v1/sources/${id}`, { feed })

type Renewal = { readonly id: string; readonly graceSeconds: number }

export const renewSecret = ({ id, graceSeconds }: Renewal): Promise<CreatedSource> =>
  post(at`/v1/sources/${id}/renew-secret`, { grace_seconds: graceSeconds })

export const endPreviousSecret = (id: string): Promise<Source> => post(at`/v1/sources/${id}/end-previous-secret`)

type SuggestedPaths = z.infer<typeof suggestedPaths>

/** A mapping path that real events of the source would fill. */
export type SeenPath = SuggestedPaths['data'][number]
export type PathKind = SeenPath['kind']

export const pathsQuery = (sourceId: string) =>
  queryOptions({
    queryKey: ['sources', 'paths', sourceId],
    queryFn: ({ signal }) =>
      get<SuggestedPaths>(at`/v1/sources/${sourceId}/paths`, {
        signal,
      }),
    staleTime: 30_000,
  })
