import { DEFAULT_RETENTION, type Retention } from '../../domain/retention.ts'
import { type Sql } from '../engine/database.ts'

type Row = { -readonly [Kind in keyof Retention]: Retention[Kind] } & { bodies_done: string }

/** What was set, or what holds while nothing was; and the body up to which bodies have expired. */
export async function readRetention(sql: Sql): Promise<{ readonly retention: Retention; readonly bodiesDone: string }> {
  const [row] = await sql.query<Row>(
    'select bodies, quarantine, anonymous, attempts, audit, bodies_done from retention',
  )
  if (!row) return { retention: DEFAULT_RETENTION, bodiesDone: '' }
  const { bodies_done: bodiesDone, ...retention } = row
  return { retention, bodiesDone }
}

export const saveRetention = (tx: Sql, { bodies, quarantine, anonymous, attempts, audit }: Retention) =>
  tx.query(
    `insert into retention (id, bodies, quarantine, anonymous, attempts, audit) values (1, $1, $2, $3, $4, $5)
     on conflict (id) do update set bodies = $1, quarantine = $2, anonymous = $3, attempts = $4, audit = $5`,
    [bodies, quarantine, anonymous, attempts, audit],
  )

/** Every body up to this one that can expire has expired. */
export async function saveBodiesDone(tx: Sql, id: string): Promise<void> {
  const { retention } = await readRetention(tx)
  await saveRetention(tx, retention)
  await tx.query('update retention set bodies_done = $1', [id])
}
