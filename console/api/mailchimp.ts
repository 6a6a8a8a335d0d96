import { queryOptions } from '@tanstack/react-query'
import { post, type FieldProblem } from '../api.ts'

/** With a key that was typed, or with the stored one of an integration. */
export type Authentication =
  { readonly authentication: { readonly api_key: string; readonly url: string } } | { readonly integration_id: string }

export type AudienceName = { readonly id: string; readonly name: string; readonly contacts: number }

export type CheckedAccount = {
  readonly ok: boolean
  readonly account: { readonly name: string; readonly role: string; readonly data_centre: string } | null
  readonly audiences: readonly AudienceName[]
  readonly problems: readonly FieldProblem[]
}

export type MergeField = {
  readonly tag: string
  readonly name: string
  readonly type: string
  readonly choices: readonly string[]
}

export type AudienceDetail = AudienceName & { readonly merge_fields: readonly MergeField[] }

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

export type NewMergeField = AudienceOf & { readonly tag: string; readonly name: string }

export const createMergeField = ({ auth, audienceId, tag, name }: NewMergeField): Promise<MergeField> =>
  post('/v1/mailchimp/merge-fields', { ...auth, audience_id: audienceId, tag, name })
