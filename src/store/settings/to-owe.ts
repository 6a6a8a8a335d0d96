import { type Sql } from '../engine/database.ts'

/**
 * R30: the mapping changed, or the integration is new, so everyone its source knows may be out of step. They are owed
 * part by part from here on, from the first person; what was begun before starts over.
 */
export const oweEveryone = (tx: Sql, { integrationId, at }: { integrationId: string; at: number }) =>
  tx.query(
    `insert into to_owe (integration_id, after_person, owed, since)
     select id, '', 0, $2 from integration where id = $1 and enabled = 1
     on conflict (integration_id) do update set after_person = '', owed = 0, since = excluded.since`,
    [integrationId, at],
  )

/** An integration in which people are still to be owed. */
type ToOwe = {
  readonly integrationId: string
  /** Up to whom that was done; empty before the first. */
  readonly after: string
  readonly isEnabled: boolean
}

/** The integration that has waited longest; no other transaction starts it over until this one ends. */
export async function nextToOwe(tx: Sql): Promise<ToOwe | undefined> {
  const [row] = await tx.query<{ integration_id: string; after_person: string; enabled: number }>(
    `select t.integration_id, t.after_person, i.enabled from to_owe t join integration i on i.id = t.integration_id
      order by t.since, t.integration_id limit 1 ${tx.dialect === 'postgres' ? 'for update of t' : ''}`,
  )
  return row && { integrationId: row.integration_id, after: row.after_person, isEnabled: row.enabled === 1 }
}

type Owed = { readonly integrationId: string; readonly through: string; readonly people: number }

export const advanceToOwe = (tx: Sql, { integrationId, through, people }: Owed) =>
  tx.query('update to_owe set after_person = $2, owed = owed + $3 where integration_id = $1', [
    integrationId,
    through,
    people,
  ])

/** Everyone was owed. */
export const endToOwe = (tx: Sql, integrationId: string) =>
  tx.query('delete from to_owe where integration_id = $1', [integrationId])

/** Since when everyone is being owed, and how many people that was done for. */
type StillToOwe = { readonly since: number; readonly owed: number }

export async function stillToOwe(sql: Sql, integrationId: string): Promise<StillToOwe | undefined> {
  const [row] = await sql.query<StillToOwe & { [column: string]: number }>(
    'select since, owed from to_owe where integration_id = $1',
    [integrationId],
  )
  return row && { since: row.since, owed: row.owed }
}
