import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshSqlite } from '../../../test/databases.ts'
import { type Database } from './database.ts'
import { storeFailure } from './errors.ts'
import { openDatabase } from './open.ts'
import { openSqlite } from './sqlite.ts'
import { isRead, toSqlite } from './sqlite-text.ts'

const failureOf = (promise: Promise<unknown>) => promise.then(() => 'none', storeFailure)

describe('the SQLite store', () => {
  let db: Database
  let file: string
  beforeEach(async () => {
    ;({ db, file } = await freshSqlite())
    await db.query('create table thing (id text primary key)')
  })
  afterEach(async () => {
    vi.useRealTimers()
    await db.close()
  })

  const add = (id: string) => db.query('insert into thing values ($1)', [id])
  const ids = async () => (await db.query('select id from thing order by id')).map(row => row.id)

  test('writes while a long report is still reading', async () => {
    const ended: string[] = []
    const note = (name: string) => () => ended.push(name)
    const report = db
      .query('with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select sum(i) from n')
      .then(note('report'))
    await add('a').then(note('write'))
    await report
    expect(ended).toEqual(['write', 'report'])
  })

  test('rolls back a transaction that does nothing for 30 s, and goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const waitsForItself = db.transaction(async tx => {
      await tx.query(`insert into thing values ('a')`)
      queueMicrotask(() => vi.advanceTimersByTime(30_000))
      await add('b')
    })
    await expect(waitsForItself).rejects.toThrow('did nothing for 30 s')
    await add('c')
    expect(await ids()).toEqual(['b', 'c'])
  })

  test('is unavailable for writes when the disk is full, not for reads', async () => {
    await add('a')
    await db.query('pragma max_page_count = 1')
    const insert = 'insert into thing select printf($1, value) from json_each($2)'
    const params = [`${'x'.repeat(10_000)}%d`, '[1,2,3]']
    expect(await failureOf(db.query(insert, params))).toBe('unavailable')
    expect(await failureOf(db.query(`${insert} returning id`, params))).toBe('unavailable')
    expect(await failureOf(db.transaction(tx => tx.query(insert, params)))).toBe('unavailable')
    expect(await ids()).toEqual(['a'])
    await db.query('pragma max_page_count = 1000000')
    await db.query(insert, params)
    expect(await ids()).toHaveLength(4)
  })

  test('says so when a commit could be lost', async () => {
    await db.query('pragma synchronous = off')
    await expect(db.assertDurable()).rejects.toThrow('SQLite synchronous is 0, not full')
  })

  test('is a file that only its owner may read, and leaves no log behind', async () => {
    const other = `${file}.other`
    const second = await openSqlite({ file: other })
    await second.query('create table thing (id text)')
    expect([other, `${other}-wal`].map(name => statSync(name).mode & 0o777)).toEqual([0o600, 0o600])
    await second.close()
    expect(existsSync(`${other}-wal`)).toBe(false)
  })

  test('is refused to a second opener in this process', async () => {
    await expect(openSqlite({ file })).rejects.toThrow('is open already')
    await add('a')
  })
})

describe('a SQLite file of another process', () => {
  test('is refused, until that process dies in whatever way', async () => {
    const { db, file } = await freshSqlite()
    const other = `${file}.other`
    const script = `${file}.mjs`
    await writeFile(
      script,
      `import { openSqlite } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url))}
       const db = await openSqlite({ file: ${JSON.stringify(other)} })
       await db.query('create table thing (id text)')
       console.log('open')`,
    )
    const loader = fileURLToPath(new URL('../../../scripts/typescript.mjs', import.meta.url))
    const holder = spawn(process.execPath, ['--import', loader, script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [Buffer | number]
    expect(String(said)).toBe('open\n')
    await expect(openSqlite({ file: other })).rejects.toThrow(`${other} is open already`)

    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const successor = await openSqlite({ file: other })
    expect(await successor.query('select count(*) as n from thing')).toEqual([{ n: 0 }])
    await successor.close()
    await db.close()
  })
})

describe('a file that is no database', () => {
  test('is refused, and may be opened once it is repaired', async () => {
    const { db, file } = await freshSqlite()
    const other = `${file}.other`
    await writeFile(other, 'something else entirely '.repeat(100))
    expect(await failureOf(openSqlite({ file: other }))).toBe('unavailable')
    await writeFile(other, '')
    await (await openSqlite({ file: other })).close()
    await db.close()
  })
})

describe('a statement for SQLite', () => {
  test.each([
    ['select 1', true],
    ['\n  SELECT 1', true],
    ['values (1)', true],
    ['with a as (select 1) select * from a', true],
    ['with a as (select 1) insert into b select * from a returning c', false],
    ['with a as (select 1) select * from a -- update', false],
    ['insert into b select 1', false],
    ['pragma synchronous', false],
  ])('is a read only when it surely is: %s', (text, read) => {
    expect(isRead(text)).toBe(read)
  })

  test('may have semicolons where they end nothing', () => {
    const trigger = 'create trigger t after insert on a begin delete from b; delete from c; end;'
    expect(toSqlite(trigger).text).toBe(trigger)
    expect(toSqlite(`select ';' as a, $1 -- ; b\n;`)).toEqual({ text: `select ';' as a, ?1 -- ; b\n;`, parameters: 1 })
    expect(() => toSqlite('select 1; select 2')).toThrow('one statement at a time')
  })
})

describe('openDatabase', () => {
  test('takes the file when there is no URL', async () => {
    const { db, file } = await freshSqlite()
    const other = await openDatabase({ file: `${file}.other`, databaseUrl: undefined })
    expect(other.dialect).toBe('sqlite')
    await other.close()
    await db.close()
  })
})
