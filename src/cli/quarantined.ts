import type { Quarantined } from '../contract/quarantine.ts'
import type { Api } from './api.ts'

export const SOURCE_FLAG = { source: { value: 'ID', says: 'only of this source' } } as const

type Fault = Quarantined['faults'][number]

/** The first field at fault, and how many more there are. */
export const faultsIn = (faults: readonly Fault[]): string => {
  const [first, ...rest] = faults.map(({ path, why }) => (path === '' ? why : `${path} ${why}`))
  return rest.length === 0 ? (first ?? '') : `${first} (and ${rest.length} more)`
}

type Query = { readonly source: string | undefined; readonly limit: number }

const PAGE = 200

/** The newest bodies, a page after the other. */
export async function readQuarantine(
  api: Api,
  { source, limit }: Query,
): Promise<{ rows: Quarantined[]; more: boolean }> {
  const rows: Quarantined[] = []
  let cursor: string | null = ''
  while (cursor !== null && rows.length < limit) {
    const query = { limit: String(Math.min(PAGE, limit - rows.length)), cursor, ...(source && { source_id: source }) }
    const page: { data: Quarantined[]; next_cursor: string | null } = await api.get('/v1/quarantine', query)
    rows.push(...page.data)
    cursor = page.next_cursor
  }
  return { rows, more: cursor !== null }
}
