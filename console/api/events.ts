import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { attempt } from '../../src/contract/attempts.ts'
import type { delivery } from '../../src/contract/deliveries.ts'
import type { quarantined, reread } from '../../src/contract/quarantine.ts'
import type { listedEvent, shownEvent } from '../../src/contract/events.ts'
import { at, get, post, type Page } from '../api.ts'

export type Attempt = z.infer<typeof attempt>
export type Delivery = z.infer<typeof delivery>
export type DeliveryStatus = Delivery['status']
type DeliveryEnd = NonNullable<Delivery['end']>
export type Quarantined = z.infer<typeof quarantined>
export type Reread = z.infer<typeof reread>

/** The debts of an event have the statuses of deliveries, which its schema does not say. */
type WithStatuses<T> = Omit<T, 'deliveries'> & {
  readonly deliveries: readonly Pick<Delivery, 'id' | 'integration_id' | 'status' | 'end' | 'reason' | 'says'>[]
}

export type ConsentEvent = WithStatuses<z.infer<typeof listedEvent>>
export type EventDetail = WithStatuses<z.infer<typeof shownEvent>>
export type State = ConsentEvent['states'][number]

export type EventFilter = {
  readonly source_id?: string
  readonly person?: string
  readonly from?: string
  readonly to?: string
  /** From so many hours ago, whenever it is asked. */
  readonly hours?: number
  readonly type?: string
  readonly answer_status?: number | 'none'
  readonly attempt_reason?: string
}

const PAGE = 50
const HOUR_MS = 3_600_000

const eventsPage = (
  { hours, ...filter }: EventFilter,
  call: { readonly cursor: string; readonly signal: AbortSignal },
) => {
  const from = hours === undefined ? filter.from : new Date(Date.now() - hours * HOUR_MS).toISOString()
  return get<Page<ConsentEvent>>('/v1/events', {
    query: { ...filter, from, limit: PAGE, cursor: call.cursor },
    signal: call.signal,
  })
}

/** From the newest to the oldest, page by page. Not refreshed by itself: rows would move under the reader's eyes. */
export const eventsQuery = (filter: EventFilter) =>
  infiniteQueryOptions({
    queryKey: ['events', 'list', filter],
    queryFn: ({ pageParam, signal }) => eventsPage(filter, { cursor: pageParam, signal }),
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })

/** The newest events, asked again and again while the list is live. */
export const newestEventsQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: ['events', 'newest', filter],
    queryFn: ({ signal }) => eventsPage(filter, { cursor: '', signal }),
    staleTime: 0,
  })

export const eventQuery = (id: string) =>
  queryOptions({
    queryKey: ['events', 'one', id],
    queryFn: ({ signal }) => get<EventDetail>(at`/v1/events/${id}`, { signal }),
    refetchInterval: 5_000,
  })

export type DeliveryFilter = {
  readonly integration_id?: string
  readonly status?: DeliveryStatus
  readonly end?: DeliveryEnd
  readonly person?: string
}

export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Delivery>>('/v1/deliveries', { query: { ...filter, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })

export const quarantineQuery = infiniteQueryOptions({
  queryKey: ['quarantine'],
  queryFn: ({ pageParam, signal }) =>
    get<Page<Quarantined>>('/v1/quarantine', { query: { limit: PAGE, cursor: pageParam }, signal }),
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
})

export const readAgain = (id: string): Promise<Reread> => post(at`/v1/quarantine/${id}/reread`)
