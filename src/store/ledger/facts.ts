import { type Fact } from '../../domain/fact.ts'
import { isAdopted } from '../../domain/standing.ts'
import { type Weight } from '../../domain/weight.ts'
import { type Sql } from '../engine/database.ts'
import { timeOf } from '../engine/ids.ts'
import { jsonRows } from '../engine/json-rows.ts'
import { contentIn, contentText } from './fact-content.ts'
import {
  PERSON_COLUMNS,
  personKey,
  personRows,
  sourcePersonIn,
  type SourcePerson,
  type SourcePersonRow,
} from './source-person.ts'

/** A fact with the columns it is found by. */
export type StoredFact = {
  readonly fact: Fact
  readonly sourceId: string
  readonly inboxId: string
  readonly key: string
  readonly person: string | undefined
}

/** What the reader makes of a record; another release of it may make something else. */
export const READ_COLUMNS = {
  key: 'text',
  entity_id: 'text',
  user_id: 'text',
  person: 'text',
  adopted: 'bigint',
  cause_id: 'text',
  at: 'bigint',
  status: 'text',
  regulation: 'text',
  content: 'text',
} as const

const COLUMNS = {
  id: 'text',
  source_id: 'text',
  inbox_id: 'text',
  family: 'text',
  kind: 'text',
  received_at: 'bigint',
  ...READ_COLUMNS,
} as const

/** A row of `READ_COLUMNS`, with the id of its fact. */
export const readRow = ({ fact, key, person }: StoredFact) => ({
  id: fact.id,
  key,
  entity_id: fact.entityId,
  user_id: fact.userId,
  person: person ?? null,
  adopted: isAdopted(fact, person) ? 1 : 0,
  cause_id: fact.cause?.id ?? null,
  at: fact.at,
  status: fact.status,
  regulation: fact.regulation,
  content: contentText(fact),
})

const NAMES = Object.keys(COLUMNS).join(', ')

/**
 * Appends facts; a repeat from the source changes nothing (I2), even if it was erased since. Returns the ids of
 * those that are new.
 */
export async function appendFacts(tx: Sql, facts: readonly StoredFact[]): Promise<Set<string>> {
  const rows = facts.map(stored => ({
    ...readRow(stored),
    source_id: stored.sourceId,
    inbox_id: stored.inboxId,
    family: stored.fact.family,
    kind: stored.fact.kind,
    received_at: stored.fact.receivedAt,
  }))
  const appended = await tx.query<{ id: string }>(
    `insert into fact (${NAMES}) select ${NAMES} from ${jsonRows(tx.dialect, '$1', COLUMNS)}
      where not exists (select 1 from tombstone t where t.source_id = r.source_id and t.key = r.key)
     on conflict (source_id, key) do nothing returning id`,
    [JSON.stringify(rows)],
  )
  return new Set(appended.map(row => row.id))
}

type Entity = { readonly sourceId: string; readonly entityId: string }

type AdoptedDeletion = SourcePerson & { readonly userId: string }

/**
 * A deletion often does not say whose: finds the person and the Didomi user in other facts about the entity, or
 * as its cause (R6). Gives the persons of those that were found now.
 */
export async function adoptDeletions(tx: Sql, entities: readonly Entity[]): Promise<AdoptedDeletion[]> {
  const rows = jsonRows(tx.dialect, '$1', { source_id: 'text', entity_id: 'text' })
  const known = (column: string) => `(select f.${column} from fact f
        where f.source_id = fact.source_id and (f.entity_id = fact.entity_id or f.cause_id = fact.entity_id)
          and f.person is not null order by f.id limit 1)`
  const adopted = await tx.query<SourcePersonRow & { user_id: string }>(
    `update fact set person = ${known('person')}, adopted = 1,
            user_id = case when user_id = '' then ${known('user_id')} else user_id end
      where kind = 'deleted' and person is null
        and (source_id, entity_id) in (select r.source_id, r.entity_id from ${rows})
        and exists (select 1 from fact f
          where f.source_id = fact.source_id and (f.entity_id = fact.entity_id or f.cause_id = fact.entity_id)
            and f.person is not null)
      returning source_id, person, user_id`,
    [JSON.stringify(entities.map(({ sourceId, entityId }) => ({ source_id: sourceId, entity_id: entityId })))],
  )
  return adopted.map(row => ({ ...sourcePersonIn(row), userId: row.user_id }))
}

export type FactRow = {
  id: string
  source_id: string
  family: Fact['family']
  kind: Fact['kind']
  entity_id: string
  user_id: string
  person: string | null
  /** Whether the person was found by the Didomi user or the entity, since the record names none. */
  adopted: number
  at: number
  received_at: number
  regulation: string
  status: Fact['status']
  content: string
}

/** The columns of a fact `f` that make a `FactRow`. */
export const FACT = `f.id, f.source_id, f.family, f.kind, f.entity_id, f.user_id, f.person, f.adopted, f.at,
            f.received_at, f.regulation, f.status, f.content`

// A shared user may have written very many people, so only what names this one is read (R5).
/**
 * All facts of the Didomi users that ever wrote these persons, and all others about them, by
 * `personKey`. Whose each fact is, is for the domain to say.
 */
export async function factsOf(sql: Sql, people: readonly SourcePerson[]): Promise<Map<string, Fact[]>> {
  const persons = jsonRows(sql.dialect, '$1', PERSON_COLUMNS)
  const rows = await sql.query<FactRow & { of_person: string }>(
    `select ${FACT}, r.person as of_person
       from ${persons} join link l on l.source_id = r.source_id and l.person = r.person and l.shared = 0
       join fact f on f.source_id = l.source_id and f.user_id = l.user_id
     union all
     select ${FACT}, r.person
       from ${persons} join fact f on f.source_id = r.source_id and f.person = r.person
      where not exists (select 1 from link l where l.source_id = f.source_id and l.user_id = f.user_id
          and l.person = r.person and l.shared = 0)
      order by id`,
    [personRows(people)],
  )
  const facts = new Map<string, Fact[]>()
  for (const row of rows) {
    const key = personKey({ sourceId: row.source_id, person: row.of_person })
    const own = facts.get(key)
    if (own) own.push(factIn(row))
    else facts.set(key, [factIn(row)])
  }
  return facts
}

/** How much `factsOf` would read of each of these persons, by `personKey`. */
export async function weightsOf(sql: Sql, people: readonly SourcePerson[]): Promise<Map<string, Weight>> {
  const persons = jsonRows(sql.dialect, '$1', PERSON_COLUMNS)
  const rows = await sql.query<SourcePersonRow & { facts: number; bytes: number }>(
    `select source_id, person, count(*) as facts, cast(sum(bytes) as bigint) as bytes from (
       select r.source_id, r.person, octet_length(f.content) as bytes
         from ${persons} join link l on l.source_id = r.source_id and l.person = r.person and l.shared = 0
         join fact f on f.source_id = l.source_id and f.user_id = l.user_id
       union all
       select r.source_id, r.person, octet_length(f.content)
         from ${persons} join fact f on f.source_id = r.source_id and f.person = r.person
        where not exists (select 1 from link l where l.source_id = f.source_id and l.user_id = f.user_id
            and l.person = r.person and l.shared = 0)
     ) told group by source_id, person`,
    [personRows(people)],
  )
  return new Map(rows.map(({ facts, bytes, ...row }) => [personKey(sourcePersonIn(row)), { facts, bytes }]))
}

export const factIn = (row: Omit<FactRow, 'source_id'>): Fact => ({
  id: row.id,
  family: row.family,
  kind: row.kind,
  entityId: row.entity_id,
  userId: row.user_id,
  names: row.adopted === 1 ? undefined : (row.person ?? undefined),
  at: row.at,
  receivedAt: row.received_at,
  regulation: row.regulation,
  status: row.status,
  ...contentIn(row),
})

/** The sources with facts about this person. */
export async function sourcesKnowing(sql: Sql, person: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select s.id from source s where exists (select 1 from fact f where f.source_id = s.id and f.person = $1)
      order by s.id`,
    [person],
  )
  return rows.map(row => row.id)
}

/** When the newest fact was made, by the clock of the process that gave its id; undefined without facts. */
export async function newestFactAt(sql: Sql): Promise<number | undefined> {
  const [row] = await sql.query<{ id: string | null }>('select max(id) as id from fact')
  return row?.id ? timeOf(row.id) : undefined
}
