import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { FACT, factIn, READ_COLUMNS, readRow, type FactRow, type StoredFact } from './facts.ts'
import { markShared, userIn, userRows, USER_COLUMNS, type DidomiUser, type UserRow } from './links.ts'

type BodyRange = { readonly after: string; readonly through: string; readonly limit: number; readonly bytes: number }

/** The next bodies whose records are still kept, at least one if there is one, and no more bytes than those together. */
export async function nextBodies(sql: Sql, { after, through, limit, bytes }: BodyRange): Promise<string[]> {
  const rows = await sql.query<{ id: string; size: number }>(
    'select id, length(raw) as size from inbox where id > $1 and id <= $2 order by id limit $3',
    [after, through, limit],
  )
  let sum = 0
  const end = rows.findIndex(({ size }) => (sum += size) > bytes)
  return rows.slice(0, end === -1 ? rows.length : Math.max(1, end)).map(({ id }) => id)
}

type FactKey = { readonly sourceId: string; readonly key: string }

/** The facts of these keys. */
export async function factsByKey(sql: Sql, keys: readonly FactKey[]): Promise<StoredFact[]> {
  const rows = await sql.query<FactRow & { inbox_id: string; key: string }>(
    `select ${FACT}, f.inbox_id, f.key from ${jsonRows(sql.dialect, '$1', { source_id: 'text', key: 'text' })}
       join fact f on f.source_id = r.source_id and f.key = r.key order by f.id`,
    [JSON.stringify(keys.map(({ sourceId, key }) => ({ source_id: sourceId, key })))],
  )
  return rows.map(row => ({
    fact: factIn(row),
    sourceId: row.source_id,
    inboxId: row.inbox_id,
    key: row.key,
    person: row.person ?? undefined,
  }))
}

/** Whether two facts would be kept alike. */
export const isKeptAlike = (a: StoredFact, b: StoredFact): boolean =>
  JSON.stringify(readRow(a)) === JSON.stringify(readRow(b))

/** These facts say what their records say to the present reader. */
export async function rewriteFacts(tx: Sql, facts: readonly StoredFact[]): Promise<void> {
  const given = jsonRows(tx.dialect, '$1', { id: 'text', ...READ_COLUMNS })
  const rows = JSON.stringify(facts.map(readRow))
  // One of them may take the key that another one has until now.
  await tx.query(`update fact set key = '~' || fact.id from ${given} where fact.id = r.id and fact.key <> r.key`, [
    rows,
  ])
  const set = Object.keys(READ_COLUMNS).map(name => `${name} = r.${name}`)
  await tx.query(`update fact set ${set.join(', ')} from ${given} where fact.id = r.id`, [rows])
}

/** Facts that turned out to be repeats. */
export const dropFacts = (tx: Sql, ids: readonly string[]) =>
  tx.query(`delete from fact where id in (select r.id from ${jsonRows(tx.dialect, '$1', { id: 'text' })})`, [
    JSON.stringify(ids.map(id => ({ id }))),
  ])

/** R5: the links of these Didomi users are those that their facts make. */
export async function relinkUsers(tx: Sql, users: readonly DidomiUser[]): Promise<void> {
  const given = jsonRows(tx.dialect, '$1', USER_COLUMNS)
  const rows = userRows(users.filter(({ userId }) => userId !== ''))
  await tx.query(
    `insert into link (source_id, user_id, person)
     select distinct f.source_id, f.user_id, f.person from ${given}
       join fact f on f.source_id = r.source_id and f.user_id = r.user_id
      where f.person is not null and f.adopted = 0
     on conflict (source_id, user_id, person) do nothing`,
    [rows],
  )
  await tx.query(
    `delete from link where (source_id, user_id) in (select r.source_id, r.user_id from ${given})
        and not exists (select 1 from fact f where f.source_id = link.source_id and f.user_id = link.user_id
                           and f.person = link.person and f.adopted = 0)`,
    [rows],
  )
  await tx.query(
    `update link set shared = 0 where (source_id, user_id) in (select r.source_id, r.user_id from ${given})`,
    [rows],
  )
  await markShared(tx, users)
}

/** Deletions of this source without a person yet, by what they deleted. */
export async function orphanedEntities(sql: Sql, sourceId: string): Promise<{ sourceId: string; entityId: string }[]> {
  const rows = await sql.query<{ entity_id: string }>(
    `select distinct entity_id from fact
      where source_id = $1 and kind = 'deleted' and person is null order by entity_id`,
    [sourceId],
  )
  return rows.map(row => ({ sourceId, entityId: row.entity_id }))
}

type UserRange = { readonly after: DidomiUser; readonly limit: number }

/** The next Didomi users with facts that name no person themselves. */
export async function nextUnnamedUsers(sql: Sql, { after, limit }: UserRange): Promise<DidomiUser[]> {
  const rows = await sql.query<UserRow>(
    `select distinct source_id, user_id from fact
      where (person is null or adopted = 1) and (source_id > $1 or (source_id = $1 and user_id > $2))
      order by source_id, user_id limit $3`,
    [after.sourceId, after.userId, limit],
  )
  return rows.map(userIn)
}
