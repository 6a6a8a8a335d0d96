import { type Sql } from '../engine/database.ts'

type Reading = Pick<Sql, 'query'>

type Depth = {
  /** Tables with more rows than this are left out. */
  readonly mostRows?: number
  /** Indexes are compared with their tables, too, which takes four times as long. */
  readonly indexes?: boolean
  /** Asked before each table; true ends it there. */
  readonly isOver?: () => boolean
}

type Looked = {
  /** What SQLite said first of the damage, if there is any. */
  readonly damage: string | undefined
  /** Every table was looked at. */
  readonly isWhole: boolean
}

/** Looks for damaged pages, table by table, the smallest first, so that no single step is longer than its table. */
export async function lookForDamage(reading: Reading, depth: Depth = {}): Promise<Looked> {
  const { mostRows = Infinity, indexes = false, isOver = () => false } = depth
  const check = indexes ? 'integrity_check' : 'quick_check'
  let isWhole = true
  for (const { name, rows } of await tablesBySize(reading)) {
    if (isOver() || rows > mostRows) {
      isWhole = false
      continue
    }
    const [first] = await reading.query<{ said: string }>(`select ${check} as said from pragma_${check}($1)`, [name])
    if (first?.said !== 'ok') return { damage: `table ${name}: ${first?.said ?? 'no answer'}`, isWhole }
  }
  return { damage: undefined, isWhole }
}

async function tablesBySize(reading: Reading): Promise<readonly { name: string; rows: number }[]> {
  const tables = await reading.query<{ name: string }>(
    `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
  )
  const sizes = []
  for (const { name } of tables) {
    const [last] = await reading.query<{ rows: number | null }>(`select max(rowid) as rows from ${quoted(name)}`)
    sizes.push({ name, rows: last?.rows ?? 0 })
  }
  return sizes.sort((a, b) => a.rows - b.rows)
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
