import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asAdmin, freshPostgres } from '../../../test/databases.ts'
import { PATIENT_STORE } from '../../../test/patient.ts'
import { proxyOf } from '../../../test/tcp-proxy.ts'
import { type LeaseView } from '../../domain/lease.ts'
import { type Database } from '../engine/database.ts'
import { storeFailure } from '../engine/errors.ts'
import { type LeaseNews, type LeaseTimes } from './lease-keeper.ts'
import { openLeaseSession, type LeaseSession } from './lease-session.ts'
import { takeLease, type Lease } from './lease.ts'

const HOUR = 3_600_000
/** Nothing happens by itself that a test does not wait for; only the tries are quick. */
const TIMES: LeaseTimes = { lengthMs: HOUR, renewMs: 20, retryMs: 20, connectMs: HOUR, answerMs: HOUR }

let db: Database
let url: string
let opened: { release(): Promise<void> }[]
beforeEach(async () => {
  ;({ db, url } = await freshPostgres())
  opened = []
})
afterEach(async () => {
  for (const each of opened) await each.release()
  await db.close()
})

type Kept = { readonly lease: Lease; readonly news: LeaseNews[]; hears(what: LeaseNews): Promise<void> }

/** A process that takes the lease, and keeps it until it is told otherwise. */
async function keeps(
  owner: string,
  { times = {}, at = url, monotonic }: { times?: Partial<LeaseTimes>; at?: string; monotonic?: () => number } = {},
): Promise<Kept> {
  const news: LeaseNews[] = []
  let listeners: readonly (() => void)[] = []
  const tell = (each: LeaseNews): void => {
    news.push(each)
    listeners.forEach(listen => listen())
  }
  const hears = async (what: LeaseNews): Promise<void> => {
    while (news.at(-1) !== what) await new Promise<void>(resolve => (listeners = [resolve]))
  }
  const lease = await takeLease({
    url: at,
    owner,
    tell,
    limits: PATIENT_STORE,
    times: { ...TIMES, ...times },
    ...(monotonic ? { monotonic } : {}),
  })
  opened.push(lease)
  return { lease, news, hears }
}

/** A process that took the lease and does nothing more, as one that is paused or cut off. */
async function silent(lengthMs = HOUR): Promise<LeaseSession> {
  const session = await openLeaseSession({
    url,
    limits: PATIENT_STORE,
    connectMs: HOUR,
    answerMs: HOUR,
    onEnd: () => undefined,
  })
  await session.take({ owner: 'the silent one', lengthMs, mayTake: () => true })
  opened.push({
    release: () => {
      session.end()
      return Promise.resolve()
    },
  })
  return session
}

const epochNow = async (): Promise<unknown> => (await db.query('select epoch from lease'))[0]?.['epoch']

describe('the lease on a PostgreSQL', () => {
  test('has one holder among many who start at once, and the others are refused', async () => {
    const started = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(owner => keeps(owner)))
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of started)
      if (each.status === 'rejected') expect(String(each.reason)).toContain('another instance of Consent Relay')
  })

  test('is free at once when its holder gave it back, and the next epoch is higher', async () => {
    const first = await keeps('a')
    await first.lease.release()
    expect(first.lease.epoch()).toBeUndefined()
    const second = await keeps('b')
    expect(second.lease.epoch()).toBe(2)
    expect([first.news, second.news]).toEqual([[], []])
  })

  test('is free at once when its holder died, however long it would last', async () => {
    const dead = await silent()
    dead.end()
    expect((await keeps('b')).lease.epoch()).toBe(2)
  })

  test('is waited for until it runs out when its holder says nothing, and taken then', async () => {
    await silent(500)
    const { news, lease } = await keeps('b')
    expect(lease.epoch()).toBe(2)
    expect(news).toEqual(['waits', 'taken'])
  })

  test('is taken when it was not renewed for its length, though it would never expire by a clock that was put back', async () => {
    await silent()
    let now = 0
    await keeps('b', { monotonic: () => (now += HOUR / 3) })
    expect(await epochNow()).toBe(2)
  })

  test('is refused while a release without leases works on the database', async () => {
    const older = new Client({ connectionString: url })
    await older.connect()
    await older.query(`select pg_advisory_lock(hashtextextended('consent-relay the only instance', 0))`)
    await expect(keeps('a')).rejects.toThrow('an older release of Consent Relay works on this database; stop it first')
    await older.end()
    expect((await keeps('a')).lease.epoch()).toBe(1)
  })

  test('outlives its connection: it is renewed on the next one, and nobody took it', async () => {
    const { lease, news } = await keeps('a')
    const session = async () => (await db.query('select session from lease'))[0]?.['session']
    const before = await session()
    await asAdmin(`select pg_terminate_backend($1, 60000)`, [String(before).split(' ')[0] ?? ''])
    for (let now = before; now === before; now = await session());
    expect(lease.epoch()).toBe(1)
    // A renewal that was under way failed, and the database came back; one that was not had no news.
    expect(news.filter(each => each !== 'back')).toEqual([])
  })

  test('is lost to another owner, and comes back by itself when that one goes', async () => {
    const { lease, news, hears } = await keeps('a')
    let changes = 0
    lease.onChange(() => changes++)
    const other = await silent()
    await hears('lost')
    expect(lease.epoch()).toBeUndefined()
    other.end()
    await hears('taken')
    expect(lease.epoch()).toBe(3)
    expect(news).toEqual(['lost', 'taken'])
    expect(changes).toBe(2)
  })

  test('ends by our own clock while the database cannot be reached, and comes back with it', async () => {
    await using proxy = await proxyOf(url)
    let now = 0
    const { lease, news, hears } = await keeps('a', { at: proxy.through(url), monotonic: () => now })
    proxy.cut()
    now += HOUR - 1
    expect(lease.epoch()).toBe(1)
    now += 1
    expect(lease.epoch()).toBeUndefined()
    await hears('lost')
    proxy.forward()
    await hears('back')
    expect(lease.epoch()).toBe(2)
    expect(news).toEqual(['lost', 'taken', 'back'])
  })

  test('tells that it is back when it ran out and was renewed, though nobody else had it', async () => {
    let now = 0
    const { lease, news } = await keeps('a', { monotonic: () => now })
    now += HOUR
    expect(lease.epoch()).toBeUndefined()
    while (lease.epoch() === undefined) await new Promise<void>(resolve => lease.onChange(resolve))
    expect(lease.epoch()).toBe(1)
    expect(news).toEqual([])
  })

  test('says when a database answers again that had said nothing', async () => {
    await using proxy = await proxyOf(url)
    const { lease, hears } = await keeps('a', { at: proxy.through(url), times: { connectMs: 300, answerMs: 300 } })
    const heard = proxy.swallowed()
    proxy.swallow()
    await heard
    // The next connection is as silent.
    await proxy.swallowed()
    proxy.forward()
    await hears('heard')
    expect(lease.epoch()).toBe(1)
  })
})

describe('I14: a store that is guarded by the lease', () => {
  beforeEach(() => db.query('create table thing (id text)').then(() => undefined))
  const things = () => db.query('select id from thing order by id')

  test('writes for its tenure, inside of transactions and alone, and reads', async () => {
    const { lease } = await keeps('a')
    const own = lease.guard(db)
    await own.transaction(tx => tx.query(`insert into thing values ('a')`))
    await own.query(`insert into thing values ('b')`)
    expect(await own.query('select id from thing order by id')).toEqual([{ id: 'a' }, { id: 'b' }])
  })

  test('writes nothing any more once another has taken the lease, nor after it came back', async () => {
    const { lease, hears } = await keeps('a')
    const old = lease.guard(db)
    const other = await silent()
    const refused = async () => {
      const failures = await Promise.all([
        old.transaction(tx => tx.query(`insert into thing values ('a')`)).catch(storeFailure),
        old.query(`insert into thing values ('b')`).catch(storeFailure),
      ])
      expect(failures).toEqual(['unavailable', 'unavailable'])
    }
    // Before it even knows.
    await refused()
    await hears('lost')
    await refused()
    await expect(lease.guard(db).query(`insert into thing values ('c')`)).rejects.toThrow('does not hold the lease')
    other.end()
    await hears('taken')
    await refused()
    expect(await things()).toEqual([])
    await lease.guard(db).query(`insert into thing values ('d')`)
    expect(await things()).toEqual([{ id: 'd' }])
  })

  test('lets the next owner in only after the writes under way, which keep no renewal waiting', async () => {
    const { lease } = await keeps('a')
    const next = await openLeaseSession({
      url,
      limits: PATIENT_STORE,
      connectMs: HOUR,
      answerMs: HOUR,
      onEnd: () => undefined,
    })
    let taking: Promise<unknown> = Promise.resolve()
    const order: string[] = []
    await lease.guard(db).transaction(async tx => {
      await tx.query(`insert into thing values ('a')`)
      taking = next.take({ owner: 'b', lengthMs: HOUR, mayTake: () => true }).then(() => order.push('taken'))
      await untilAnotherWaits()
      // The renewals of the owner go on meanwhile.
      const before = await db.query('select expires_at from lease')
      for (let now = before; now[0]?.['expires_at'] === before[0]?.['expires_at'];)
        now = await db.query('select expires_at from lease')
      order.push('written')
    })
    await taking
    expect(order).toEqual(['written', 'taken'])
    expect(await things()).toEqual([{ id: 'a' }])
    expect(await epochNow()).toBe(2)
    next.end()
  })

  async function untilAnotherWaits(): Promise<void> {
    const waiting = `select count(*) as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    while ((await db.query(waiting))[0]?.['n'] === 0);
  }

  test('is looked at before it is taken, and again once it is locked', async () => {
    await silent()
    const views: LeaseView[] = []
    const next = await openLeaseSession({
      url,
      limits: PATIENT_STORE,
      connectMs: HOUR,
      answerMs: HOUR,
      onEnd: () => undefined,
    })
    const mayTake = (view: LeaseView): boolean => views.push(view) === 1
    expect(await next.take({ owner: 'b', lengthMs: HOUR, mayTake })).toBeUndefined()
    expect(views).toHaveLength(2)
    expect(await epochNow()).toBe(1)
    next.end()
  })
})
