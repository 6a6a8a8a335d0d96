import { type Noted } from '../../domain/clock-difference.ts'
import { type Sql } from '../engine/database.ts'

/**
 * Commits two rows, so that it is known whether the store can: the time of the service, and the right one (R31). Gives
 * the time of the database in ms, where that has a clock of its own.
 */
export async function probeStore(
  db: Pick<Sql, 'query' | 'dialect'>,
  { at, rightAt }: Noted,
): Promise<number | undefined> {
  const named = db.dialect === 'postgres' ? ` returning ${CLOCK} as named` : ''
  const [row] = await db.query<{ named: number }>(
    `insert into probe (id, at) values (1, $1), (2, $2) on conflict (id) do update set at = excluded.at${named}`,
    [at, rightAt],
  )
  return row?.named
}

const CLOCK = 'cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)'

/** What was committed so last. A release that knew of no right time took its own for it. */
export async function notedLast(db: Pick<Sql, 'query'>): Promise<Noted | undefined> {
  const [own, right] = await db.query<{ at: number }>('select at from probe where id in (1, 2) order by id')
  return own && { at: own.at, rightAt: right?.at ?? own.at }
}
