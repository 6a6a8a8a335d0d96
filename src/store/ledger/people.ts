import { type Sql } from '../engine/database.ts'
import { jsonRows, storable } from '../engine/json-rows.ts'
import { PERSON_COLUMNS, personRows, sourcePersonIn, type SourcePerson, type SourcePersonRow } from './source-person.ts'

type Search = { readonly start: string; readonly limit: number }

/** Facts looked at for a beginning that very many people share. */
const MOST_LOOKED_AT = 5_000

/** Above everything that begins with the text before it, as both databases compare here. */
const LAST = '\u{10ffff}'

// Byte by byte on both, under every collation of the database: only so is a beginning a range of the index.
const lowered = (dialect: Sql['dialect']): string =>
  dialect === 'postgres' ? 'lower(person collate "C")' : 'lower(person)'

/** Persons whose id begins so, in any case of the letters A to Z; `start` is in lower case. */
export async function peopleStarting(sql: Sql, { start, limit }: Search): Promise<SourcePerson[]> {
  const lower = lowered(sql.dialect)
  const rows = await sql.query<SourcePersonRow>(
    `select distinct source_id, person from (
       select source_id, person from fact
        where person is not null and ${lower} >= $1 and ${lower} < $2 order by ${lower} limit ${MOST_LOOKED_AT}) as own
      order by person, source_id limit $3`,
    [storable(start), storable(start) + LAST, limit],
  )
  return rows.map(sourcePersonIn)
}

/** Whom the newest facts are about, the last one first. */
export async function newestPeople(sql: Sql, { limit }: { readonly limit: number }): Promise<SourcePerson[]> {
  const rows = await sql.query<SourcePersonRow>(
    `select source_id, person from (
       select id, source_id, person from fact where person is not null order by id desc limit ${MOST_LOOKED_AT}) as own
      group by source_id, person order by max(id) desc limit $1`,
    [limit],
  )
  return rows.map(sourcePersonIn)
}

/** Persons who name a contact, by Mailchimp's name for it. */
export async function peopleOfContact(
  sql: Sql,
  { contact, limit }: { readonly contact: string; readonly limit: number },
): Promise<SourcePerson[]> {
  const rows = await sql.query<SourcePersonRow>(
    `select distinct i.source_id, d.person from delivery d join integration i on i.id = d.integration_id
      where d.contact = $1 order by d.person, i.source_id limit $2`,
    [contact, limit],
  )
  return rows.map(sourcePersonIn)
}

export type ToldPerson = SourcePerson & { readonly facts: number; readonly lastAt: number }

/** How many facts are about these persons, and when the last came in. */
export async function toldOf(sql: Sql, people: readonly SourcePerson[]): Promise<ToldPerson[]> {
  const rows = await sql.query<SourcePersonRow & { facts: number; last_at: number }>(
    `select f.source_id, f.person, count(*) as facts, max(f.received_at) as last_at
       from ${jsonRows(sql.dialect, '$1', PERSON_COLUMNS)}
       join fact f on f.source_id = r.source_id and f.person = r.person
      group by f.source_id, f.person order by f.person, f.source_id`,
    [personRows(people)],
  )
  return rows.map(row => ({ ...sourcePersonIn(row), facts: row.facts, lastAt: row.last_at }))
}
