import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { stats } from '../../src/contract/stats.ts'
import type { overview } from '../../src/contract/overview.ts'
import { get } from '../api.ts'

export type OverviewFigures = z.infer<typeof overview>
export type Latency = OverviewFigures['time_to_deliver']
export type Point = OverviewFigures['series'][number]

type OverviewFilter = { readonly hours: number; readonly integration_id?: string }

export const overviewQuery = (filter: OverviewFilter) =>
  queryOptions({
    queryKey: ['overview', filter],
    queryFn: ({ signal }) => get<OverviewFigures>('/v1/overview', { query: filter, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })

export type Stats = z.infer<typeof stats>

export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: ({ signal }) => get<Stats>('/v1/stats', { signal }),
  refetchInterval: 10_000,
})
