import { type AtMailchimp, type Obstacle } from '../../domain/erasure.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'

/** How much of each was kept of a person. */
export type Erased = {
  readonly facts: number
  readonly bodies: number
  readonly attempts: number
  readonly deliveries: number
}

/** What could not be proved at Mailchimp in its time. */
type Unproven = { readonly integrationId: string; readonly obstacle: Obstacle }

/** R34: the erasure of one person. */
export type Erasure = {
  readonly id: string
  /** Undefined once nothing of them is left. */
  readonly person: string | undefined
  readonly atMailchimp: AtMailchimp
  /** PostgreSQL writes the tables again, so that no dead row is left in its files. */
  readonly isThorough: boolean
  readonly actor: string
  readonly askedAt: number
  /** It waits no longer than that for Mailchimp. */
  readonly endsBy: number
  /** When their data went. */
  readonly erasedAt: number | undefined
  /** When it had gone from the files of the store as well. */
  readonly endedAt: number | undefined
  readonly erased: Erased | undefined
  readonly unproven: readonly Unproven[]
}

type Row = {
  id: string
  person: string | null
  at_mailchimp: AtMailchimp
  thorough: number
  actor: string
  asked_at: number
  ends_by: number
  erased_at: number | null
  ended_at: number | null
  counts: string | null
  unproven: string | null
}

const ERASED = jsonColumn<Erased>()
const UNPROVEN = jsonColumn<readonly Unproven[]>()

const erasureIn = (row: Row): Erasure => ({
  id: row.id,
  person: row.person ?? undefined,
  atMailchimp: row.at_mailchimp,
  isThorough: row.thorough === 1,
  actor: row.actor,
  askedAt: row.asked_at,
  endsBy: row.ends_by,
  erasedAt: row.erased_at ?? undefined,
  endedAt: row.ended_at ?? undefined,
  erased: row.counts === null ? undefined : ERASED.read(row.counts),
  unproven: row.unproven === null ? [] : UNPROVEN.read(row.unproven),
})

type NewErasure = Omit<Erasure, 'person' | 'erasedAt' | 'endedAt' | 'erased' | 'unproven'> & { readonly person: string }

/** Begins the erasure of a person; false when theirs is under way already. */
export async function insertErasure(tx: Sql, erasure: NewErasure): Promise<boolean> {
  const { id, person, atMailchimp, isThorough, actor, askedAt, endsBy } = erasure
  const rows = await tx.query(
    `insert into erasure (id, person, at_mailchimp, thorough, actor, asked_at, ends_by)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (person) where person is not null do nothing returning id`,
    [id, person, atMailchimp, isThorough ? 1 : 0, actor, askedAt, endsBy],
  )
  return rows.length > 0
}

/** Those that have not ended, the oldest first. */
export async function openErasures(sql: Sql): Promise<Erasure[]> {
  return (await sql.query<Row>('select * from erasure where ended_at is null order by id')).map(erasureIn)
}

export async function findErasure(sql: Sql, id: string): Promise<Erasure | undefined> {
  const [row] = await sql.query<Row>('select * from erasure where id = $1', [id])
  return row && erasureIn(row)
}

/** The erasure of a person that is under way. */
export async function erasureOf(sql: Sql, person: string): Promise<Erasure | undefined> {
  const [row] = await sql.query<Row>('select * from erasure where person = $1', [person])
  return row && erasureIn(row)
}

/** Erasures, the newest first. */
export async function listErasures(
  sql: Sql,
  { before, limit }: { readonly before: string; readonly limit: number },
): Promise<Erasure[]> {
  const rows = await sql.query<Row>(`select * from erasure where ($1 = '' or id < $1) order by id desc limit $2`, [
    before,
    limit,
  ])
  return rows.map(erasureIn)
}

/** By when what these persons chose is being erased, and denied at Mailchimp (R34); a person without an erasure is not in it. */
export async function erasedByOf(sql: Sql, people: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ person: string; asked_at: number }>(
    `select e.person, e.asked_at from ${jsonRows(sql.dialect, '$1', { person: 'text' })}
       join erasure e on e.person = r.person where e.at_mailchimp = 'deny'`,
    [JSON.stringify([...new Set(people)].map(person => ({ person })))],
  )
  return new Map(rows.map(row => [row.person, row.asked_at]))
}

type Gone = Pick<Erasure, 'id' | 'unproven'> & { readonly at: number; readonly erased: Erased }

/** Their data is gone, and with it their id. */
export const markErased = (tx: Sql, { id, at, erased, unproven }: Gone) =>
  tx.query('update erasure set person = null, erased_at = $2, counts = $3, unproven = $4 where id = $1', [
    id,
    at,
    ERASED.write(erased),
    unproven.length === 0 ? null : UNPROVEN.write(unproven),
  ])

export const markEnded = (sql: Sql, { id, at }: { readonly id: string; readonly at: number }) =>
  sql.query('update erasure set ended_at = $2 where id = $1 and ended_at is null', [id, at])
