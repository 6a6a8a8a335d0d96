/** A person as one source knows them; another source may know the same id. */
export type SourcePerson = { readonly sourceId: string; readonly person: string }

export const personKey = ({ sourceId, person }: SourcePerson): string => JSON.stringify([sourceId, person])

export type SourcePersonRow = { source_id: string; person: string }

export const sourcePersonIn = ({ source_id: sourceId, person }: SourcePersonRow): SourcePerson => ({ sourceId, person })

/** The columns of `personRows`, for `jsonRows`. */
export const PERSON_COLUMNS = { source_id: 'text', person: 'text' } as const

/** Persons as the rows of one parameter. */
export const personRows = (people: readonly SourcePerson[]): string =>
  JSON.stringify(people.map(({ sourceId, person }) => ({ source_id: sourceId, person })))
