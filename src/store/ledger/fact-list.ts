import { type Fact } from '../../domain/fact.ts'
import { type Param, type Sql } from '../engine/database.ts'
import { FACT, factIn, type FactRow } from './facts.ts'
import { storable } from '../engine/json-rows.ts'

/** A fact as it is looked up: whose it is, and with which body it came in. */
export type ListedFact = {
  readonly id: string
  readonly fact: Fact
  readonly sourceId: string
  readonly inboxId: string
  readonly person: string | undefined
}

export type ListedRow = FactRow & { inbox_id: string }

/** The columns of a fact `f` that make a `ListedRow`. */
export const LISTED = `${FACT}, f.inbox_id`

export const listedIn = (row: ListedRow): ListedFact => ({
  id: row.id,
  fact: factIn(row),
  sourceId: row.source_id,
  inboxId: row.inbox_id,
  person: row.person ?? undefined,
})

export type FactFilter = {
  readonly sourceId?: string | undefined
  readonly person?: string | undefined
  /** Received at or after. */
  readonly from?: number | undefined
  /** Received before. */
  readonly to?: number | undefined
  readonly before: string
  readonly limit: number
}

export const NEWEST_FIRST = 'order by f.received_at desc, f.id desc'

/** Facts of a source, of a person, or of all, received in a time, the newest first, before the fact `before`. */
export async function listFacts(sql: Sql, filter: FactFilter): Promise<ListedFact[]> {
  const rows = await sql.query<ListedRow>(
    `select ${LISTED} from ${factsFor(filter)} and ${isInTime(filter)} ${NEWEST_FIRST} limit $6`,
    paramsOf(filter),
  )
  return rows.map(listedIn)
}

export const paramsOf = ({ sourceId, person, from, to, before, limit }: FactFilter): Param[] => [
  storable(sourceId ?? ''),
  storable(person ?? ''),
  from ?? 0,
  to ?? Number.MAX_SAFE_INTEGER,
  before,
  limit,
]

// `cross join` tells SQLite to begin with the few sources, and then to look each up with the person.
/** The facts `f` of a source and a person ($1, $2), by an index that has just these. */
export function factsFor({ sourceId = '', person }: FactFilter): string {
  if (person !== undefined)
    return `source s cross join fact f where f.source_id = s.id and f.person = $2 and ($1 = '' or s.id = $1)`
  if (sourceId !== '') return `fact f where f.source_id = $1 and $2 = ''`
  return `fact f where $1 = '' and $2 = ''`
}

// `+` keeps SQLite from reading a person's facts by time, and from reading all pages before this one.
/** The fact `f` was received from $3 on and before $4, and comes after the fact $5. */
export function isInTime({ person, before }: FactFilter): string {
  const at = person === undefined ? 'f.received_at' : '+f.received_at'
  if (before === '') return `${at} >= $3 and ${at} < $4 and $5 = ''`
  return `${at} >= $3 and +f.received_at < $4
        and (${at}, f.id) < (select b.received_at, b.id from fact b where b.id = $5)`
}

export async function findFact(sql: Sql, id: string): Promise<ListedFact | undefined> {
  const [row] = await sql.query<ListedRow>(`select ${LISTED} from fact f where f.id = $1`, [id])
  return row && listedIn(row)
}
