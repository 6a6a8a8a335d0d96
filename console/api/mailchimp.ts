import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { mailchimpAccount, mailchimpAudience, mergeField } from '../../src/contract/mailchimp.ts'
import { post } from '../api.ts'

/** With a key that was typed, or with the stored one of an integration. */
export type Authentication =
  { readonly authentication: { readonly api_key: string; readonly url: string } } | { readonly integration_id: string }

export type CheckedAccount = z.infer<typeof mailchimpAccount>
type AudienceDetail = z.infer<typeof mailchimpAudience>
export type MergeField = z.infer<typeof mergeField>

export const accountQuery = (auth: Authentication) =>
  queryOptions({
    queryKey: ['mailchimp', 'account', auth],
    queryFn: ({ signal }) => post<CheckedAccount>('/v1/mailchimp/account', auth, { signal }),
    staleTime: 60_000,
    gcTime: 60_000,
  })

export type AudienceOf = { readonly auth: Authentication; readonly audienceId: string }

export const audienceQuery = ({ auth, audienceId }: AudienceOf) =>
  queryOptions({
    queryKey: ['mailchimp', 'audience', auth, audienceId],
    queryFn: ({ signal }) =>
      post<AudienceDetail>('/v1/mailchimp/audience', { ...auth, audience_id: audienceId }, { signal }),
    staleTime: 60_000,
    gcTime: 60_000,
  })

type NewMergeField = AudienceOf & { readonly tag: string; readonly name: string }

export const createMergeField = ({ auth, audienceId, tag, name }: NewMergeField): Promise<MergeField> =>
  post('/v1/mailchimp/merge-fields', { ...auth, audience_id: audienceId, tag, name })
