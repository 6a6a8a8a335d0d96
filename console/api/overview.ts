import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { stats } from '../../src/contract/api.ts'
import { get } from '../api.ts'
import type { Hold } from './integrations.ts'

export type ReasonCount = { readonly reason: string; readonly says: string | null; readonly count: number }
export type FailureCount = ReasonCount & { readonly next: string | null }
export type Latency = { readonly count: number; readonly p50_ms: number | null; readonly p95_ms: number | null }

export type Point = {
  readonly at: string
  readonly received: number
  readonly delivered: number
  readonly skipped: number
  readonly failed: number
}

export type OverviewFigures = {
  readonly from: string
  readonly to: string
  /** False when there was more in this time than is counted. */
  readonly complete: boolean
  readonly received: number
  readonly delivered: number
  readonly skipped: readonly ReasonCount[]
  readonly failed: readonly FailureCount[]
  readonly time_to_deliver: Latency
  readonly time_to_withdraw: Latency
  readonly backlog: { readonly waiting: number; readonly sending: number; readonly held: number; readonly dead: number }
  readonly oldest_waiting_at: string | null
  readonly oldest_withdrawal_at: string | null
  readonly holds: readonly (Pick<Hold, 'cause' | 'says' | 'next' | 'since'> & {
    readonly integration_id: string | null
  })[]
  readonly series: readonly Point[]
}

export type OverviewFilter = { readonly hours: number; readonly integration_id?: string }

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
