import { readFile } from 'node:fs/promises'
import { type Database, type Param } from '../src/store/engine/database.ts'
import { migrate } from '../src/store/engine/migrate.ts'
import { migrations } from '../src/store/migrations/all.ts'

type Cell = Param | { readonly hex: string }
type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }

/** Parents before their children. */
const TABLES = [
  ...['source', 'source_secret', 'token', 'credential', 'integration', 'seal', 'inbox', 'fact', 'tally', 'delivery'],
  ...['delivered', 'attempt'],
]

/** The last migration of the first release. */
export const RELEASED = 10

type ReleasedStore = {
  /** The file with the key that seals its secrets. */
  readonly keyFile: Buffer
  /** Fills an empty database. */
  fill(db: Database): Promise<void>
}

/**
 * A store as the first release made it, which ran against the simulator of its time (`fixtures/released-store.json`):
 * webhooks of both families, a clash of merge tags, debts of every status but sending. What only time or a crash makes
 * is added here: bodies that expired, an open batch, and names that a document may have but PostgreSQL's JSON not.
 */
export async function releasedStore(): Promise<ReleasedStore> {
  const text = await readFile(new URL('fixtures/released-store.json', import.meta.url), 'utf8')
  const { key, ...tables } = JSON.parse(text) as { readonly key: string } & Readonly<Record<string, Table>>
  return {
    keyFile: Buffer.from(key, 'hex'),
    async fill(db) {
      await migrate(
        db,
        migrations.filter(({ version }) => version <= RELEASED),
      )
      for (const name of TABLES) {
        const table = tables[name]
        if (table === undefined || typeof table === 'string') throw new Error(`the fixture has no ${name}`)
        await insertAll(db, name, table)
      }
      for (const [statement, params] of AGED) await db.query(statement, params)
    },
  }
}

async function insertAll(db: Database, name: string, { columns, rows }: Table): Promise<void> {
  const places = columns.map((_, index) => `$${index + 1}`)
  const text = `insert into ${name} (${columns.join(', ')}) values (${places.join(', ')})`
  for (const row of rows)
    await db.query(
      text,
      row.map(cell =>
        typeof cell === 'object' && cell !== null && 'hex' in cell ? Buffer.from(cell.hex, 'hex') : cell,
      ),
    )
}

const HOSTILE = String.raw`"name":"a \u0000 and \ud800, \\u0000",`

const NUL = String.raw`\u0000`

const AGED: readonly (readonly [statement: string, params: readonly Param[]])[] = [
  [`update inbox set raw = $1 where id = (select inbox_id from fact where entity_id = 'ottos')`, [new Uint8Array()]],
  [
    `update fact set content = replace(content, '"value":"FR"}', $1) where entity_id = 'u-n-4'`,
    [`"value":"F${NUL}R"},{"path":["metadata","a"],"value":"\\ud83d"}`],
  ],
  [
    `update fact set content = replace(content, '{"createdAt"', '{"cause":{"id":"e-1"},"createdAt"')
      where entity_id = 'u-n-4'`,
    [],
  ],
  [`update delivered set fields = $1 where person = 'pia@example.test'`, [`{"NEWS":"true","X":"${NUL}"}`]],
  [`update integration set settings = replace(settings, '"name":"second",', $1)`, [HOSTILE]],
  [
    `insert into batch (id, credential_id, mailchimp_id, state, operations, created_at, submitted_at, poll_at, deadline_at)
     select 'bat_open', id, 'abc', 'submitted', 1, 1795424400000, 1795424400000, 1795424400000, 1795510800000
       from credential`,
    [],
  ],
]
