import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshPostgres } from '../../../test/databases.ts'
import { moment } from '../../../test/moment.ts'
import { proxyOf, type TcpProxy } from '../../../test/tcp-proxy.ts'
import { type Database } from './database.ts'
import { storeFailure } from './errors.ts'
import { STORE_LIMITS } from './limits.ts'
import { openPostgres } from './postgres.ts'

const { connectMs, graceMs, closeMs, uses } = STORE_LIMITS
const USUAL = uses.usual.statementMs + graceMs

/** What became of it; `open` while it still waits. */
function watch(work: Promise<unknown>) {
  const watched = { end: 'open' as unknown, work: work.catch((error: unknown) => error) }
  work.then(
    () => (watched.end = 'done'),
    (error: unknown) => (watched.end = storeFailure(error) ?? error),
  )
  return watched
}

describe('a PostgreSQL that says nothing any more', () => {
  let direct: Database
  let proxy: TcpProxy
  let db: Database
  beforeEach(async () => {
    const fresh = await freshPostgres()
    direct = fresh.db
    await direct.query('create table thing (id text)')
    proxy = await proxyOf(fresh.url)
    db = await openPostgres({ url: proxy.through(fresh.url) })
    // The clock of the limits stands still until a test says that they have passed.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(async () => {
    const closing = db.close()
    vi.advanceTimersByTime(closeMs)
    vi.useRealTimers()
    await closing
    await proxy[Symbol.asyncDispose]()
    await direct.close()
  })

  /** Falls silent before what `asks` sends, and says what becomes of that once its limit has passed. */
  async function silence(asks: () => Promise<unknown>, ms: number): Promise<unknown> {
    proxy.swallow()
    const heard = proxy.swallowed()
    const asked = watch(asks())
    await heard
    vi.advanceTimersByTime(ms - 1)
    await turns()
    expect(asked.end).toBe('open')
    vi.advanceTimersByTime(1)
    await asked.work
    return asked.end
  }

  /** What was told meanwhile by a socket has arrived. */
  async function turns(): Promise<void> {
    for (let n = 0; n < 20; n++) await new Promise(resolve => setImmediate(resolve))
  }

  const write = (text = `insert into thing values ('a')`) => db.query(text)

  test.each([
    ['to connect', connectMs, 'unavailable', () => db.query('select 1')],
    ['to begin', connectMs, 'unavailable', () => db.transaction(tx => tx.query('select 1'))],
    ['whether commits are durable', connectMs, 'unavailable', () => db.assertDurable()],
  ] as const)('is not waited for without end: asked %s', async (_, ms, end, asks) => {
    expect(await silence(asks, ms)).toBe(end)
  })

  test.each([
    ['a reading', USUAL, 'unavailable', () => db.query('select 1')],
    ['a writing, which may have been done', USUAL, 'doubtful', () => write()],
    ['a transaction', connectMs, 'unavailable', () => db.transaction(tx => tx.query('select 1'))],
    ['a long transaction', connectMs, 'unavailable', () => db.transaction(tx => tx.query('select 1'), 'long')],
  ] as const)('on a connection that was good is not waited for without end: %s', async (_, ms, end, asks) => {
    await db.query('select 1')
    expect(await silence(asks, ms)).toBe(end)
    proxy.forward()
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is told from one that refused: the answer to a commit is in doubt, and a repeat finds what is there', async () => {
    const [written, isWritten] = moment()
    const [mayCommit, commit] = moment()
    const asked = watch(
      db.transaction(async tx => {
        await tx.query(`insert into thing values ('b')`)
        isWritten()
        await mayCommit
      }),
    )
    await written
    proxy.swallow()
    const heard = proxy.swallowed()
    commit()
    await heard
    vi.advanceTimersByTime(USUAL)
    await asked.work
    expect(asked.end).toBe('doubtful')
  })

  test('keeps no transaction whose own work waits for something else', async () => {
    const [begun, isBegun] = moment()
    const asked = watch(
      db.transaction(async tx => {
        await tx.query('select 1')
        isBegun()
        await new Promise(() => undefined)
      }, 'intake'),
    )
    await begun
    vi.advanceTimersByTime(uses.intake.wholeMs)
    await asked.work
    expect(asked.end).toBe('unavailable')
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('does not hide why a transaction failed behind a rollback without an answer', async () => {
    const [begun, isBegun] = moment()
    const [mayFail, fail] = moment()
    const asked = watch(
      db.transaction(async tx => {
        await tx.query('select 1')
        isBegun()
        await mayFail
        throw new Error('of its own')
      }),
    )
    await begun
    proxy.swallow()
    const heard = proxy.swallowed()
    fail()
    await heard
    vi.advanceTimersByTime(graceMs)
    await asked.work
    expect(asked.end).toMatchObject({ message: 'of its own' })
  })

  test('is suspected on every connection that was idle meanwhile, so that none of them is waited for in turn', async () => {
    await Promise.all([1, 2, 3, 4].map(() => db.transaction(tx => tx.query('select pg_sleep(0)'))))
    expect(await silence(() => db.query('select 1'), USUAL)).toBe('unavailable')
    proxy.forward()
    // No limit has to pass for any of these.
    for (let n = 0; n < 4; n++) expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is not waited for by what still connects, either, when the old connections are thrown away', async () => {
    proxy.swallow()
    const heard = proxy.swallowed()
    const asked = watch(write())
    await heard
    proxy.forward()
    db.reconnect()
    await asked.work
    // It never began.
    expect(asked.end).toBe('unavailable')
  })

  test('answers on new connections at once when the old ones are thrown away, and who waits on those is told', async () => {
    await db.query('select 1')
    proxy.swallow()
    const heard = proxy.swallowed()
    const asked = watch(write())
    await heard
    proxy.forward()
    db.reconnect()
    await asked.work
    expect(asked.end).toBe('doubtful')
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is not suspected on a connection that does long work, which is closed with the store only', async () => {
    const [begun, isBegun] = moment()
    const long = watch(
      db.transaction(async tx => {
        await tx.query('select 1')
        isBegun()
        await tx.query('select pg_sleep(3600)')
      }, 'long'),
    )
    await begun
    db.reconnect()
    await turns()
    expect(long.end).toBe('open')
    const closing = db.close()
    vi.advanceTimersByTime(closeMs)
    await closing
    expect(long.end).toBe('unavailable')
  })

  test('keeps no close waiting', async () => {
    await db.query('select 1')
    proxy.swallow()
    const heard = proxy.swallowed()
    const asked = watch(write())
    await heard
    const closing = db.close()
    vi.advanceTimersByTime(closeMs)
    await closing
    await asked.work
    expect(asked.end).toBe('doubtful')
  })
})

describe('a PostgreSQL that is busy', () => {
  test('with every connection in use refuses the next, and loses none of those', async () => {
    const { db: direct, url } = await freshPostgres()
    const db = await openPostgres({ url, connections: 2 })
    let begun = 0
    const [all, areBegun] = moment()
    const [mayFinish, finish] = moment()
    const holding = [1, 2].map(() =>
      db.transaction(async tx => {
        await tx.query('select 1')
        if (++begun === 2) areBegun()
        await mayFinish
      }),
    )
    await all
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const third = watch(db.query('select 1'))
    vi.advanceTimersByTime(connectMs)
    vi.useRealTimers()
    await third.work
    expect(third.end).toBe('unavailable')
    finish()
    await Promise.all(holding)
    expect(await db.query('select 1 as one')).toEqual([{ one: 1 }])
    await db.close()
    await direct.close()
  })

  test('with a table that another holds refuses what a sender waits for, and the connection goes on', async () => {
    const { db: direct, url } = await freshPostgres()
    await direct.query('create table thing (id text)')
    const intake = { ...uses.intake, lockMs: 1, wholeMs: 3_600_000 }
    const db = await openPostgres({ url, connections: 1, limits: { ...STORE_LIMITS, uses: { ...uses, intake } } })
    await direct.transaction(async tx => {
      await tx.query('lock table thing in access exclusive mode')
      const waiting = db.transaction(own => own.query(`insert into thing values ('a')`), 'intake')
      expect(await waiting.catch(storeFailure)).toBe('unavailable')
    })
    await db.transaction(own => own.query(`insert into thing values ('a')`), 'intake')
    // What is longer by right keeps the limits of its own.
    expect(await db.query('show lock_timeout')).toEqual([{ lock_timeout: '30s' }])
    await db.close()
    await direct.close()
  })
})
