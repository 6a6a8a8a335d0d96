import { type Fact } from '../domain/fact.ts'
import { type Sql } from './database.ts'
import { FACT, factIn, type FactRow } from './facts.ts'
import { storable } from './json-rows.ts'

/** A fact as it is looked up: whose it is, and with which body it came in. */
export type ListedFact = {
  readonly id: string
  readonly fact: Fact
  readonly sourceId: string
  readonly inboxId: string
  readonly person: string | undefined
}

type Row = Omit<FactRow, 'person'> & { person: string | null; inbox_id: string }

const listedIn = (row: Row): ListedFact => ({
  id: row.id,
  fact: factIn(row),
  sourceId: row.source_id,
  inboxId: row.inbox_id,
  person: row.person ?? undefined,
})

export type FactFilter = {
  readonly sourceId?: string | undefined
  readonly person?: string | undefined
  readonly before: string
  readonly limit: number
}

/** Facts of a source, of a person, or of all, the newest first, before the id `before`. */
export async function listFacts(sql: Sql, { sourceId = '', person, before, limit }: FactFilter): Promise<ListedFact[]> {
  const [facts, order] = listing(sourceId, person)
  const cursor = `(${order}) < (select ${order} from fact f where f.id = $3)`
  const rows = await sql.query<Row>(
    `select ${FACT}, f.inbox_id from ${facts} and ${before === '' ? `$3 = ''` : cursor}
      order by ${order.replaceAll(',', ' desc,')} desc limit $4`,
    [storable(sourceId), storable(person ?? ''), before, limit],
  )
  return rows.map(listedIn)
}

// `cross join` tells SQLite to begin with the few sources, and then to look each up with the person.
/** What each filter reads, and by which columns it is in order: by an index that has just its facts. */
function listing(sourceId: string, person: string | undefined): readonly [facts: string, order: string] {
  if (person !== undefined)
    return [`source s cross join fact f where f.source_id = s.id and f.person = $2 and ($1 = '' or s.id = $1)`, 'f.id']
  if (sourceId !== '') return [`fact f where f.source_id = $1 and $2 = ''`, 'f.received_at, f.id']
  return [`fact f where $1 = '' and $2 = ''`, 'f.id']
}

export async function findFact(sql: Sql, id: string): Promise<ListedFact | undefined> {
  const [row] = await sql.query<Row>(`select ${FACT}, f.inbox_id from fact f where f.id = $1`, [id])
  return row && listedIn(row)
}
