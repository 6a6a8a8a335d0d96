import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING, settingsOf } from '../../../test/builders.ts'
import { freshPostgres } from '../../../test/databases.ts'
import {
  aContactKey,
  ADA,
  AS_MADE,
  aStore,
  confirmOne,
  CREDENTIAL,
  INTEGRATION,
  oweOne,
  SOURCE,
} from '../../../test/store-builders.ts'
import { closeWindows, handOver } from '../debts/batch-debts.ts'
import { type Database } from './database.ts'
import { lockContacts } from '../contacts/contacts.ts'
import { isAsRead } from '../debts/due-debts.ts'
import { updateIntegration } from '../settings/integrations.ts'
import { currentWindows } from '../debts/windows.ts'

const KEY = { integrationId: INTEGRATION, person: ADA }

/** On SQLite transactions take turns anyway. */
describe('on PostgreSQL, until a transaction ends', () => {
  let db: Database
  beforeAll(async () => {
    db = (await freshPostgres('tables')).db
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  /** Another connection does `work` while a transaction holds what `holding` took. Gives whether it had to wait. */
  async function waits(
    holding: Parameters<Database['transaction']>[0],
    work: () => Promise<unknown>,
  ): Promise<boolean> {
    let isDone = false
    let other: Promise<unknown> = Promise.resolve()
    const hadToWait = await db.transaction(async tx => {
      await holding(tx)
      other = work().then(() => (isDone = true))
      for (;;) {
        const [{ n = 0 } = {}] = await db.query<{ n: number }>(
          `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        if (isDone || Number(n) > 0) return !isDone
      }
    })
    await other
    return hadToWait
  }

  const replaces = () => {
    const kept = { id: INTEGRATION, sourceId: SOURCE, credentialId: CREDENTIAL, createdAt: MORNING }
    return updateIntegration(db, { ...kept, settings: settingsOf(), updatedAt: minute(5) })
  }

  test('R28: a document that a batch is about to leave by cannot be replaced', async () => {
    expect(await waits(tx => isAsRead(tx, AS_MADE), replaces)).toBe(true)
    expect(await isAsRead(db, AS_MADE)).toBe(false)
  })

  test('R16d: what one lane is about to write of a contact, no other changes', async () => {
    const key = aContactKey()
    await confirmOne(db, { fields: { 'merge:NEWS': 'true' } })
    const writes = () => confirmOne(db, { fields: { 'merge:NEWS': 'false' } })
    expect(await waits(tx => lockContacts(tx, [key]), writes)).toBe(true)
  })

  test('I15: another lane cannot close a window that is about to be written back', async () => {
    await oweOne(db)
    const window = { until: minute(600), sent: { NEWS: ['true'] } }
    await handOver(db, [{ ...KEY, contact: 'c0ffee', revision: 1, window }], minute(120))
    const closes = () => closeWindows(db, { debts: [KEY], now: minute(9), until: minute(9), windowMs: 130_000 })
    expect(await waits(tx => currentWindows(tx, [KEY]), closes)).toBe(true)
  })
})
