import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anEvent, minute } from '../../../test/builders.ts'
import { freshSqlite } from '../../../test/databases.ts'
import { aStore, INTEGRATION, storedFact } from '../../../test/store-builders.ts'
import { recordEndings, recordIntents } from '../../store/debts/attempts.ts'
import { type Database } from '../../store/engine/database.ts'
import { appendFacts } from '../../store/ledger/facts.ts'
import { createOverviewReader } from './overview.ts'

let db: Database
beforeAll(async () => (db = (await freshSqlite('tables')).db))
beforeEach(() => aStore(db))
afterAll(() => db.close())

const ASKED = { integrationId: undefined, hours: 1 } as const
const NOW = minute(30)

const reading = (counted: number, timed: number) =>
  createOverviewReader({ db, clock: () => NOW }, { counted, timed })(ASKED)

/** Three facts a minute apart, each taken to Mailchimp ten seconds later than the one before. */
async function threeDeliveries(): Promise<void> {
  for (const n of [1, 2, 3]) {
    const fact = { ...anEvent({ id: `fct_${n}`, entityId: `event ${n}` }), receivedAt: minute(n) }
    await appendFacts(db, [storedFact({ fact })])
    const carried = [{ factId: fact.id, receivedAt: fact.receivedAt, withdrawal: n === 3 }]
    const id = `att_${n}`
    const started = { id, integrationId: INTEGRATION, person: 'p', revision: 1, startedAt: minute(n), carried }
    await recordIntents(db, [{ ...started, method: 'PATCH', path: '/', request: {} }])
    const rest = { status: 200, answer: undefined, requestId: undefined, reason: undefined, detail: undefined }
    await recordEndings(db, [{ id, finishedAt: minute(n) + n * 10_000, outcome: 'delivered', ...rest }])
  }
}

test('everything is counted and timed where there is not too much of it', async () => {
  await threeDeliveries()
  expect(await reading(4, 3)).toMatchObject({
    complete: true,
    received: 3,
    delivered: 3,
    toDeliver: { count: 3, p50: 20_000, p95: 30_000 },
    toWithdraw: { count: 1, p50: 30_000 },
  })
})

test('of too much the newest are counted and timed, and it is said', async () => {
  await threeDeliveries()
  expect(await reading(2, 1)).toMatchObject({
    complete: false,
    received: 2,
    delivered: 2,
    toDeliver: { count: 1, p50: 30_000, p95: 30_000 },
  })
})
