import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asAdmin, freshPostgres } from '../../../test/databases.ts'
import { moment } from '../../../test/moment.ts'
import { type Database } from './database.ts'
import { storeFailure } from './errors.ts'
import { openPostgres } from './postgres.ts'

const failureOf = (promise: Promise<unknown>) => promise.then(() => 'none', storeFailure)

let db: Database
let url: string
let name: string
beforeEach(async () => {
  ;({ db, url } = await freshPostgres())
  name = new URL(url).pathname.slice(1)
})
afterEach(() => db.close())

describe('the PostgreSQL store', () => {
  test('survives the loss of a connection in the middle of a transaction', async () => {
    await db.query('create table thing (id text)')
    const cut = db.transaction(async tx => {
      const [row] = await tx.query<{ pid: number }>(`insert into thing values ('a') returning pg_backend_pid() as pid`)
      await asAdmin('select pg_terminate_backend($1)', [String(row?.pid)])
      await tx.query('select 1')
    })
    expect(await failureOf(cut)).toBe('unavailable')
    expect(await db.query('select count(*) as n from thing')).toEqual([{ n: 0 }])
  })

  test('survives the loss of idle connections', async () => {
    await Promise.all([db.query('select 1'), db.query('select 1')])
    await asAdmin('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [name])
    await failureOf(db.query('select 1'))
    await failureOf(db.query('select 1'))
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is unavailable, not wrong, when the server takes no writes', async () => {
    await db.query('create table thing (id text)')
    await asAdmin(`alter database ${name} set default_transaction_read_only = on`)
    const fresh = await openPostgres({ url })
    expect(await failureOf(fresh.query(`insert into thing values ('a')`))).toBe('unavailable')
    await fresh.close()
  })

  test('is unavailable when there is no server', async () => {
    const nowhere = await openPostgres({ url: 'postgres://postgres@127.0.0.1:1/postgres' })
    expect(await failureOf(nowhere.query('select 1'))).toBe('unavailable')
    expect(await failureOf(nowhere.transaction(tx => tx.query('select 1')))).toBe('unavailable')
    expect(await failureOf(nowhere.assertDurable())).toBe('unavailable')
    await nowhere.close()
  })

  test('says so when a commit could be lost', async () => {
    await db.assertDurable()
    await asAdmin(`alter database ${name} set synchronous_commit = off`)
    await expect(db.assertDurable()).rejects.toThrow('PostgreSQL has synchronous_commit off')
  })

  test('does not repeat a value that the server refused', async () => {
    const error: unknown = await db.query('select cast($1 as bigint)', ['ada@example.test']).catch((e: unknown) => e)
    expect(error).toMatchObject({ message: 'select cast($1 as bigint): invalid value (22P02)' })
  })
})

test('of two transactions that wait for each other both are carried out', async () => {
  const { db } = await freshPostgres()
  await db.query('create table pair (id integer primary key, n integer not null)')
  await db.query('insert into pair values (1, 0), (2, 0)')
  let arrived = 0
  const [met, meet] = moment()
  let runs = 0
  const both = (first: number, second: number) =>
    db.transaction(async tx => {
      runs += 1
      const add = (id: number) => tx.query('update pair set n = n + 1 where id = $1', [id])
      await add(first)
      // Both hold one row before either asks for the other.
      if (++arrived === 2) meet()
      await met
      await add(second)
    })
  await Promise.all([both(1, 2), both(2, 1)])
  expect(runs).toBe(3)
  expect(await db.query('select n from pair order by id')).toEqual([{ n: 2 }, { n: 2 }])
  await db.close()
})
