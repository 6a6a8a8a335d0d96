import { type Noted } from '../../domain/clock-difference.ts'
import { type Sql } from '../engine/database.ts'

/** Commits two rows, so that it is known whether the store can: the time of the service, and the right one (R31). */
export async function probeStore(db: Pick<Sql, 'query'>, { at, rightAt }: Noted): Promise<void> {
  await db.query('insert into probe (id, at) values (1, $1), (2, $2) on conflict (id) do update set at = excluded.at', [
    at,
    rightAt,
  ])
}

/** What was committed so last. A release that knew of no right time took its own for it. */
export async function notedLast(db: Pick<Sql, 'query'>): Promise<Noted | undefined> {
  const [own, right] = await db.query<{ at: number }>('select at from probe where id in (1, 2) order by id')
  return own && { at: own.at, rightAt: right?.at ?? own.at }
}
