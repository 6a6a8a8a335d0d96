import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { aStore } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { keepWindowsOpen, pullWaitsForward } from './clock-steps.ts'
import { notedLast, probeStore } from './probe.ts'

const HOUR = 3_600_000
const NOW = 1_795_500_000_000

describe.each(databases)('R31: what $name says is to come', ({ open }) => {
  let db: Database
  beforeEach(async () => {
    db = await open()
    await migrate(db, migrations)
  })
  afterEach(() => db.close())

  const add = (id: string, probeAt: number) =>
    db.query(`insert into credential (id, data_centre, sealed_key, probe_at) values ($1, 'us6', $2, $3)`, [
      id,
      new Uint8Array([1]),
      probeAt,
    ])
  const probes = async () =>
    (await db.query<{ probe_at: number }>('select probe_at from credential order by id')).map(row => row.probe_at - NOW)

  test('comes sooner by what the clock lost, and what has passed stays', async () => {
    await add('a', NOW - 5)
    await add('b', NOW + HOUR / 2)
    await add('c', NOW + HOUR + 7)
    await db.transaction(tx => pullWaitsForward(tx, { now: NOW, ms: HOUR }))
    expect(await probes()).toEqual([-5, 0, 7])
  })

  test('R33: many retractions wait and count no longer than they would have', async () => {
    await db.query(`insert into brake (id, source_id, since) values ('brk_a', 'src_a', $1)`, [NOW + HOUR + 7])
    await db.query(`insert into retracted (source_id, person, at) values ('src_a', 'p', $1)`, [NOW + HOUR / 2])
    await db.transaction(tx => pullWaitsForward(tx, { now: NOW, ms: HOUR }))
    expect(await db.query('select since from brake')).toEqual([{ since: NOW + 7 }])
    expect(await db.query('select at from retracted')).toEqual([{ at: NOW }])
  })

  test.each([
    ['over before', -1, -1],
    ['open for less than its length', 50, HOUR + 50],
    ['open for its whole length', 130, HOUR + 130],
    ['open for longer, while a batch runs', 2 * HOUR, 2 * HOUR],
  ])('a window that is %s: at %i, then at %i', async (_, until, then) => {
    await aStore(db)
    await db.query(
      `insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal,
                             owed_at, window_until)
       select 'dlv_a', id, 'p', 'waiting', 1, 0, 1, 0, 0, $1 from integration`,
      [NOW + until],
    )
    await db.transaction(async tx => void (await keepWindowsOpen(tx, { from: NOW, to: NOW + HOUR, windowMs: 130 })))
    const [row] = await db.query<{ window_until: number }>('select window_until from delivery')
    expect((row?.window_until ?? 0) - NOW).toBe(then)
  })

  test('the time that was noted last is the one that is found', async () => {
    expect(await notedLast(db)).toBeUndefined()
    await probeStore(db, { at: NOW, rightAt: NOW })
    await probeStore(db, { at: NOW - HOUR, rightAt: NOW - 2 * HOUR })
    expect(await notedLast(db)).toEqual({ at: NOW - HOUR, rightAt: NOW - 2 * HOUR })
  })

  test('what the release before noted is taken for the right time', async () => {
    await db.query('insert into probe (id, at) values (1, $1)', [NOW])
    expect(await notedLast(db)).toEqual({ at: NOW, rightAt: NOW })
  })
})
