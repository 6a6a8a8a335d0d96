import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  addSource,
  aStore,
  INTEGRATION,
  openStore,
  oweOne,
  SOURCE,
  storedFact,
} from '../../../test/store-builders.ts'
import { settled, type Status } from '../../domain/delivery.ts'
import { MINUTE } from '../../domain/instant.ts'
import { type Reason } from '../../domain/reason.ts'
import { recordEndings, recordIntents } from './attempts.ts'
import { type Database } from '../engine/database.ts'
import { settle } from './deliveries.ts'
import { appendFacts } from '../ledger/facts.ts'
import { createIds } from '../engine/ids.ts'
import { countFailed, countReceived, countSkipped, countTaken, newestTaken } from './overview.ts'

const FROM = minute(10)
const OF = { id: INTEGRATION, from: FROM, step: 10 * MINUTE, limit: 100 }

describe.each(databases)('counts by time on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const sorted = <T>(rows: readonly T[]): T[] =>
    [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

  /** Facts that were received so many minutes into the morning. */
  async function receives(minutes: readonly number[], sourceId = SOURCE): Promise<void> {
    for (const [index, at] of minutes.entries()) {
      const id = createIds(() => minute(at))('fct')
      const fact = { ...anEvent({ id, entityId: `${sourceId} ${index}` }), receivedAt: minute(at) }
      await appendFacts(db, [storedFact({ fact, sourceId })])
    }
  }

  test('what a source told is counted by step, from the beginning of the time on', async () => {
    await addSource(db, { id: 'src_b' })
    await receives([0, 9, 10, 12, 19, 20, 45])
    await receives([11], 'src_b')
    const counts = sorted(await countReceived(db, { ...OF, id: SOURCE }))
    expect(counts).toEqual([
      { bucket: 0, n: 3 },
      { bucket: 1, n: 1 },
      { bucket: 3, n: 1 },
    ])
    expect(await countReceived(db, { ...OF, id: 'src_none' })).toEqual([])
  })

  test('of more than may be counted, the newest are', async () => {
    await receives([10, 12, 19, 20, 45])
    expect(sorted(await countReceived(db, { ...OF, id: SOURCE, limit: 2 }))).toEqual([
      { bucket: 1, n: 1 },
      { bucket: 3, n: 1 },
    ])
  })

  type Attempt = {
    readonly at: number
    readonly outcome?: string
    readonly integrationId?: string
    readonly facts?: number
  }

  async function attempts(...all: readonly Attempt[]): Promise<void> {
    for (const [index, { at, outcome = 'delivered', integrationId = INTEGRATION, facts = 0 }] of all.entries()) {
      const carried = Array.from({ length: facts }, (_, n) => ({
        factId: `fct_${n}`,
        receivedAt: MORNING,
        withdrawal: n > 0,
      }))
      const common = { id: `att_${index}`, integrationId, person: ADA, revision: 1, startedAt: minute(at) }
      await recordIntents(db, [{ ...common, method: 'PATCH', path: '/', request: {}, carried }])
      const ended = { answer: undefined, requestId: undefined, reason: undefined, detail: undefined, status: 200 }
      await recordEndings(db, [{ id: common.id, finishedAt: minute(at), outcome, ...ended }])
    }
  }

  test('requests that Mailchimp took are counted, of one integration and no others', async () => {
    await addIntegration(db, { id: 'int_b' })
    await attempts({ at: 5 }, { at: 10 }, { at: 11 }, { at: 12, outcome: 'retry' }, { at: 13, integrationId: 'int_b' })
    expect(await countTaken(db, OF)).toEqual([{ bucket: 0, n: 2 }])
  })

  test('the newest requests that carried facts say what they carried', async () => {
    await attempts(
      { at: 5, facts: 1 },
      { at: 10, facts: 1 },
      { at: 11 },
      { at: 12, facts: 2 },
      { at: 13, outcome: 'retry', facts: 1 },
    )
    const taken = await newestTaken(db, { id: INTEGRATION, from: FROM, limit: 10 })
    expect(taken.map(({ at, carried }) => [at, carried.length])).toEqual([
      [minute(12), 2],
      [minute(10), 1],
    ])
    expect(taken[0]?.carried[1]).toEqual({ factId: 'fct_1', receivedAt: MORNING, withdrawal: true })
    expect(await newestTaken(db, { id: INTEGRATION, from: FROM, limit: 1 })).toHaveLength(1)
  })

  async function ends(person: string, status: Status, reason: Reason | undefined, at: number): Promise<void> {
    await oweOne(db, { person })
    await settle(db, [
      { integrationId: INTEGRATION, person, revision: 1, at: minute(at), next: settled(status, reason) },
    ])
  }

  test('debts that ended without a request, or badly, are counted by step and reason', async () => {
    await ends('a', 'skipped', 'unchanged', 9)
    await ends('b', 'skipped', 'unchanged', 10)
    await ends('c', 'skipped', 'unchanged', 25)
    await ends('d', 'skipped', 'unresolvable', 11)
    await ends('e', 'dead', 'forgotten', 12)
    await ends('f', 'held', 'value_unfit', 31)
    await ends('g', 'delivered', undefined, 12)
    await ends('h', 'dead', 'forgotten', 1)
    expect(sorted(await countSkipped(db, OF))).toEqual([
      { bucket: 0, reason: 'unchanged', n: 1 },
      { bucket: 0, reason: 'unresolvable', n: 1 },
      { bucket: 1, reason: 'unchanged', n: 1 },
    ])
    expect(sorted(await countFailed(db, OF))).toEqual([
      { bucket: 0, reason: 'forgotten', n: 1 },
      { bucket: 2, reason: 'value_unfit', n: 1 },
    ])
  })

  test('of nothing nothing is counted', async () => {
    for (const count of [countReceived, countTaken, countSkipped, countFailed]) expect(await count(db, OF)).toEqual([])
    expect(await newestTaken(db, { id: INTEGRATION, from: FROM, limit: 10 })).toEqual([])
  })
})
