import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { account, accountChange, newAccount } from '../../src/contract/accounts.ts'
import type { sessionEntry } from '../../src/contract/session.ts'
import type { auditEntry } from '../../src/contract/audit.ts'
import type { createdToken, newToken, token } from '../../src/contract/tokens.ts'
import { at, get, patch, post, remove, type Page } from '../api.ts'

export type Account = z.infer<typeof account>

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => get<Page<Account>>('/v1/accounts', { query: { limit: 200 }, signal }),
})

export type NewAccount = z.infer<typeof newAccount>

export const createAccount = (wanted: NewAccount): Promise<Account> => post('/v1/accounts', wanted)

export type AccountChange = { readonly id: string; readonly change: z.infer<typeof accountChange> }

export const changeAccount = ({ id, change }: AccountChange): Promise<Account> => patch(at`/v1/accounts/${id}`, change)

export type SignedInSession = z.infer<typeof sessionEntry>

export const sessionsQuery = (filter: { readonly all: boolean }) =>
  queryOptions({
    queryKey: ['sessions', filter],
    queryFn: ({ signal }) =>
      get<Page<SignedInSession>>('/v1/sessions', { query: { all: filter.all || undefined, limit: 200 }, signal }),
  })

export const endSession = (id: string): Promise<undefined> => remove(at`/v1/sessions/${id}`)

export type Token = z.infer<typeof token>
export type CreatedToken = z.infer<typeof createdToken>

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => get<Page<Token>>('/v1/tokens', { query: { limit: 200 }, signal }),
})

export const createToken = (wanted: z.infer<typeof newToken>): Promise<CreatedToken> => post('/v1/tokens', wanted)

export const revokeToken = (id: string): Promise<undefined> => remove(at`/v1/tokens/${id}`)

type AuditEntry = z.infer<typeof auditEntry>

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam, signal }) =>
    get<Page<AuditEntry>>('/v1/audit', { query: { limit: 50, cursor: pageParam }, signal }),
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
})
