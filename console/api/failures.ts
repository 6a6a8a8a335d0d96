import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { failure } from '../../src/contract/failures.ts'
import { at, get, post, type Page } from '../api.ts'

export type Failure = z.infer<typeof failure>
export type FailureKind = Failure['kind']
export type FailureState = Failure['state']

type FailureFilter = {
  readonly integration_id?: string
  readonly kind?: FailureKind
  readonly state?: FailureState
}

const REFRESH_MS = 15_000

export const openFailuresQuery = queryOptions({
  queryKey: ['failures', 'open'],
  queryFn: ({ signal }) => get<Page<Failure>>('/v1/failures', { query: { state: 'open', limit: 50 }, signal }),
  refetchInterval: REFRESH_MS,
})

export const failuresQuery = (filter: FailureFilter) =>
  infiniteQueryOptions({
    queryKey: ['failures', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Failure>>('/v1/failures', { query: { ...filter, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS,
  })

export const failureQuery = (id: string) =>
  queryOptions({
    queryKey: ['failures', 'one', id],
    queryFn: ({ signal }) => get<Failure>(at`/v1/failures/${id}`, { signal }),
    refetchInterval: REFRESH_MS,
  })

export type FailureChange = 'acknowledge' | 'ignore' | 'reopen'

export const changeFailure = (id: string, change: FailureChange): Promise<Failure> =>
  post<Failure>(at`/v1/failures/${id}/${change}`)
