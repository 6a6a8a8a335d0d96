import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { eventsQuery, newestEventsQuery, type EventFilter } from '../../api/events.ts'
import { mergeNewest } from './merge-newest.ts'

const POLL_MS = 2_500

/** The events of a filter from the newest on; while it is live, new ones appear on top. */
export function useLiveEvents(filter: EventFilter, isLive: boolean) {
  const queries = useQueryClient()
  const options = eventsQuery(filter)
  const list = useInfiniteQuery(options)
  const newest = useQuery({
    ...newestEventsQuery(filter),
    enabled: isLive && list.data !== undefined,
    refetchInterval: POLL_MS,
  })
  const page = newest.data
  useEffect(() => {
    const { queryKey } = eventsQuery(filter)
    const before = queries.getQueryData(queryKey)
    if (!page || !before) return
    const pages = mergeNewest(before.pages, page)
    if (pages) queries.setQueryData(queryKey, { ...before, pages })
    else void queries.resetQueries({ queryKey })
    // The filter is a new object at each render; its page changes with it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [page, queries])
  return { list, problem: newest.error }
}
