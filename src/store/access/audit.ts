import { type Sql } from '../engine/database.ts'

/** Who did what to which thing; `detail` is JSON without secrets or addresses. */
export type AuditEntry = {
  id: string
  at: number
  actor: string
  action: string
  subject: string
  detail: string
}

export const appendAudit = (tx: Sql, entry: AuditEntry) =>
  tx.query('insert into audit (id, at, actor, action, subject, detail) values ($1, $2, $3, $4, $5, $6)', [
    entry.id,
    entry.at,
    entry.actor,
    entry.action,
    entry.subject,
    entry.detail,
  ])

export const listAudit = (sql: Sql, { before, limit }: { before: string; limit: number }) =>
  sql.query<AuditEntry>(
    `select id, at, actor, action, subject, detail from audit
      where ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit],
  )
