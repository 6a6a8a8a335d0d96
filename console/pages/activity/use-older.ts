import { useCallback, useEffect } from 'react'

type Page = { readonly data: readonly unknown[] }

type List = {
  readonly data: { readonly pages: readonly Page[] } | undefined
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => Promise<unknown>
}

/** A search goes on by itself through so many pages in which it found nothing. */
const MOST_EMPTY = 20

/** How many pages at the end hold nothing. */
const emptyAtEnd = (pages: readonly Page[]): number =>
  pages.length - 1 - pages.findLastIndex(({ data }) => data.length > 0)

/** The way to older rows: taken by itself while nothing is found, and for a long search not without being asked. */
export function useOlder({ data, hasNextPage, isFetchingNextPage, fetchNextPage }: List) {
  const empty = emptyAtEnd(data?.pages ?? [])
  const hasRows = (data?.pages.length ?? 0) > empty
  const isPaused = hasNextPage && !isFetchingNextPage && empty > 0 && empty % MOST_EMPTY === 0
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  useEffect(() => {
    if (hasNextPage && !hasRows && !isPaused) loadMore()
  }, [hasNextPage, hasRows, isPaused, loadMore, empty])
  return { loadMore, isPaused }
}
