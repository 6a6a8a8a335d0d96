import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { retention } from '../../src/contract/retention.ts'
import { get, patch } from '../api.ts'

export type Retention = z.infer<typeof retention>

export const retentionQuery = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => get<Retention>('/v1/retention', { signal }),
})

export const changeRetention = (wanted: Retention): Promise<Retention> => patch('/v1/retention', wanted)
