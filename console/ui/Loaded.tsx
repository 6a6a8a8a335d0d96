import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ApiProblem } from '../api.ts'
import { ProblemNotice } from './ProblemNotice.tsx'

type Props<T> = {
  readonly query: UseQueryResult<T, ApiProblem>
  readonly rows?: number
  readonly children: (data: T) => ReactNode
}

/** What was asked for: while it comes, when it cannot come, and when it is here. */
export function Loaded<T>({ query, rows = 4, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} />
  return <Loading rows={rows} />
}

export function Loading({ rows = 4 }: { readonly rows?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={34} radius="sm" />
      ))}
    </Stack>
  )
}
