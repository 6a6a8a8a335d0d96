import { useMutation } from '@tanstack/react-query'
import { createContext, use, useMemo, useState, type ReactNode } from 'react'
import { revealPerson } from '../api/people.ts'

type Reveals = {
  readonly people: ReadonlySet<string>
  readonly reveal: (person: string) => void
  readonly hide: (person: string) => void
}

const Context = createContext<Reveals>({ people: new Set(), reveal: () => undefined, hide: () => undefined })

/** Whose address is shown in full, until the page is left or loaded anew. Each reveal is written to the audit log first. */
export function Revealed({ children }: { readonly children: ReactNode }) {
  const [people, setPeople] = useState<ReadonlySet<string>>(new Set())
  const { mutate } = useMutation({
    mutationFn: revealPerson,
    onSuccess: (_nothing, person) => setPeople(before => new Set([...before, person])),
  })
  const value = useMemo(
    () => ({
      people,
      reveal: (person: string) => mutate(person),
      hide: (person: string) => setPeople(before => new Set([...before].filter(each => each !== person))),
    }),
    [people, mutate],
  )
  return <Context value={value}>{children}</Context>
}

export const useReveals = (): Reveals => use(Context)
