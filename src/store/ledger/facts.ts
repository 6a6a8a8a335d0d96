import { type Fact } from '../../domain/fact.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'
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

const COLUMNS = {
  id: 'text',
  source_id: 'text',
  inbox_id: 'text',
  key: 'text',
  family: 'text',
  kind: 'text',
  entity_id: 'text',
  user_id: 'text',
  person: 'text',
  at: 'bigint',
  received_at: 'bigint',
  regulation: 'text',
  status: 'text',
  content: 'text',
} as const

/** What no statement asks for; what is undefined is left out. */
/** What Didomi's entity said after the record stands under `now`, as in every row since the first release. */
const CONTENT = jsonColumn<Pick<Fact, 'createdAt' | 'before' | 'cause'> & { readonly now: Fact['after'] }>()

const NAMES = Object.keys(COLUMNS).join(', ')

/**
 * Appends facts; one that the source told before changes nothing (I2), even if it was erased since. Returns the ids of
 * those that are new.
 */
export async function appendFacts(tx: Sql, facts: readonly StoredFact[]): Promise<Set<string>> {
  const rows = facts.map(({ fact, sourceId, inboxId, key, person }) => ({
    id: fact.id,
    source_id: sourceId,
    inbox_id: inboxId,
    key,
    family: fact.family,
    kind: fact.kind,
    entity_id: fact.entityId,
    user_id: fact.userId,
    person: person ?? null,
    at: fact.at,
    received_at: fact.receivedAt,
    regulation: fact.regulation,
    status: fact.status,
    content: CONTENT.write({ createdAt: fact.createdAt, now: fact.after, before: fact.before, cause: fact.cause }),
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

/** A deletion often does not say whose: finds the person in what else was told about the entity (R6). */
export async function adoptDeletions(tx: Sql, entities: readonly Entity[]): Promise<SourcePerson[]> {
  const rows = jsonRows(tx.dialect, '$1', { source_id: 'text', entity_id: 'text' })
  const adopted = await tx.query<SourcePersonRow>(
    `update fact set person = (select f.person from fact f
        where f.source_id = fact.source_id and f.entity_id = fact.entity_id and f.person is not null
        order by f.id limit 1)
      where kind = 'deleted' and person is null
        and (source_id, entity_id) in (select r.source_id, r.entity_id from ${rows})
        and exists (select 1 from fact f
          where f.source_id = fact.source_id and f.entity_id = fact.entity_id and f.person is not null)
      returning source_id, person`,
    [JSON.stringify(entities.map(({ sourceId, entityId }) => ({ source_id: sourceId, entity_id: entityId })))],
  )
  return adopted.map(sourcePersonIn)
}

export type FactRow = {
  id: string
  source_id: string
  family: Fact['family']
  kind: Fact['kind']
  entity_id: string
  user_id: string
  person: string
  at: number
  received_at: number
  regulation: string
  status: Fact['status']
  content: string
}

/** The columns of a fact `f` that make a `FactRow`. */
export const FACT = `f.id, f.source_id, f.family, f.kind, f.entity_id, f.user_id, f.person, f.at, f.received_at,
            f.regulation, f.status, f.content`

/** Everything that was told about these persons, by `sourceId` and person. */
export async function factsOf(sql: Sql, people: readonly SourcePerson[]): Promise<Map<string, Fact[]>> {
  const rows = await sql.query<FactRow>(
    `select ${FACT}
       from ${jsonRows(sql.dialect, '$1', PERSON_COLUMNS)}
       join fact f on f.source_id = r.source_id and f.person = r.person
      order by f.id`,
    [personRows(people)],
  )
  const facts = new Map<string, Fact[]>()
  for (const row of rows) {
    const key = personKey(sourcePersonIn(row))
    const own = facts.get(key)
    if (own) own.push(factIn(row))
    else facts.set(key, [factIn(row)])
  }
  return facts
}

export const factIn = (row: Omit<FactRow, 'source_id' | 'person'>): Fact => ({
  id: row.id,
  family: row.family,
  kind: row.kind,
  entityId: row.entity_id,
  userId: row.user_id,
  at: row.at,
  receivedAt: row.received_at,
  regulation: row.regulation,
  status: row.status,
  ...contentIn(row),
})

function contentIn(row: Pick<FactRow, 'content'>) {
  const { now: after, ...content } = CONTENT.read(row.content)
  return { ...content, after }
}

/** The sources that told anything about this person. */
export async function sourcesKnowing(sql: Sql, person: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select s.id from source s where exists (select 1 from fact f where f.source_id = s.id and f.person = $1)
      order by s.id`,
    [person],
  )
  return rows.map(row => row.id)
}
