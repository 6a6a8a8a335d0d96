import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { checkResult, integration, savedIntegration } from '../../src/contract/integrations.ts'
import type { IntegrationDocument } from '../../src/contract/document.ts'
import { at, get, patch, post, remove, type Page } from '../api.ts'

export type Integration = z.infer<typeof integration>
type SavedIntegration = z.infer<typeof savedIntegration>
export type Note = SavedIntegration['notes'][number]
export type Hold = Integration['holds'][number]
export type CheckResult = z.infer<typeof checkResult>
export type { IntegrationDocument }

const REFRESH_MS = 15_000

/** All of them: an installation has a handful, and 200 fit in one page. */
export const integrationsQuery = queryOptions({
  queryKey: ['integrations', 'list'],
  queryFn: ({ signal }) => get<Page<Integration>>('/v1/integrations', { query: { limit: 200 }, signal }),
  refetchInterval: REFRESH_MS,
})

export const integrationQuery = (id: string) =>
  queryOptions({
    queryKey: ['integrations', 'one', id],
    queryFn: ({ signal }) => get<Integration>(at`/v1/integrations/${id}`, { signal }),
    refetchInterval: REFRESH_MS,
  })

export const checkQuery = (id: string) =>
  queryOptions({
    queryKey: ['integrations', 'check', id],
    queryFn: () => post<CheckResult>(at`/v1/integrations/${id}/check`),
    staleTime: 60_000,
  })

type NewIntegration = IntegrationDocument & { readonly source_id: string }

export const createIntegration = (document: NewIntegration): Promise<SavedIntegration> =>
  post('/v1/integrations', document)

/** A merge patch (RFC 7396) of the document. */
export type IntegrationChange = {
  readonly id: string
  /** A null takes a part out. */
  readonly change: Omit<Partial<IntegrationDocument>, 'name'> & { readonly name?: string | null }
}

export const changeIntegration = ({ id, change }: IntegrationChange): Promise<SavedIntegration> =>
  patch(at`/v1/integrations/${id}`, change)

export const pauseIntegration = (id: string): Promise<Integration> => post(at`/v1/integrations/${id}/pause`)
export const resumeIntegration = (id: string): Promise<Integration> => post(at`/v1/integrations/${id}/resume`)
export const deleteIntegration = (id: string): Promise<undefined> => remove(at`/v1/integrations/${id}`)

export const nameOf = ({ id, name }: Pick<Integration, 'id' | 'name'>): string => name ?? id
