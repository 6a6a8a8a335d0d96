import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { type Database } from './database.ts'
import { migrate, type Migration } from './migrate.ts'

const first: Migration = {
  version: 1,
  name: 'first',
  sql: () => ['create table thing (id text primary key, size bigint not null)', `insert into thing values ('a', 1)`],
}
const second: Migration = { version: 2, name: 'second', sql: () => ['create index thing_size on thing (size)'] }
const failing: Migration = { version: 2, name: 'failing', sql: () => ['create table other (id text)', 'nonsense'] }

describe.each(databases)('migrate on $name', ({ open }) => {
  let db: Database
  beforeEach(async () => {
    db = await open()
  })
  afterEach(() => db.close())

  const versions = async () => (await db.query('select version from migration order by version')).map(r => r.version)

  test('applies what is missing, in order, once', async () => {
    expect(await migrate(db, [first])).toEqual([first])
    expect(await migrate(db, [first, second])).toEqual([second])
    expect(await migrate(db, [first, second])).toEqual([])
    expect(await versions()).toEqual([1, 2])
  })

  test('leaves nothing of a migration that failed', async () => {
    await expect(migrate(db, [first, failing])).rejects.toThrow('nonsense')
    expect(await versions()).toEqual([1])
    await expect(db.query('select * from other')).rejects.toThrow('other')
  })

  test('started many times at once, applies each one once', async () => {
    const starts = await Promise.all(Array.from({ length: 8 }, () => migrate(db, [first, second])))
    expect(starts.flat().map(({ version }) => version)).toEqual(expect.arrayContaining([1, 2]))
    expect(starts.flat()).toHaveLength(2)
    expect(await db.query('select count(*) as n from thing')).toEqual([{ n: 1 }])
  })

  test('refuses a database that a newer release made', async () => {
    await migrate(db, [first, second])
    await expect(migrate(db, [first])).rejects.toMatchObject({ name: 'NewerSchema' })
  })

  test('refuses a database with another history', async () => {
    await migrate(db, [{ ...first, name: 'somebody else’s' }])
    await expect(migrate(db, [first])).rejects.toThrow('not ours')
  })

  test('refuses migrations that are not in order', async () => {
    await expect(migrate(db, [second, first])).rejects.toThrow('migration 1 comes after 2')
  })
})
