type Row = { readonly id: string }
type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null }

/**
 * The loaded pages with the newest rows put on top and rows known already replaced, for their deliveries move on.
 * Undefined when so much is new that rows between would be missing: the list has to be loaded anew.
 */
export function mergeNewest<T extends Row>(pages: readonly Page<T>[], newest: Page<T>): Page<T>[] | undefined {
  const fresh = new Map(newest.data.map(row => [row.id, row]))
  const known = new Set(pages.flatMap(({ data }) => data.map(({ id }) => id)))
  const added = newest.data.filter(({ id }) => !known.has(id))
  const isGap = newest.next_cursor !== null && added.length === newest.data.length && newest.data.length > 0
  if (isGap) return undefined
  return pages.map(({ data, next_cursor }, index) => ({
    data: [...(index === 0 ? added : []), ...data.map(row => fresh.get(row.id) ?? row)],
    next_cursor,
  }))
}
