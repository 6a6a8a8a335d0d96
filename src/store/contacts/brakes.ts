import { ANSWERED_WITHIN, COUNTED_FOR, type Brake, type BrakeDecision } from '../../domain/brake.ts'
import { HOUR } from '../../domain/instant.ts'
import { newDeliveryId } from '../debts/deliveries.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { samplesOf, type BrakeSample } from './braked-targets.ts'

/** The problem *many retractions* of a source (R33). */
type KeptBrake = Brake & { readonly id: string; readonly sourceId: string }

type BrakeRow = { id: string; source_id: string; since: number; decision: BrakeDecision | null }

const brakeIn = ({ id, source_id: sourceId, since, decision }: BrakeRow): KeptBrake => ({
  id,
  sourceId,
  since,
  decision: decision ?? undefined,
})

/** No other transaction counts or answers retractions of this source until this one ends. SQLite takes turns anyway. */
export async function lockBrakes(tx: Sql, sourceId: string): Promise<void> {
  if (tx.dialect === 'postgres') await tx.query('select id from source where id = $1 for no key update', [sourceId])
}

/** The open problem of a source, and those of these ids. */
export async function brakesOf(
  sql: Sql,
  { sourceId, ids }: { readonly sourceId: string; readonly ids: readonly string[] },
): Promise<KeptBrake[]> {
  const rows = await sql.query<BrakeRow>(
    `select id, source_id, since, decision from brake where source_id = $2 and decision is null
      union select b.id, b.source_id, b.since, b.decision
        from ${jsonRows(sql.dialect, '$1', { id: 'text' })} join brake b on b.id = r.id`,
    [JSON.stringify(ids.map(id => ({ id }))), sourceId],
  )
  return rows.map(brakeIn)
}

export async function findBrake(sql: Sql, id: string): Promise<KeptBrake | undefined> {
  const [row] = await sql.query<BrakeRow>('select id, source_id, since, decision from brake where id = $1', [id])
  return row && brakeIn(row)
}

/** A problem of a source that has none which is open; gives its id. */
export async function openBrake(tx: Sql, { sourceId, now }: { sourceId: string; now: number }): Promise<string> {
  await releaseUnanswered(tx, now)
  const id = `'brk' || substr(${newDeliveryId(tx.dialect, '$2')}, 4)`
  const [row] = await tx.query<{ id: string }>(
    `insert into brake (id, source_id, since) select ${id}, $1, $2 where true returning id`,
    [sourceId, now],
  )
  if (!row) throw new Error('a problem without an id')
  return row.id
}

type Answer = {
  readonly id: string
  readonly decision: BrakeDecision
  readonly at: number
  readonly by: string | undefined
}

export const answerBrake = (tx: Sql, { id, decision, at, by }: Answer) =>
  tx.query('update brake set decision = $2, decided_at = $3, decided_by = $4 where id = $1', [
    id,
    decision,
    at,
    by ?? null,
  ])

/** Answers with yes what was not answered in time, and what nothing waits behind any more. */
export const releaseUnanswered = (tx: Sql, now: number) =>
  tx.query(
    `update brake set decision = 'release', decided_at = $1
      where decision is null and (since <= $2
         or not exists (select 1 from braked_target t where t.brake_id = brake.id and t.waits = 1))`,
    [now, now - ANSWERED_WITHIN],
  )

/** The people of a source who lost something within the last hour: how many they are, and who of these is among them. */
export async function lostLately(
  tx: Sql,
  { sourceId, people, now }: { readonly sourceId: string; readonly people: readonly string[]; readonly now: number },
): Promise<{ readonly counted: number; readonly among: ReadonlySet<string> }> {
  const [all] = await tx.query<{ n: number }>('select count(*) as n from retracted where source_id = $1 and at > $2', [
    sourceId,
    now - COUNTED_FOR,
  ])
  const among = await tx.query<{ person: string }>(
    `select t.person from ${jsonRows(tx.dialect, '$1', { person: 'text' })}
       join retracted t on t.source_id = $2 and t.person = r.person and t.at > $3`,
    [JSON.stringify(people.map(person => ({ person }))), sourceId, now - COUNTED_FOR],
  )
  return { counted: all?.n ?? 0, among: new Set(among.map(({ person }) => person)) }
}

export const countLost = (
  tx: Sql,
  { sourceId, people, now }: { readonly sourceId: string; readonly people: readonly string[]; readonly now: number },
) =>
  tx.query(
    `insert into retracted (source_id, person, at)
     select $2, r.person, $3 from ${jsonRows(tx.dialect, '$1', { person: 'text' })} where true
     on conflict (source_id, person) do update set at = excluded.at`,
    [JSON.stringify([...new Set(people)].map(person => ({ person }))), sourceId, now],
  )

/** Who lost something longer ago counts no more. */
export const forgetLost = (tx: Sql, now: number) =>
  tx.query('delete from retracted where source_id in (select id from source) and at <= $1', [now - COUNTED_FOR])

/** How many people a source has. They are counted once an hour: with millions, that takes a while. */
export async function peopleOf(tx: Sql, { sourceId, now }: { sourceId: string; now: number }): Promise<number> {
  const [kept] = await tx.query<{ people: number }>(
    'select people from source_size where source_id = $1 and counted_at > $2 and counted_at <= $3',
    [sourceId, now - HOUR, now],
  )
  if (kept) return kept.people
  const [row] = await tx.query<{ people: number }>(
    `insert into source_size (source_id, people, counted_at)
     select $1, (select count(distinct person) from fact where source_id = $1), $2 where true
     on conflict (source_id) do update set people = excluded.people, counted_at = excluded.counted_at
     returning people`,
    [sourceId, now],
  )
  return row?.people ?? 0
}

/** A problem with the people that it concerns now. */
export type ListedBrake = KeptBrake & {
  readonly decidedAt: number | undefined
  readonly decidedBy: string | undefined
  readonly debts: number
  readonly people: number
  readonly samples: readonly BrakeSample[]
}

type ListedRow = BrakeRow & { decided_at: number | null; decided_by: string | null; debts: number; people: number }

/** The problems that still hold something, the newest first. */
export async function listBrakes(
  sql: Sql,
  { before, limit, id = '' }: { before: string; limit: number; id?: string },
): Promise<ListedBrake[]> {
  const rows = await sql.query<ListedRow>(
    `select b.id, b.source_id, b.since, b.decision, b.decided_at, b.decided_by, count(t.debts) as debts,
            count(distinct t.person) as people
       from brake b left join (select brake_id, integration_id, person, count(*) as debts from braked_target
                                where waits = 1 group by brake_id, integration_id, person) t on t.brake_id = b.id
      where ($1 = '' or b.id < $1) and ($3 = '' or b.id = $3)
      group by b.id, b.source_id, b.since, b.decision, b.decided_at, b.decided_by
     having $3 <> '' or count(t.debts) > 0 order by b.id desc limit $2`,
    [before, limit, id],
  )
  const listed: ListedBrake[] = []
  for (const row of rows)
    listed.push({
      ...brakeIn(row),
      decidedAt: row.decided_at ?? undefined,
      decidedBy: row.decided_by ?? undefined,
      debts: row.debts,
      people: row.people,
      samples: await samplesOf(sql, row.id),
    })
  return listed
}
