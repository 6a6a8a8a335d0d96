import { Problem } from '../domain/problem.ts'

type Query = { readonly limit: number; readonly cursor: string }

/** One more row than asked for is read, to know whether there is a next page. */
export function pageRequest({ limit, cursor }: Query): { readonly before: string; readonly limit: number } {
  if (cursor !== '' && !/^[a-z]{3}_[0-9a-z]{20,40}$/.test(cursor))
    throw new Problem('invalid_cursor', 'the cursor was not made by this service')
  return { before: cursor, limit: limit + 1 }
}

/** `lookedTo` is where a search goes on that ended before there were as many rows. */
export function page<Row extends { readonly id: string }, Shown>(
  rows: readonly Row[],
  { limit, lookedTo }: Pick<Query, 'limit'> & { readonly lookedTo?: string | undefined },
  show: (row: Row) => Shown,
): { data: Shown[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1)?.id : lookedTo
  return { data: shown.map(show), next_cursor: last ?? null }
}
