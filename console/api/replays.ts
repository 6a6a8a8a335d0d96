import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { newReplay, replay, replayCount } from '../../src/contract/failures.ts'
import { at, get, post, type Page } from '../api.ts'

export type Replay = z.infer<typeof replay>
export type ReplayCount = z.infer<typeof replayCount>
type ReplayFilter = Omit<z.input<typeof newReplay>, 'dry_run'>

/** What is to be made due: some debts, or everybody of an integration. */
export type ReplayScope = { readonly debts: ReplayFilter } | { readonly resync: string }

const pathOf = (scope: ReplayScope): string =>
  'resync' in scope ? at`/v1/integrations/${scope.resync}/resync` : '/v1/replays'

const filterOf = (scope: ReplayScope): ReplayFilter => ('resync' in scope ? {} : scope.debts)

/** How many it would concern; nothing is made due. */
export const replayCountQuery = (scope: ReplayScope) =>
  queryOptions({
    queryKey: ['replays', 'count', scope],
    queryFn: ({ signal }) => post<ReplayCount>(pathOf(scope), { ...filterOf(scope), dry_run: true }, { signal }),
    staleTime: 0,
    gcTime: 0,
  })

type StartReplay = { readonly scope: ReplayScope; readonly idempotencyKey: string }

export const startReplay = ({ scope, idempotencyKey }: StartReplay): Promise<Replay> =>
  post(pathOf(scope), filterOf(scope), { idempotencyKey })

const PROGRESS_MS = 1_500

export const replayQuery = (id: string) =>
  queryOptions({
    queryKey: ['replays', 'one', id],
    queryFn: ({ signal }) => get<Replay>(at`/v1/replays/${id}`, { signal }),
    refetchInterval: query => (query.state.data?.state === 'done' ? false : PROGRESS_MS),
  })

export const replaysQuery = queryOptions({
  queryKey: ['replays', 'list'],
  queryFn: ({ signal }) => get<Page<Replay>>('/v1/replays', { query: { limit: 10 }, signal }),
  refetchInterval: 15_000,
})
