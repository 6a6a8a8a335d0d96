import { type Sql } from '../engine/database.ts'
import { debtKeyIn, type DebtKey, type DebtKeyRow } from '../debts/delivery-columns.ts'
import { type ContactKey } from './contacts.ts'

/** A contact that goes by another address at Mailchimp than the one that its persons name (R16e). */
export type Renamed = ContactKey & {
  readonly id: string
  readonly contactId: string
  /** The hash of the address by which it goes now. */
  readonly movedTo: string
  readonly movedAt: number
  readonly isAccepted: boolean
  /** A person who names it; undefined when none does any more. */
  readonly person: string | undefined
  /** Persons of whom something granted waits until the address is accepted. */
  readonly waiting: number
}

type Row = {
  move_id: string
  data_centre: string
  audience_id: string
  alias: string
  permanent_id: string
  moved_to: string
  moved_at: number
  move_accepted: number
  person: string | null
  waiting: number
}

// An integration that is enabled has claims on its tags; no other one writes to the audience.
/** A debt `d` in an enabled integration that writes to the contact `c`. */
const OF_CONTACT = `d.contact = c.alias and exists (select 1 from tag_claim t
  where t.integration_id = d.integration_id and t.data_centre = c.data_centre and t.audience_id = c.audience_id)`

/** The contact is written to under its new name: without its permanent id that is not known. */
const IS_RENAMED = 'c.move_id is not null and c.permanent_id is not null'

type RenamedQuery = { readonly id?: string; readonly before: string; readonly limit: number }

/** Those that were found under another address last come first. */
export async function listRenamed(sql: Sql, { id = '', before, limit }: RenamedQuery): Promise<Renamed[]> {
  const rows = await sql.query<Row>(
    `select c.move_id, c.data_centre, c.audience_id, c.alias, c.permanent_id, c.moved_to, c.moved_at, c.move_accepted,
            (select min(d.person) from delivery d where ${OF_CONTACT}) as person,
            (select count(distinct d.person) from delivery d
              where ${OF_CONTACT} and d.status = 'held' and d.reason = 'contact_renamed') as waiting
       from contact c where ${IS_RENAMED} and ($1 = '' or c.move_id = $1) and ($2 = '' or c.move_id < $2)
      order by c.move_id desc limit $3`,
    [id, before, limit],
  )
  return rows.map(row => ({
    id: row.move_id,
    dataCentre: row.data_centre,
    audienceId: row.audience_id,
    alias: row.alias,
    contactId: row.permanent_id,
    movedTo: row.moved_to,
    movedAt: row.moved_at,
    isAccepted: row.move_accepted === 1,
    person: row.person ?? undefined,
    waiting: row.waiting,
  }))
}

type Acceptance = { readonly id: string; readonly movedTo: string }

/** Says whether the contact still goes by that address; from then on it is granted there as by the old one. */
export async function acceptMove(tx: Sql, { id, movedTo }: Acceptance): Promise<boolean> {
  const accepted = await tx.query(
    'update contact set move_accepted = 1 where move_id = $1 and moved_to = $2 returning alias',
    [id, movedTo],
  )
  return accepted.length > 0
}

/** The debts that write to the contact. */
export async function debtsOfRenamed(sql: Sql, id: string): Promise<DebtKey[]> {
  const rows = await sql.query<DebtKeyRow>(
    `select d.integration_id, d.person from contact c join delivery d on ${OF_CONTACT}
      where c.move_id = $1 order by d.integration_id, d.person`,
    [id],
  )
  return rows.map(debtKeyIn)
}
