import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, addIntegration, aStore, BOB, CREDENTIAL, INTEGRATION, openStore } from '../../../test/store-builders.ts'
import { closeInterrupted, listAttempts, recordEndings, recordIntents, type Intent } from './attempts.ts'
import {
  addOperations,
  attemptsOf,
  cutShort,
  endBatch,
  insertBatch,
  listBatches,
  markSubmitted,
  openBatches,
  recordProgress,
  type BatchFilter,
  type NewBatch,
} from './batches.ts'
import { type Database } from '../engine/database.ts'
import { deleteIntegration, deleteUnusedCredentials, findCredential } from '../settings/integrations.ts'

const newBatch = (over: Partial<NewBatch> = {}): NewBatch => ({
  id: 'bat_1',
  credentialId: CREDENTIAL,
  createdAt: MORNING,
  deadlineAt: minute(60),
  ...over,
})

const intent = (over: Partial<Intent> = {}): Intent => ({
  id: 'att_1',
  integrationId: INTEGRATION,
  person: ADA,
  revision: 4,
  startedAt: MORNING,
  method: 'PATCH',
  path: '/lists/a1b2c3d4e5/members/c0ffee?skip_merge_validation=true',
  request: { merge_fields: { NEWS: 'true' } },
  carried: [],
  batchId: 'bat_1',
  ...over,
})

const CARRIED = { factId: 'fct_1', receivedAt: MORNING, withdrawal: false }

const ending = (id: string) => ({
  id,
  finishedAt: minute(5),
  status: 200,
  answer: undefined,
  requestId: undefined,
  outcome: 'delivered',
  reason: undefined,
  detail: undefined,
})

describe.each(databases)('R28: batches on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const list = (filter: Partial<BatchFilter> = {}) => listBatches(db, { before: '', limit: 100, ...filter })
  const ids = async (filter: Partial<BatchFilter> = {}) => (await list(filter)).map(({ id }) => id)
  const submit = (id = 'bat_1') =>
    markSubmitted(db, { id, mailchimpId: `mc ${id}`, submittedAt: minute(1), pollAt: minute(2) })

  test('I6: one is there before it leaves, submitting, with all that is known of it', async () => {
    await insertBatch(db, newBatch())
    await addOperations(db, { id: 'bat_1', operations: 2 })
    const row = {
      id: 'bat_1',
      credentialId: CREDENTIAL,
      mailchimpId: undefined,
      state: 'submitting',
      operations: 2,
      finished: 0,
      errored: 0,
      detail: undefined,
      createdAt: MORNING,
      submittedAt: undefined,
      pollAt: undefined,
      deadlineAt: minute(60),
      endedAt: undefined,
    }
    expect(await list()).toEqual([row])
    expect(await openBatches(db, CREDENTIAL)).toEqual([row])
  })

  test('goes from submitting to submitted to its end, and is open until then', async () => {
    await insertBatch(db, newBatch())
    await submit()
    expect(await openBatches(db, CREDENTIAL)).toMatchObject([
      { state: 'submitted', mailchimpId: 'mc bat_1', submittedAt: minute(1), pollAt: minute(2) },
    ])
    await recordProgress(db, { id: 'bat_1', pollAt: minute(3), finished: 1, errored: 1 })
    expect(await openBatches(db, CREDENTIAL)).toMatchObject([{ pollAt: minute(3), finished: 1, errored: 1 }])
    await endBatch(db, { id: 'bat_1', state: 'finished', endedAt: minute(4) })
    expect(await openBatches(db, CREDENTIAL)).toEqual([])
    expect(await list()).toMatchObject([
      { state: 'finished', endedAt: minute(4), pollAt: undefined, finished: 1, errored: 1, detail: undefined },
    ])
  })

  test('ends once: neither a later end nor a late answer of Mailchimp changes it', async () => {
    await insertBatch(db, newBatch())
    await endBatch(db, { id: 'bat_1', state: 'lost', endedAt: minute(4), detail: 'nobody knows\0' })
    await endBatch(db, { id: 'bat_1', state: 'finished', endedAt: minute(5) })
    await submit()
    await recordProgress(db, { id: 'bat_1', pollAt: minute(6), finished: 2, errored: 0 })
    expect(await list()).toMatchObject([
      {
        state: 'lost',
        endedAt: minute(4),
        detail: 'nobody knows\ufffd',
        mailchimpId: undefined,
        pollAt: undefined,
        finished: 0,
      },
    ])
  })

  test('what happens to one happens to no other', async () => {
    for (const id of ['bat_1', 'bat_2']) await insertBatch(db, newBatch({ id }))
    await submit('bat_2')
    await recordProgress(db, { id: 'bat_2', pollAt: minute(3), finished: 1, errored: 0 })
    expect(await list({ state: 'submitting' })).toMatchObject([{ id: 'bat_1', pollAt: undefined, finished: 0 }])
    await endBatch(db, { id: 'bat_2', state: 'cancelled', endedAt: minute(4) })
    expect(await ids({ state: 'cancelled' })).toEqual(['bat_2'])
    expect(await ids({ state: 'submitting' })).toEqual(['bat_1'])
  })

  test('open ones come oldest first, of their credential only', async () => {
    for (const id of ['bat_2', 'bat_1', 'bat_3']) await insertBatch(db, newBatch({ id }))
    await insertBatch(db, newBatch({ id: 'bat_4', credentialId: 'crd_b' }))
    await endBatch(db, { id: 'bat_3', state: 'finished', endedAt: minute(4) })
    expect((await openBatches(db, CREDENTIAL)).map(({ id }) => id)).toEqual(['bat_1', 'bat_2'])
    expect((await openBatches(db, 'crd_b')).map(({ id }) => id)).toEqual(['bat_4'])
  })

  test('are listed newest first, by credential and state, page by page', async () => {
    for (const id of ['bat_1', 'bat_2', 'bat_3']) await insertBatch(db, newBatch({ id }))
    await insertBatch(db, newBatch({ id: 'bat_4', credentialId: 'crd_b' }))
    await submit('bat_2')
    expect(await ids()).toEqual(['bat_4', 'bat_3', 'bat_2', 'bat_1'])
    expect(await ids({ limit: 2 })).toEqual(['bat_4', 'bat_3'])
    expect(await ids({ before: 'bat_3', limit: 2 })).toEqual(['bat_2', 'bat_1'])
    expect(await ids({ credentialId: CREDENTIAL })).toEqual(['bat_3', 'bat_2', 'bat_1'])
    expect(await ids({ credentialId: CREDENTIAL, state: 'submitted' })).toEqual(['bat_2'])
  })

  test('are kept when their credential is forgotten: they are evidence', async () => {
    await insertBatch(db, newBatch())
    await recordIntents(db, [intent()])
    await deleteIntegration(db, INTEGRATION)
    await deleteUnusedCredentials(db)
    expect(await ids()).toEqual(['bat_1'])
  })

  test('one with something of an integration that is replaced or removed is cut short, and no other', async () => {
    await addIntegration(db, { id: 'int_b' })
    for (const id of ['bat_1', 'bat_2', 'bat_3']) await insertBatch(db, newBatch({ id }))
    await recordIntents(db, [
      intent(),
      intent({ id: 'att_2', batchId: 'bat_2', integrationId: 'int_b' }),
      intent({ id: 'att_3', batchId: 'bat_3' }),
    ])
    await endBatch(db, { id: 'bat_3', state: 'finished', endedAt: minute(5) })
    await cutShort(db, { integrationId: INTEGRATION, at: minute(7) })
    const rows = await openBatches(db, CREDENTIAL)
    expect(rows.map(({ id, deadlineAt, pollAt }) => [id, deadlineAt, pollAt])).toEqual([
      ['bat_1', minute(7), minute(7)],
      ['bat_2', newBatch().deadlineAt, undefined],
    ])
    expect((await listBatches(db, { state: 'finished', before: '', limit: 9 }))[0]?.pollAt).toBeUndefined()
  })

  test('a key is kept for as long as a batch of it is open, though no integration uses it', async () => {
    await insertBatch(db, newBatch())
    await deleteIntegration(db, INTEGRATION)
    await deleteUnusedCredentials(db)
    expect(await findCredential(db, CREDENTIAL)).toBeDefined()
    await endBatch(db, { id: 'bat_1', state: 'cancelled', endedAt: minute(5) })
    await deleteUnusedCredentials(db)
    expect(await findCredential(db, CREDENTIAL)).toBeUndefined()
  })

  test('the attempts of one are those that nobody has completed yet', async () => {
    await insertBatch(db, newBatch())
    await insertBatch(db, newBatch({ id: 'bat_2' }))
    await recordIntents(db, [
      intent({ id: 'att_1' }),
      intent({ id: 'att_2', person: BOB, revision: 9, carried: [CARRIED] }),
      intent({ id: 'att_3', batchId: 'bat_2' }),
      intent({ id: 'att_4', batchId: undefined }),
    ])
    await recordEndings(db, [ending('att_1')])
    expect(await attemptsOf(db, 'bat_1')).toEqual([
      {
        id: 'att_2',
        integrationId: INTEGRATION,
        person: BOB,
        revision: 9,
        startedAt: MORNING,
        method: 'PATCH',
        request: { merge_fields: { NEWS: 'true' } },
      },
    ])
    expect((await attemptsOf(db, 'bat_2')).map(({ id }) => id)).toEqual(['att_3'])
  })

  test('an attempt goes with a batch that exists, or with none', async () => {
    await expect(recordIntents(db, [intent({ batchId: 'bat_x' })])).rejects.toThrow('insert into attempt')
  })

  test('I6: a crash does not end the attempts of a batch, for its results will', async () => {
    await insertBatch(db, newBatch())
    await recordIntents(db, [intent({ id: 'att_1' }), intent({ id: 'att_2', batchId: undefined })])
    await closeInterrupted(db, minute(7))
    await closeInterrupted(db, minute(8), INTEGRATION)
    expect(await listAttempts(db, { before: '', limit: 10 })).toMatchObject([
      { id: 'att_2', finishedAt: minute(7), outcome: 'retry', reason: 'interrupted' },
      { id: 'att_1', finishedAt: undefined, outcome: undefined },
    ])
  })
})
