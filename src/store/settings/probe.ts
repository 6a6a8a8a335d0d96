import { type Sql } from '../engine/database.ts'

/** Commits one row, so that it is known whether the store can. Throws when it cannot. */
export async function probeStore(db: Pick<Sql, 'query'>, at: number): Promise<void> {
  await db.query('insert into probe (id, at) values (1, $1) on conflict (id) do update set at = $1', [at])
}
