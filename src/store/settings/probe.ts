import { type Sql } from '../engine/database.ts'

/** Commits one row, so that it is known whether the store can. Throws when it cannot. */
export async function probeStore(db: Pick<Sql, 'query'>, at: number): Promise<void> {
  await db.query('insert into probe (id, at) values (1, $1) on conflict (id) do update set at = $1', [at])
}

/** When something was committed so last, by the clock of that time. */
export async function probedAt(db: Pick<Sql, 'query'>): Promise<number | undefined> {
  const [row] = await db.query<{ at: number }>('select at from probe where id = 1')
  return row?.at
}
