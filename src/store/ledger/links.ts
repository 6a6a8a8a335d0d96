import { type Fact } from '../../domain/fact.ts'
import { MOST_IDS } from '../../domain/whose.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { FACT, factIn, type FactRow } from './facts.ts'
import { type SourcePerson } from './source-person.ts'

/** A Didomi user as one source knows it. */
export type DidomiUser = { readonly sourceId: string; readonly userId: string }

export const userKey = ({ sourceId, userId }: DidomiUser): string => JSON.stringify([sourceId, userId])

export const USER_COLUMNS = { source_id: 'text', user_id: 'text' } as const

export const userRows = (users: readonly DidomiUser[]): string =>
  JSON.stringify(users.map(({ sourceId, userId }) => ({ source_id: sourceId, user_id: userId })))

/** R5: this Didomi user wrote this person, in any life. Gives the users that had not written them before. */
export async function addLinks(tx: Sql, links: readonly (DidomiUser & SourcePerson)[]): Promise<DidomiUser[]> {
  const columns = { ...USER_COLUMNS, person: 'text' } as const
  const rows = links.map(({ sourceId, userId, person }) => ({ source_id: sourceId, user_id: userId, person }))
  const added = await tx.query<UserRow>(
    `insert into link (source_id, user_id, person)
     select r.source_id, r.user_id, r.person from ${jsonRows(tx.dialect, '$1', columns)} where true
      order by r.source_id, r.user_id, r.person
     on conflict (source_id, user_id, person) do nothing returning source_id, user_id`,
    [JSON.stringify(rows)],
  )
  return added.map(userIn)
}

export type UserRow = { source_id: string; user_id: string }

export const userIn = ({ source_id: sourceId, user_id: userId }: UserRow): DidomiUser => ({ sourceId, userId })

/** R5d: of these users, those that wrote more ids than a person's own device would are shared from now on. */
export const markShared = (tx: Sql, users: readonly DidomiUser[]) =>
  tx.query(
    `update link set shared = 1 where (source_id, user_id) in
       (select l.source_id, l.user_id from ${jsonRows(tx.dialect, '$1', USER_COLUMNS)}
          join link l on l.source_id = r.source_id and l.user_id = r.user_id
         group by l.source_id, l.user_id having count(distinct l.person) > ${MOST_IDS})`,
    [userRows(users)],
  )

/** How many Didomi users of each source are shared; a source without any is not in it. */
export async function countSharedUsers(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.query<{ source_id: string; n: number }>(
    'select source_id, count(distinct user_id) as n from link where shared = 1 group by source_id',
  )
  return new Map(rows.map(row => [row.source_id, row.n]))
}

/** Every person whom these users ever wrote. */
export async function linkedTo(sql: Sql, users: readonly DidomiUser[]): Promise<(DidomiUser & SourcePerson)[]> {
  const rows = await sql.query<UserRow & { person: string }>(
    `select distinct l.source_id, l.user_id, l.person from ${jsonRows(sql.dialect, '$1', USER_COLUMNS)}
       join link l on l.source_id = r.source_id and l.user_id = r.user_id
      where l.shared = 0 order by l.source_id, l.user_id, l.person`,
    [userRows(users)],
  )
  return rows.map(row => ({ ...userIn(row), person: row.person }))
}

/** Facts without a person of their own, the persons they were about until now, and all facts of their Didomi user. */
export type Unnamed = DidomiUser & { readonly facts: readonly Fact[]; readonly adopted: ReadonlyMap<string, string> }

/** R5c: the users among these with facts that name no person. */
export async function unnamedOf(tx: Sql, users: readonly DidomiUser[]): Promise<Unnamed[]> {
  const rows = await tx.query<FactRow>(
    `select ${FACT} from ${jsonRows(tx.dialect, '$1', USER_COLUMNS)}
       join fact f on f.source_id = r.source_id and f.user_id = r.user_id
      where r.user_id <> '' and exists (select 1 from fact u where u.source_id = r.source_id and u.user_id = r.user_id
          and (u.person is null or u.adopted = 1))
      order by f.source_id, f.user_id, f.id`,
    [userRows(users)],
  )
  const found = new Map<string, { user: DidomiUser; facts: Fact[]; adopted: Map<string, string> }>()
  for (const row of rows) {
    const user = userIn(row)
    const own = found.get(userKey(user)) ?? { user, facts: [], adopted: new Map<string, string>() }
    found.set(userKey(user), own)
    own.facts.push(factIn(row))
    if (row.adopted === 1 && row.person !== null) own.adopted.set(row.id, row.person)
  }
  return [...found.values()].map(({ user, facts, adopted }) => ({ ...user, facts, adopted }))
}

type Adoption = { readonly factId: string; readonly person: string | undefined }

/** These facts are about these persons from now on, or about none. Gives those that had not expired meanwhile. */
export async function adoptFacts(tx: Sql, adoptions: readonly Adoption[]): Promise<Set<string>> {
  const adopted = await tx.query<{ id: string }>(
    `update fact set person = r.person, adopted = case when r.person is null then 0 else 1 end
       from ${jsonRows(tx.dialect, '$1', { fact_id: 'text', person: 'text' })} where fact.id = r.fact_id
     returning fact.id`,
    [JSON.stringify(adoptions.map(({ factId, person }) => ({ fact_id: factId, person: person ?? null })))],
  )
  return new Set(adopted.map(({ id }) => id))
}

/** The Didomi users that wrote this person and no other one. */
export async function usersOfOne(tx: Sql, person: string): Promise<DidomiUser[]> {
  const rows = await tx.query<UserRow>(
    `select l.source_id, l.user_id from link l
      where l.source_id in (select id from source) and l.person = $1 and not exists
        (select 1 from link o where o.source_id = l.source_id and o.user_id = l.user_id and o.person <> l.person)`,
    [person],
  )
  return rows.map(userIn)
}

/** The links of an erased person go with them, but for those of a new life. */
export const eraseLinks = (tx: Sql, person: string) =>
  tx.query(
    `delete from link where source_id in (select id from source) and person = $1 and not exists
       (select 1 from fact f where f.source_id = link.source_id and f.user_id = link.user_id and f.person = $1
           and f.kind <> 'deleted')`,
    [person],
  )
