import { type DebtKey } from '../debts/delivery-columns.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { type ContactKey } from './contacts.ts'

type KeyRow = { data_centre: string; audience_id: string; alias: string }

const keyIn = ({ data_centre: dataCentre, audience_id: audienceId, alias }: KeyRow): ContactKey => ({
  dataCentre,
  audienceId,
  alias,
})

/** The contacts in whose record this person is, by any document. All records are looked through. */
export async function contactsMentioning(sql: Sql, person: string): Promise<ContactKey[]> {
  const found = sql.dialect === 'postgres' ? 'position($1 in entries) > 0' : 'instr(entries, $1) > 0'
  const rows = await sql.query<KeyRow>(`select data_centre, audience_id, alias from contact where ${found}`, [
    JSON.stringify(person),
  ])
  return rows.map(keyIn)
}

/** The contacts that this person names or named, or that something was owed to for them. */
export async function contactsNamedBy(sql: Sql, person: string): Promise<ContactKey[]> {
  const rows = await sql.query<KeyRow>(
    `select c.data_centre, c.audience_id, c.alias from contact c where c.alias in
       (select d.contact from integration i cross join delivery d where d.integration_id = i.id and d.person = $1
        union select n.alias from integration i cross join naming n where n.integration_id = i.id and n.person = $1)`,
    [person],
  )
  return rows.map(keyIn)
}

type OfOthers = ContactKey & DebtKey

/** Who else names these contacts, or has a debt with them, in one order. */
export async function othersAt(sql: Sql, contacts: readonly ContactKey[], person: string): Promise<OfOthers[]> {
  const rows = await sql.query<KeyRow & { integration_id: string; person: string }>(
    `select r.data_centre, r.audience_id, r.alias, n.integration_id, n.person
       from ${jsonRows(sql.dialect, '$1', KEYS)} cross join integration i cross join naming n
      where n.integration_id = i.id and n.alias = r.alias and n.person <> $2 and n.left_at is null
     union
     select r.data_centre, r.audience_id, r.alias, d.integration_id, d.person
       from ${jsonRows(sql.dialect, '$1', KEYS)} join delivery d on d.contact = r.alias and d.person <> $2
      order by 1, 2, 3, 4, 5`,
    [keyRows(contacts), person],
  )
  return rows.map(row => ({ ...keyIn(row), integrationId: row.integration_id, person: row.person }))
}

const KEYS = { data_centre: 'text', audience_id: 'text', alias: 'text' } as const

const keyRows = (contacts: readonly ContactKey[]): string =>
  JSON.stringify(
    contacts.map(({ dataCentre, audienceId, alias }) => ({ data_centre: dataCentre, audience_id: audienceId, alias })),
  )

/** What is known of these contacts goes. */
export const forgetContacts = (tx: Sql, contacts: readonly ContactKey[]) =>
  tx.query(
    `delete from contact where (data_centre, audience_id, alias) in
       (select r.data_centre, r.audience_id, r.alias from ${jsonRows(tx.dialect, '$1', KEYS)})`,
    [keyRows(contacts)],
  )
