import { type Fields } from '../../domain/plan.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { debtKey, debtKeyIn, KEY_COLUMNS, keyRows, type DebtKey, type DebtKeyRow } from './debt-key.ts'
import { withKeys } from './delivery-columns.ts'

/** What Mailchimp confirmed last for one person in one integration. */
export type LastDelivered = {
  readonly contact: string
  readonly fields: Fields
  readonly certain: boolean
  /** The newest fact that a confirmed request took into account. */
  readonly lastFact?: string | undefined
}

const FIELDS = jsonColumn<Fields>()

type Row = DebtKeyRow & { contact: string; fields: string; certain: number; last_fact: string | null }

const lastDeliveredIn = (row: Row): LastDelivered => ({
  contact: row.contact,
  fields: withKeys(FIELDS.read(row.fields)),
  certain: row.certain === 1,
  lastFact: row.last_fact ?? undefined,
})

export async function lastDelivered(sql: Sql, debts: readonly DebtKey[]): Promise<Map<string, LastDelivered>> {
  const rows = await sql.query<Row>(
    `select d.integration_id, d.person, d.contact, d.fields, d.certain, d.last_fact
       from ${jsonRows(sql.dialect, '$1', KEY_COLUMNS)}
       join delivered d on d.integration_id = r.integration_id and d.person = r.person`,
    [keyRows(debts)],
  )
  return new Map(rows.map(row => [debtKey(debtKeyIn(row)), lastDeliveredIn(row)]))
}

export type Delivered = DebtKey &
  LastDelivered & {
    readonly at: number
    /** The document that the request was decided on, by the time it was saved. */
    readonly decidedOn: number
  }

/**
 * Remembers what Mailchimp confirmed, or (`certain: false`) that it can no longer be relied on. An integration that
 * was removed while its request was under way is passed over, and an answer to a request of a document that was
 * replaced meanwhile is not relied on: it may be about another audience.
 */
export async function rememberDelivered(tx: Sql, delivered: readonly Delivered[]): Promise<void> {
  const columns = {
    ...KEY_COLUMNS,
    contact: 'text',
    fields: 'text',
    certain: 'bigint',
    last_fact: 'text',
    at: 'bigint',
    decided_on: 'bigint',
  } as const
  const rows = delivered.map(({ integrationId, person, contact, fields, certain, lastFact, at, decidedOn }) => ({
    integration_id: integrationId,
    person,
    contact,
    fields: FIELDS.write(fields),
    certain: certain ? 1 : 0,
    last_fact: lastFact ?? null,
    at,
    decided_on: decidedOn,
  }))
  await tx.query(
    `insert into delivered (integration_id, person, contact, fields, certain, last_fact, at)
     select r.integration_id, r.person, r.contact, r.fields,
            case when i.updated_at = r.decided_on then r.certain else 0 end, r.last_fact, r.at
       from ${jsonRows(tx.dialect, '$1', columns)} join integration i on i.id = r.integration_id where true ${tx.dialect === 'postgres' ? 'for share of i' : ''}
     on conflict (integration_id, person) do update
        set contact = excluded.contact, fields = excluded.fields, certain = excluded.certain,
            last_fact = coalesce(excluded.last_fact, delivered.last_fact), at = excluded.at`,
    [JSON.stringify(rows)],
  )
}

/** Nothing of what was delivered for an integration is relied on any more: its next deliveries assert every field. */
export const distrustDelivered = (tx: Sql, integrationId: string) =>
  tx.query('update delivered set certain = 0 where integration_id = $1', [integrationId])
