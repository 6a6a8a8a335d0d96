import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anIntegration, assignmentOf, readyOf } from '../../../test/attempt-builders.ts'
import {
  denies,
  grants,
  minute,
  MORNING,
  NEWSLETTER,
  says,
  settingsOf,
  TOPICS,
  WITH_TOPICS,
} from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  aContactKey,
  ADA,
  addIntegration,
  aStore,
  BOB,
  confirmOne,
  CREDENTIAL,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  tellOne,
} from '../../../test/store-builders.ts'
import { DEADLINE, LIFETIME, LIVE_FOR } from '../../domain/batch.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { MINUTE, SECOND } from '../../domain/instant.ts'
import { listAttempts } from '../../store/debts/attempts.ts'
import { attemptsOf, listBatches } from '../../store/debts/batches.ts'
import { markSending, owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { currentWindows, keepWindows } from '../../store/debts/windows.ts'
import { type Database } from '../../store/engine/database.ts'
import { createIds } from '../../store/engine/ids.ts'
import { setPaused, updateIntegration } from '../../store/settings/integrations.ts'
import { gather, readyToLeave, type Full, type GatherRequest } from './gather.ts'

const NOW = MORNING + LIVE_FOR + MINUTE
const WINDOW_MS = 130 * SECOND
const EVE = 'eve@example.test'

const BATCH: Batch = {
  id: 'bat_1',
  credentialId: CREDENTIAL,
  mailchimpId: undefined,
  state: 'submitting',
  operations: 0,
  finished: 0,
  errored: 0,
  detail: undefined,
  createdAt: NOW,
  submittedAt: undefined,
  pollAt: undefined,
  deadlineAt: NOW + DEADLINE,
  endedAt: undefined,
}

describe.each(databases)('R28: gathering a batch on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    for (const person of [ADA, BOB, EVE]) await tellOne(db, { person, says: [grants(NEWSLETTER)] })
  })
  afterAll(() => db.close())

  const newId = createIds(() => NOW)
  const gathers = (over: Partial<GatherRequest> = {}) => {
    const request: GatherRequest = {
      ready: [readyOf()],
      batch: BATCH,
      isNew: true,
      room: 250,
      busy: new Set(),
      now: NOW,
      newId,
      ...over,
    }
    return db.transaction(tx => gather(tx, request))
  }
  const backfill = (...people: readonly string[]) =>
    owe(
      db,
      people.map(person => debt({ person, priority: PRIORITY.backfill })),
    )
  const whom = ({ assignments }: Pick<Full, 'assignments'>) => assignments.map(({ person }) => person)
  const batches = () => listBatches(db, { before: '', limit: 9 })

  describe('takes', () => {
    test('backfills first, then live events that have waited for a minute', async () => {
      await oweOne(db, { person: EVE })
      await backfill(BOB)
      expect(whom(await gathers())).toEqual([BOB, EVE])
    })

    test('no live event that came in a moment ago, because it goes by itself', async () => {
      await oweOne(db, { at: NOW - LIVE_FOR + 1 })
      expect(await gathers()).toMatchObject({ assignments: [], isAll: true })
    })

    test('R23: no withdrawal, however long it has waited', async () => {
      await oweOne(db, { priority: PRIORITY.withdrawal })
      expect(whom(await gathers())).toEqual([])
    })

    test('no debt whose window is open, because the batch could overwrite what it asserts', async () => {
      await backfill(ADA)
      const window = { until: minute(600), sent: { 'merge:NEWSLETTER': ['false'] } }
      await keepWindows(db, [{ integrationId: INTEGRATION, person: ADA, window }])
      expect(whom(await gathers())).toEqual([])
    })

    test('no more than there is room for, and says whether there is more', async () => {
      await backfill(ADA, BOB, EVE)
      const first = await gathers({ room: 2 })
      expect(first).toMatchObject({ isAll: false })
      expect(first.assignments).toHaveLength(2)
      const rest = await gathers({ room: 2, isNew: false })
      expect(rest).toMatchObject({ isAll: true })
      expect(rest.assignments).toHaveLength(1)
    })

    test('I4: no contact with a request in flight, and none twice', async () => {
      await addIntegration(db, { id: 'int_b' })
      await backfill(ADA, BOB)
      const ready = [readyOf(), readyOf({ id: 'int_b' })]
      const busy = new Set([assignmentOf({ person: BOB }).contact])
      expect(whom(await gathers({ ready, busy }))).toEqual([ADA])
    })
  })

  describe('R23: a request that takes something back', () => {
    beforeEach(async () => {
      await tellOne(db, { says: [denies(NEWSLETTER)], at: minute(1) })
      await backfill(ADA, BOB)
    })

    test('does not go with the batch', async () => {
      expect(whom(await gathers())).toEqual([BOB])
    })

    test('is left to the single lane, before everything else', async () => {
      await gathers()
      const first = { status: 'waiting', priority: PRIORITY.withdrawal, carries_withdrawal: 1, due_at: MORNING }
      expect(await debtOf(db)).toMatchObject(first)
    })
  })

  describe('what goes', () => {
    beforeEach(() => backfill(ADA))

    test('I6: is recorded as an attempt of the batch before it leaves', async () => {
      const [assignment] = (await gathers()).assignments
      expect(await attemptsOf(db, BATCH.id)).toEqual([
        {
          integrationId: INTEGRATION,
          person: ADA,
          id: assignment?.attemptId,
          revision: 1,
          startedAt: NOW,
          method: 'PATCH',
          request: { merge_fields: { NEWSLETTER: 'true' } },
        },
      ])
      expect(await batches()).toMatchObject([{ id: BATCH.id, state: 'submitting', operations: 1 }])
    })

    test('carries every mapped field, also what was confirmed, as nothing can be relied on until the batch ends', async () => {
      await tellOne(db, { says: [says(TOPICS, ['sport'])], at: minute(1) })
      await confirmOne(db, { fields: { 'merge:NEWSLETTER': 'true' } })
      const [assignment] = (await gathers({ ready: [readyOf({ settings: settingsOf({ mappings: WITH_TOPICS }) })] }))
        .assignments
      expect(assignment?.request.body).toEqual({ merge_fields: { NEWSLETTER: 'true', TOPICS: 'sport' } })
    })

    test('R22: waits for the end of the batch, in a window as long as Mailchimp may run it', async () => {
      await gathers()
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: BATCH.deadlineAt, reason: 'in_batch' })
      const windows = await currentWindows(db, [{ integrationId: INTEGRATION, person: ADA }])
      expect([...windows.values()]).toEqual([
        { until: NOW + LIFETIME, sent: { 'merge:NEWSLETTER': ['true'] }, contacts: [aContactKey().alias] },
      ])
    })

    test('joins the batch that others are in', async () => {
      await gathers()
      await backfill(BOB)
      await gathers({ isNew: false })
      expect(await batches()).toMatchObject([{ operations: 2 }])
      expect((await attemptsOf(db, BATCH.id)).map(({ person }) => person)).toEqual([ADA, BOB])
    })
  })

  test('a debt with nothing to send is settled, and no batch is made for it', async () => {
    await confirmOne(db, { fields: { 'merge:NEWSLETTER': 'true' } })
    await backfill(ADA)
    const ended = [{ integrationId: INTEGRATION, end: 'skipped', reason: 'unchanged' }]
    expect(await gathers()).toEqual({ assignments: [], ended, isAll: true })
    expect(await debtOf(db)).toMatchObject({ status: 'skipped' })
    expect(await batches()).toEqual([])
  })

  describe('a batch that is about to leave', () => {
    async function gathered(): Promise<Full> {
      await backfill(ADA, BOB)
      const { assignments } = await gathers()
      return { batch: BATCH, way: { by: 'batches' }, assignments }
    }
    const leaves = (full: Full) => db.transaction(tx => readyToLeave(tx, full, { now: NOW, windowMs: WINDOW_MS }))

    test('leaves with everybody of whom nothing newer came in', async () => {
      const leaving = await leaves(await gathered())
      expect(whom(leaving).sort()).toEqual([ADA, BOB])
      expect(leaving.batch.operations).toBe(2)
    })

    test('I12: leaves without a person of whom something newer came in, who goes at once', async () => {
      const full = await gathered()
      await oweOne(db, { at: NOW })
      const leaving = await leaves(full)
      expect(whom(leaving)).toEqual([BOB])
      expect(leaving.batch.operations).toBe(1)
      expect(await batches()).toMatchObject([{ operations: 1 }])
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: NOW, revision: 2 })
      expect((await listAttempts(db, { person: ADA, before: '', limit: 1 }))[0]).toMatchObject({
        finishedAt: NOW,
        outcome: 'retry',
        reason: 'interrupted',
      })
    })

    test('I4: leaves without a person who is being sent by the single lane', async () => {
      const full = await gathered()
      await markSending(db, [{ integrationId: INTEGRATION, person: BOB, contact: 'c0ffee', carriesWithdrawal: false }])
      expect(whom(await leaves(full))).toEqual([ADA])
    })

    test('I5: does not leave when a document that it was decided on was replaced', async () => {
      const full = await gathered()
      await updateIntegration(db, { ...anIntegration(), updatedAt: NOW })
      expect(whom(await leaves(full))).toEqual([])
    })

    test('does not leave when its integration was paused', async () => {
      const full = await gathered()
      await setPaused(db, { id: INTEGRATION, paused: true })
      expect(whom(await leaves(full))).toEqual([])
    })
  })
})
