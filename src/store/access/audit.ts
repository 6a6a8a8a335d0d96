import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'

/** Who did what to which thing; `detail` has neither secrets nor addresses. */
type AuditEntry = {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}

const DETAIL = jsonColumn<AuditEntry['detail']>()

export const appendAudit = (tx: Sql, entry: AuditEntry) =>
  tx.query('insert into audit (id, at, actor, action, subject, detail) values ($1, $2, $3, $4, $5, $6)', [
    entry.id,
    entry.at,
    entry.actor,
    entry.action,
    entry.subject,
    DETAIL.write(entry.detail),
  ])

export async function listAudit(sql: Sql, { before, limit }: { before: string; limit: number }): Promise<AuditEntry[]> {
  const rows = await sql.query<Omit<AuditEntry, 'detail'> & { detail: string }>(
    `select id, at, actor, action, subject, detail from audit
      where ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit],
  )
  return rows.map(({ detail, ...entry }) => ({ ...entry, detail: DETAIL.read(detail) }))
}
