import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { batch } from '../../src/contract/batches.ts'
import { ApiProblem, get, type Page } from '../api.ts'

/** Whether the service can take webhooks now; that it cannot is an answer too, not a problem of ours. */
export const readinessQuery = queryOptions({
  queryKey: ['system', 'readiness'],
  queryFn: async ({ signal }) => {
    try {
      await get('/readyz', { signal })
      return { ready: true }
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 503) return { ready: false }
      throw problem
    }
  },
  refetchInterval: 10_000,
})

export const versionQuery = queryOptions({
  queryKey: ['system', 'version'],
  queryFn: async ({ signal }) =>
    (await get<{ readonly info: { readonly version: string } }>('/openapi.json', { signal })).info.version,
  staleTime: Number.POSITIVE_INFINITY,
})

export type Batch = z.infer<typeof batch>

/** The newest of what was handed to Mailchimp as one batch. */
export const batchesQuery = queryOptions({
  queryKey: ['system', 'batches'],
  queryFn: ({ signal }) => get<Page<Batch>>('/v1/batches', { query: { limit: 10 }, signal }),
  refetchInterval: 10_000,
})
