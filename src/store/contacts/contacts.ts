import { type ContactRecord } from '../../domain/contact-record.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { withKeys } from '../debts/delivery-columns.ts'

/** A contact by a name that Mailchimp has for it: its hash, or its permanent id. */
export type ContactKey = { readonly dataCentre: string; readonly audienceId: string; readonly alias: string }

export const contactKeyText = ({ dataCentre, audienceId, alias }: ContactKey): string =>
  JSON.stringify([dataCentre, audienceId, alias])

const ENTRIES = jsonColumn<ContactRecord['entries']>()

const KEYS = { data_centre: 'text', audience_id: 'text', alias: 'text' } as const

const keyColumns = ({ dataCentre, audienceId, alias }: ContactKey) => ({
  data_centre: dataCentre,
  audience_id: audienceId,
  alias,
})

type Row = {
  data_centre: string
  audience_id: string
  alias: string
  permanent_id: string | null
  wrote_at: number | null
  gone_after: string | null
  moved_to: string | null
  moved_at: number | null
  move_accepted: number
  entries: string
}

const recordIn = (row: Row): ContactRecord => ({
  contactId: row.permanent_id ?? undefined,
  wroteAt: row.wrote_at ?? undefined,
  goneAfter: row.gone_after ?? undefined,
  movedTo: row.moved_to ?? undefined,
  movedAt: row.moved_at ?? undefined,
  isAccepted: row.move_accepted === 1,
  entries: withKeys(ENTRIES.read(row.entries)),
})

const COLUMNS = `c.data_centre, c.audience_id, c.alias, c.permanent_id, c.wrote_at, c.gone_after, c.moved_to,
            c.moved_at, c.move_accepted, c.entries`

/** What is known of these contacts, by `contactKeyText`. */
export const contactsOf = (sql: Sql, keys: readonly ContactKey[]) => read(sql, keys, '')

/** The same, locked until the transaction ends. */
export const lockContacts = (tx: Sql, keys: readonly ContactKey[]) =>
  read(tx, keys, tx.dialect === 'postgres' ? 'for update of c' : '')

async function read(sql: Sql, keys: readonly ContactKey[], lock: string): Promise<Map<string, ContactRecord>> {
  if (keys.length === 0) return new Map()
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from ${jsonRows(sql.dialect, '$1', KEYS)}
       join contact c on c.data_centre = r.data_centre and c.audience_id = r.audience_id and c.alias = r.alias
      order by c.data_centre, c.audience_id, c.alias ${lock}`,
    [JSON.stringify(keys.map(keyColumns))],
  )
  return new Map(
    rows.map(row => [
      contactKeyText({ dataCentre: row.data_centre, audienceId: row.audience_id, alias: row.alias }),
      recordIn(row),
    ]),
  )
}

/** It sorts by the time of the move. */
const MOVE_ID = {
  sqlite: `'rnm_' || printf('%012x', r.moved_at) || lower(hex(randomblob(8)))`,
  postgres: `'rnm_' || lpad(to_hex(r.moved_at), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)`,
} as const satisfies Record<Sql['dialect'], string>

type Written = { readonly integrationId: string } & Omit<ContactKey, 'alias'>

/** How many contacts of an audience an integration wrote to that are not known to be gone. */
export async function countWritten(sql: Sql, { integrationId, dataCentre, audienceId }: Written): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    // Another integration may have written to the contact, and this one found nothing to say: an entry names its writer.
    `select count(distinct d.contact) as n from delivery d
       join contact c on c.data_centre = $2 and c.audience_id = $3 and c.alias = d.contact
      where d.integration_id = $1 and c.wrote_at is not null and c.gone_after is null
        and replace(c.entries, '"' || $1 || '"', '') <> c.entries`,
    [integrationId, dataCentre, audienceId],
  )
  return Number(row?.n ?? 0)
}

type KeptContact = { readonly key: ContactKey; readonly record: ContactRecord }

/**
 * Keeps what is known of these contacts. Of another name under which the same contact was known, nothing that was
 * written is believed any more (R16d).
 */
export async function keepContacts(tx: Sql, contacts: readonly KeptContact[]): Promise<void> {
  const columns = {
    ...KEYS,
    permanent_id: 'text',
    wrote_at: 'bigint',
    gone_after: 'text',
    moved_to: 'text',
    moved_at: 'bigint',
    move_accepted: 'bigint',
    entries: 'text',
  } as const
  const rows = contacts.map(({ key, record }) => ({
    ...keyColumns(key),
    permanent_id: record.contactId ?? null,
    wrote_at: record.wroteAt ?? null,
    gone_after: record.goneAfter ?? null,
    moved_to: record.movedTo ?? null,
    moved_at: record.movedAt ?? null,
    move_accepted: record.isAccepted ? 1 : 0,
    entries: ENTRIES.write(record.entries),
  }))
  await tx.query(
    `insert into contact (data_centre, audience_id, alias, permanent_id, wrote_at, gone_after, moved_to, moved_at,
                          move_accepted, entries, move_id)
     select r.data_centre, r.audience_id, r.alias, r.permanent_id, r.wrote_at, r.gone_after, r.moved_to, r.moved_at,
            r.move_accepted, r.entries, case when r.moved_to is not null then ${MOVE_ID[tx.dialect]} end
       from ${jsonRows(tx.dialect, '$1', columns)} where true order by r.data_centre, r.audience_id, r.alias
     on conflict (data_centre, audience_id, alias) do update
        set permanent_id = excluded.permanent_id, wrote_at = excluded.wrote_at, gone_after = excluded.gone_after,
            moved_to = excluded.moved_to, moved_at = excluded.moved_at, move_accepted = excluded.move_accepted,
            move_id = case when excluded.moved_to = contact.moved_to then contact.move_id else excluded.move_id end,
            entries = excluded.entries`,
    [JSON.stringify(rows)],
  )
  const named = rows.filter(row => row.permanent_id !== null)
  if (named.length === 0) return
  await tx.query(
    `update contact set entries = '{}' from ${jsonRows(tx.dialect, '$1', { ...KEYS, permanent_id: 'text' })}
      where contact.data_centre = r.data_centre and contact.audience_id = r.audience_id
        and contact.permanent_id = r.permanent_id and contact.alias <> r.alias and contact.entries <> '{}'`,
    [
      JSON.stringify(
        named.map(({ data_centre, audience_id, alias, permanent_id }) => ({
          data_centre,
          audience_id,
          alias,
          permanent_id,
        })),
      ),
    ],
  )
}
