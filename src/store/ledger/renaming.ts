import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { userIn, type DidomiUser, type UserRow } from './links.ts'
import { sourcePersonIn, type SourcePerson, type SourcePersonRow } from './source-person.ts'

/** A person who is called otherwise from now on. */
export type Renamed = SourcePerson & { readonly to: string }

type PersonRange = { readonly after: SourcePerson; readonly limit: number }

/** The next persons with facts. */
export async function nextPeople(sql: Sql, { after, limit }: PersonRange): Promise<SourcePerson[]> {
  const rows = await sql.query<SourcePersonRow>(
    `select distinct source_id, person from fact
      where person is not null and (source_id > $1 or (source_id = $1 and person > $2))
      order by source_id, person limit $3`,
    [after.sourceId, after.person, limit],
  )
  return rows.map(sourcePersonIn)
}

/** Facts and links of these persons are those of the person they are. Gives the Didomi users with such facts. */
export async function renameInFacts(tx: Sql, renamed: readonly Renamed[]): Promise<DidomiUser[]> {
  const rows = await tx.query<UserRow>(
    `update fact set person = r.renamed
       from ${jsonRows(tx.dialect, '$1', { source_id: 'text', person: 'text', renamed: 'text' })}
      where fact.source_id = r.source_id and fact.person = r.person returning fact.source_id, fact.user_id`,
    [JSON.stringify(renamed.map(({ sourceId, person, to }) => ({ source_id: sourceId, person, renamed: to })))],
  )
  return rows.map(userIn)
}
