import type { z } from 'zod'
import type { plan } from '../../src/contract/plans.ts'
import type { testWriteStarted } from '../../src/contract/people.ts'
import type { feedImpact, impact, impactRequest } from '../../src/contract/plans.ts'
import { at, post } from '../api.ts'
import type { IntegrationDocument } from './integrations.ts'

export type Plan = z.infer<typeof plan>

export type PlanRequest = {
  readonly source_id: string
  readonly document: IntegrationDocument
  readonly person: string
  readonly events?: readonly unknown[]
  /** Whose stored key is used when the document shows a masked one. */
  readonly integration_id?: string
}

/** What a document that is not saved would send for one person. Nothing is stored. */
export const planFor = (request: PlanRequest, signal?: AbortSignal): Promise<Plan> =>
  post('/v1/plans', request, signal ? { signal } : {})

/** What an integration would send for one person now. */
export const explainPerson = (integrationId: string, request: { readonly person: string }): Promise<Plan> =>
  post(at`/v1/integrations/${integrationId}/plan`, request)

export type Impact = z.infer<typeof impact>
export type ChangedPerson = Impact['sample'][number]

type ImpactRequest = { readonly id: string; readonly change: z.infer<typeof impactRequest> }

export const impactOf = ({ id, change }: ImpactRequest): Promise<Impact> =>
  post(at`/v1/integrations/${id}/impact`, change)

type FeedImpactRequest = { readonly id: string; readonly feed: 'user' | 'event' }

/** What the other family of webhooks would do, for each enabled integration of a source. */
export const feedImpactOf = ({ id, feed }: FeedImpactRequest): Promise<z.infer<typeof feedImpact>> =>
  post(at`/v1/sources/${id}/impact`, { feed })

type TestWrite = { readonly id: string; readonly person: string }

/** A real write to Mailchimp, by the ordinary way of a delivery. */
export const testWrite = ({ id, person }: TestWrite): Promise<z.infer<typeof testWriteStarted>> =>
  post(at`/v1/integrations/${id}/test-write`, { person })
