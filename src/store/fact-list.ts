import { type Fact } from '../domain/fact.ts'
import { type Sql } from './database.ts'
import { FACT, factIn, type FactRow } from './facts.ts'

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
  const rows = await sql.query<Row>(
    `select ${FACT}, f.inbox_id from ${startingFrom(sourceId, person)} and ($3 = '' or f.id < $3)
      order by f.id desc limit $4`,
    [sourceId, person ?? '', before, limit],
  )
  return rows.map(listedIn)
}

/** Each filter begins with an index that finds just its facts, however many others there are. */
function startingFrom(sourceId: string, person: string | undefined): string {
  if (person !== undefined)
    return `source s join fact f on f.source_id = s.id and f.person = $2 where ($1 = '' or s.id = $1)`
  return sourceId === '' ? `fact f where $1 = '' and $2 = ''` : `fact f where f.source_id = $1 and $2 = ''`
}

export async function findFact(sql: Sql, id: string): Promise<ListedFact | undefined> {
  const [row] = await sql.query<Row>(`select ${FACT}, f.inbox_id from fact f where f.id = $1`, [id])
  return row && listedIn(row)
}
