import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { erasure } from '../../src/contract/erasures.ts'
import type { contactNow, erasedPerson, foundPeople, knownPerson } from '../../src/contract/people.ts'
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

export type Erasure = z.infer<typeof erasure>
type Erased = z.infer<typeof erasedPerson>

type ErasureRequest = { readonly person: string; readonly mailchimp: Erasure['mailchimp'] }

/** What was erased, or the erasure while it waits for something. */
export const erasePerson = ({ person, mailchimp }: ErasureRequest): Promise<Erased | Erasure> =>
  remove<Erased | Erasure>(`${at`/v1/people/${person}`}?mailchimp=${mailchimp}`)

export const erasureQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'erasure', id],
    queryFn: ({ signal }) => get<Erasure>(at`/v1/erasures/${id}`, { signal }),
    refetchInterval: 3_000,
  })
