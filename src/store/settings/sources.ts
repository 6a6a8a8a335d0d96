import { type Family } from '../../domain/fact.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

export type Source = {
  readonly id: string
  readonly name: string
  readonly organizationId: string | undefined
  /** The family it folds; undefined until the first fact fixes it (R7). */
  readonly feed: Family | undefined
  readonly authType: 'bearer' | 'oauth2'
  readonly createdAt: number
}

type Row = {
  id: string
  name: string
  organization_id: string | null
  feed: Family | null
  auth_type: Source['authType']
  created_at: number
}

const COLUMNS = 'id, name, organization_id, feed, auth_type, created_at'

const sourceIn = (row: Row): Source => ({
  id: row.id,
  name: row.name,
  organizationId: row.organization_id ?? undefined,
  feed: row.feed ?? undefined,
  authType: row.auth_type,
  createdAt: row.created_at,
})

export const insertSource = (tx: Sql, source: Source) =>
  tx.query(`insert into source (${COLUMNS}) values ($1, $2, $3, $4, $5, $6)`, [
    source.id,
    source.name,
    source.organizationId ?? null,
    source.feed ?? null,
    source.authType,
    source.createdAt,
  ])

export async function findSource(sql: Sql, id: string): Promise<Source | undefined> {
  const [row] = await sql.query<Row>(`select ${COLUMNS} from source where id = $1`, [id])
  return row && sourceIn(row)
}

/** The source, whose secrets no other transaction changes until this one ends. Its webhook goes on meanwhile. */
export async function lockSource(tx: Sql, id: string): Promise<Source | undefined> {
  // A plain `for update` would block writers of rows that refer to the source.
  const lock = tx.dialect === 'postgres' ? 'for no key update' : ''
  const [row] = await tx.query<Row>(`select ${COLUMNS} from source where id = $1 ${lock}`, [id])
  return row && sourceIn(row)
}

export const listSources = async (sql: Sql, { before, limit }: { before: string; limit: number }): Promise<Source[]> =>
  (
    await sql.query<Row>(`select ${COLUMNS} from source where ($1 = '' or id < $1) order by id desc limit $2`, [
      before,
      limit,
    ])
  ).map(sourceIn)

export const setFeed = (tx: Sql, { id, feed }: { id: string; feed: Family }) =>
  tx.query('update source set feed = $2 where id = $1', [id, feed])

/**
 * R30: until the transaction ends, the integrations that read these sources, and what the sources fold, stay. Ingest
 * holds this together with others, and then owes what the facts may change.
 */
export async function keepReaders(tx: Sql, sourceIds: readonly string[]): Promise<void> {
  // The transactions of SQLite take turns.
  if (tx.dialect === 'sqlite' || sourceIds.length === 0) return
  await tx.query(
    // In one order, so that two of them and two that wait for those do not wait for each other.
    `select pg_advisory_xact_lock_shared(s.key) from
       (select distinct ${readersKey('r.id')} as key from ${jsonRows(tx.dialect, '$1', { id: 'text' })} order by key) s`,
    [JSON.stringify(sourceIds.map(id => ({ id })))],
  )
}

/**
 * R30: facts of the source that were taken in without regard to this transaction's change are committed before it ends,
 * so that what owes everyone after it misses no person. The last statement of a transaction, since ingest waits for it.
 */
export async function changeReaders(tx: Sql, sourceId: string): Promise<void> {
  if (tx.dialect === 'postgres') await tx.query(`select pg_advisory_xact_lock(${readersKey('$1')})`, [sourceId])
}

const readersKey = (id: string): string => `hashtextextended('consent-relay readers ' || ${id}, 0)`

type FirstFamily = { readonly sourceId: string; readonly family: Family }

/** R7: the family that arrives first is the one that a source folds, from then on. */
export async function fixFeeds(tx: Sql, firsts: readonly FirstFamily[]): Promise<void> {
  await tx.query(
    `update source set feed = r.family from ${jsonRows(tx.dialect, '$1', { source_id: 'text', family: 'text' })}
      where source.id = r.source_id and source.feed is null`,
    [JSON.stringify(firsts.map(({ sourceId, family }) => ({ source_id: sourceId, family })))],
  )
}

/** What these sources fold; one that has not got its first fact yet is not among them. */
export async function feedsOf(sql: Sql, sourceIds: readonly string[]): Promise<Map<string, Family>> {
  const rows = await sql.query<{ id: string; feed: Family }>(
    `select s.id, s.feed from ${jsonRows(sql.dialect, '$1', { id: 'text' })} join source s on s.id = r.id
      where s.feed is not null`,
    [JSON.stringify(sourceIds.map(id => ({ id })))],
  )
  return new Map(rows.map(({ id, feed }) => [id, feed]))
}
