import { type Family } from '../../domain/fact.ts'
import { folds } from '../../domain/standing.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

/** What became of received records; `stated` counts as folded or as evidence, by the family the source folds. */
export type Tally = {
  readonly sourceId: string
  readonly kind: 'stated' | 'deletion' | 'ignored' | 'anonymous' | 'duplicate' | 'quarantined' | 'erased' | 'expired'
  readonly family: Family | ''
  readonly n: number
}

// PostgreSQL adds to a row only once in a statement.
/** Adds to the exact counts of I16, in the transaction that stores what they count. */
export async function addTallies(tx: Sql, tallies: readonly Tally[]): Promise<void> {
  const rows = jsonRows(tx.dialect, '$1', { source_id: 'text', kind: 'text', family: 'text', n: 'bigint' })
  await tx.query(
    `insert into tally (source_id, kind, family, n)
     select r.source_id, r.kind, r.family, cast(sum(r.n) as bigint) from ${rows} where true
      group by r.source_id, r.kind, r.family order by r.source_id, r.kind, r.family
     on conflict (source_id, kind, family) do update set n = tally.n + excluded.n`,
    [JSON.stringify(tallies.map(({ sourceId, ...counted }) => ({ source_id: sourceId, ...counted })))],
  )
}

export type Accounting = {
  received: number
  folded: number
  evidence: number
  ignored: number
  anonymous: number
  duplicate: number
  quarantined: number
  erased: number
  expired: number
}

/** R7: whether records of this tally count for a source that folds this family, or are evidence. */
export const tallyFolds = ({ kind, family }: Pick<Tally, 'kind' | 'family'>, feed: Family | undefined): boolean =>
  family !== '' && folds({ family, kind: kind === 'deletion' ? 'deleted' : 'created' }, feed)

/** I16: received = the sum of all the others, of one source or of all. */
export async function accountFor(sql: Sql, sourceId?: string): Promise<Accounting> {
  const rows = await sql.query<Pick<Tally, 'kind' | 'family' | 'n'> & { feed: Family | null }>(
    `select t.kind, t.family, s.feed, sum(t.n) as n
       from tally t join source s on s.id = t.source_id
      where $1 = '' or t.source_id = $1
      group by t.kind, t.family, s.feed`,
    [sourceId ?? ''],
  )
  const sum = (matches: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(matches).reduce((total, row) => total + Number(row.n), 0)
  const isFact = (row: (typeof rows)[number]) => row.kind === 'stated' || row.kind === 'deletion'
  return {
    received: sum(() => true),
    folded: sum(row => isFact(row) && tallyFolds(row, row.feed ?? undefined)),
    evidence: sum(row => isFact(row) && !tallyFolds(row, row.feed ?? undefined)),
    ignored: sum(row => row.kind === 'ignored'),
    anonymous: sum(row => row.kind === 'anonymous'),
    duplicate: sum(row => row.kind === 'duplicate'),
    quarantined: sum(row => row.kind === 'quarantined'),
    erased: sum(row => row.kind === 'erased'),
    expired: sum(row => row.kind === 'expired'),
  }
}
