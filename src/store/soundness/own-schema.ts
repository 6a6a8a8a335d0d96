import { type Sql } from '../engine/database.ts'
import { dumpSchema, schemaMadeBy } from '../engine/dump-schema.ts'
import { assertKnown, type Applied, type Migration } from '../engine/migrate.ts'

type Reading = Pick<Sql, 'query' | 'dialect'>

/**
 * What is not as the migrations made it that the store says it has, if anything: a migration, a table, a column or an
 * index. What an operator added is left alone.
 */
export async function strangeIn(reading: Reading, migrations: readonly Migration[]): Promise<string | undefined> {
  const applied = await reading.query<Applied>('select version, name from migration order by version')
  assertKnown(applied, migrations)
  const last = applied.at(-1)?.version ?? 0
  const due = migrations.filter(({ version }) => version <= last)
  const missing = due.find(({ version }) => !applied.some(each => each.version === version))
  if (missing) return `has no migration ${missing.version} (${missing.name}), though it has a later one`
  const there = new Set(statementsOf(await dumpSchema(reading)))
  const expected = await schemaMadeBy(due.flatMap(({ sql }) => sql('sqlite')))
  const other = statementsOf(expected).find(statement => !there.has(statement))
  return other === undefined ? undefined : `differs from schema ${last}, which it says it has, in ${titleOf(other)}`
}

const statementsOf = (schema: string): readonly string[] => schema.split(/;\n/).filter(text => text !== '')

/** `create table fact (…` is table fact. */
const titleOf = (statement: string): string => {
  const [, kind = '', name = ''] = /^create (?:unique )?(\w+) (?:if not exists )?"?(\w+)/i.exec(statement) ?? []
  return `${kind.toLowerCase()} ${name}`
}
