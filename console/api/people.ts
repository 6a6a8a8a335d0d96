import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { knownPerson } from '../../src/contract/people.ts'
import type { contactNow, foundPeople } from '../../src/contract/people.ts'
import { at, get, post, remove } from '../api.ts'

export type Person = z.infer<typeof knownPerson>
export type PersonInSource = Person['sources'][number]

type FoundPeople = z.infer<typeof foundPeople>
export type FoundPerson = FoundPeople['data'][number]

export const peopleQuery = (search: string) =>
  queryOptions({
    queryKey: ['people', 'search', search],
    queryFn: ({ signal }) => get<FoundPeople>('/v1/people', { query: { search }, signal }),
  })

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: ({ signal }) => get<Person>(at`/v1/people/${id}`, { signal }),
    refetchInterval: 5_000,
  })

export type AtMailchimp = z.infer<typeof contactNow>
export type MergeValues = AtMailchimp['held']

type PersonAtIntegration = { readonly person: string; readonly integrationId: string }

export const atMailchimpQuery = ({ person: id, integrationId }: PersonAtIntegration) =>
  queryOptions({
    queryKey: ['people', 'mailchimp', id, integrationId],
    queryFn: ({ signal }) =>
      get<AtMailchimp>(at`/v1/people/${id}/mailchimp`, { query: { integration_id: integrationId }, signal }),
    staleTime: 10_000,
  })

export const revealPerson = (id: string): Promise<undefined> => post(at`/v1/people/${id}/reveal`)

type Erased = {
  readonly facts: number
  readonly bodies: number
  readonly attempts: number
  readonly deliveries: number
}

export const erasePerson = (id: string): Promise<Erased> => remove<Erased>(at`/v1/people/${id}`)
