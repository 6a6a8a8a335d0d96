import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { person } from '../../src/contract/api.ts'
import { at, get, post, remove } from '../api.ts'

export type Person = z.infer<typeof person>
export type PersonInSource = Person['sources'][number]

export type FoundPerson = {
  readonly person: string
  readonly source_id: string
  readonly facts: number
  readonly last_at: string
}

export const peopleQuery = (search: string) =>
  queryOptions({
    queryKey: ['people', 'search', search],
    queryFn: ({ signal }) =>
      get<{ readonly data: readonly FoundPerson[] }>('/v1/people', { query: { search }, signal }),
    // Nobody is found by nothing.
    enabled: search !== '',
  })

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: ({ signal }) => get<Person>(at`/v1/people/${id}`, { signal }),
    refetchInterval: 5_000,
  })

export type MergeValues = Readonly<Record<string, string | number>>

export type AtMailchimp = {
  readonly found: boolean
  readonly status: string | null
  readonly held: MergeValues
  readonly should_hold: MergeValues
  readonly last_delivered: MergeValues | null
  readonly drift: readonly string[]
}

export type PersonAtIntegration = { readonly person: string; readonly integrationId: string }

export const atMailchimpQuery = ({ person: id, integrationId }: PersonAtIntegration) =>
  queryOptions({
    queryKey: ['people', 'mailchimp', id, integrationId],
    queryFn: ({ signal }) =>
      get<AtMailchimp>(at`/v1/people/${id}/mailchimp`, { query: { integration_id: integrationId }, signal }),
    staleTime: 10_000,
  })

export const revealPerson = (id: string): Promise<undefined> => post(at`/v1/people/${id}/reveal`)

export type Erased = {
  readonly facts: number
  readonly bodies: number
  readonly attempts: number
  readonly deliveries: number
}

export const erasePerson = (id: string): Promise<Erased> => remove<Erased>(at`/v1/people/${id}`)
