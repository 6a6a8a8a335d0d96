import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { debtKeyIn, KEY_COLUMNS, type DebtKey, type DebtKeyRow } from '../debts/delivery-columns.ts'

/** A contact of an integration, by the name that its persons use. */
type NamedContact = { readonly integrationId: string; readonly alias: string }

export const namedContactKey = ({ integrationId, alias }: NamedContact): string =>
  JSON.stringify([integrationId, alias])

/** That a person names a contact; `leftAt` is when they had ceased to, if they have. */
export type Namer = DebtKey & NamedContact & { readonly leftAt: number | undefined }

/** Who names these contacts or named them before, in one order. */
export async function namingsAt(sql: Sql, contacts: readonly NamedContact[]): Promise<Namer[]> {
  if (contacts.length === 0) return []
  const columns = { integration_id: 'text', alias: 'text' } as const
  const rows = await sql.query<DebtKeyRow & { alias: string; left_at: number | null }>(
    `select distinct n.integration_id, n.person, n.alias, n.left_at from ${jsonRows(sql.dialect, '$1', columns)}
       join naming n on n.integration_id = r.integration_id and n.alias = r.alias
      order by n.integration_id, n.alias, n.person`,
    [JSON.stringify(contacts.map(({ integrationId, alias }) => ({ integration_id: integrationId, alias })))],
  )
  return rows.map(row => ({ ...debtKeyIn(row), alias: row.alias, leftAt: row.left_at ?? undefined }))
}

/**
 * Until the transaction ends, no other one changes who names the contacts of these integrations: two persons who begin
 * to name one contact at the same time would not see each other.
 */
export async function lockNaming(tx: Sql, integrationIds: readonly string[]): Promise<void> {
  // The transactions of SQLite take turns.
  if (tx.dialect === 'sqlite') return
  for (const id of integrationIds.toSorted())
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('consent-relay naming ' || $1, 0))`, [id])
}

export const keepNamings = (tx: Sql, rows: readonly Namer[]) =>
  tx.query(
    `insert into naming (integration_id, person, alias, left_at)
     select r.integration_id, r.person, r.alias, r.left_at
       from ${jsonRows(tx.dialect, '$1', { ...KEY_COLUMNS, alias: 'text', left_at: 'bigint' })}
      where true order by r.integration_id, r.person, r.alias
     on conflict (integration_id, person, alias) do update set left_at = excluded.left_at`,
    [
      JSON.stringify(
        rows.map(({ integrationId, person, alias, leftAt }) => ({
          integration_id: integrationId,
          person,
          alias,
          left_at: leftAt ?? null,
        })),
      ),
    ],
  )

/** By another document other persons name a contact, or none. */
export const dropNamings = (tx: Sql, integrationId: string) =>
  tx.query('delete from naming where integration_id = $1', [integrationId])
