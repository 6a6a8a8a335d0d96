import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  addSource,
  aStore,
  BOB,
  INTEGRATION,
  openStore,
  SOURCE,
} from '../../../test/store-builders.ts'
import {
  attemptsOf,
  closeInterrupted,
  listAttempts,
  recordEndings,
  recordIntents,
  type AttemptFilter,
  type AttemptEnding,
  type Intent,
} from './attempts.ts'
import { type Database } from '../engine/database.ts'

const intent = (over: Partial<Intent> = {}): Intent => ({
  id: 'att_1',
  integrationId: INTEGRATION,
  person: ADA,
  revision: 4,
  startedAt: MORNING,
  method: 'PATCH',
  path: '/lists/a1b2c3d4e5/members/c0ffee?skip_merge_validation=true',
  request: { merge_fields: { NEWS: 'true' } },
  ...over,
})

const ending = (over: Partial<AttemptEnding> = {}): AttemptEnding => ({
  id: 'att_1',
  finishedAt: minute(1),
  status: 400,
  answer: '{"title":"Invalid Resource"}',
  requestId: 'req-1',
  outcome: 'rejected',
  reason: 'fields_invalid',
  detail: 'NEWS is wrong',
  ...over,
})

describe.each(databases)('attempts on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const list = (filter: Partial<AttemptFilter> = {}) => listAttempts(db, { before: '', limit: 100, ...filter })
  const ids = async (filter: Partial<AttemptFilter> = {}) => (await list(filter)).map(({ id }) => id)

  test('I6 R27: an attempt is there before its request leaves, with the request and without an end', async () => {
    await recordIntents(db, [intent()])
    expect(await list()).toEqual([
      {
        id: 'att_1',
        integrationId: INTEGRATION,
        person: ADA,
        revision: 4,
        startedAt: MORNING,
        finishedAt: undefined,
        method: 'PATCH',
        path: '/lists/a1b2c3d4e5/members/c0ffee?skip_merge_validation=true',
        request: { merge_fields: { NEWS: 'true' } },
        status: undefined,
        answer: undefined,
        requestId: undefined,
        outcome: undefined,
        reason: undefined,
        detail: undefined,
        carried: [],
      },
    ])
  })

  test('R27: its end completes it with the answer, and touches no other', async () => {
    await recordIntents(db, [intent(), intent({ id: 'att_2', person: BOB })])
    await recordEndings(db, [ending()])
    const [other, own] = await list()
    expect(own).toMatchObject({
      finishedAt: minute(1),
      status: 400,
      answer: '{"title":"Invalid Resource"}',
      requestId: 'req-1',
      outcome: 'rejected',
      reason: 'fields_invalid',
      detail: 'NEWS is wrong',
      request: { merge_fields: { NEWS: 'true' } },
    })
    expect(other).toMatchObject({ id: 'att_2', finishedAt: undefined, outcome: undefined })
  })

  test('an end without an answer says so by leaving it out', async () => {
    await recordIntents(db, [intent()])
    const none = { status: undefined, answer: undefined, requestId: undefined, reason: undefined, detail: undefined }
    await recordEndings(db, [ending({ ...none, outcome: 'retry' })])
    expect(await list()).toMatchObject([{ ...none, outcome: 'retry' }])
  })

  test('many are completed at once, and an unknown one is left out', async () => {
    await recordIntents(db, [intent(), intent({ id: 'att_2' }), intent({ id: 'att_3' })])
    await recordEndings(db, [ending({ outcome: 'delivered' }), ending({ id: 'att_3' }), ending({ id: 'att_unknown' })])
    expect((await list()).map(({ outcome }) => outcome)).toEqual(['rejected', undefined, 'delivered'])
  })

  test('a group may be empty', async () => {
    await recordIntents(db, [])
    await recordEndings(db, [])
    expect(await list()).toEqual([])
  })

  test.each([
    ['a NUL', 'a\0b', 'a\ufffdb'],
    ['half of a character, as cutting makes it', '😀'.slice(0, 1), '\ufffd'],
    ['the other half', '😀'.slice(1), '\ufffd'],
    ['every plane, quotes and what looks like an escape', `é 漢 😀 ' " \\u0000 \\ud800`, undefined],
  ])('an answer with %s is kept: one lost answer would stop all of the account', async (_, text, kept = text) => {
    await recordIntents(db, [intent()])
    await recordEndings(db, [ending({ answer: text, detail: text, requestId: text })])
    expect(await list()).toMatchObject([{ answer: kept, detail: kept, requestId: kept }])
  })

  test('I6: after a crash an attempt without an end is closed as interrupted, one with an end is left alone', async () => {
    await recordIntents(db, [intent(), intent({ id: 'att_2' })])
    await recordEndings(db, [ending()])
    await closeInterrupted(db, minute(7))
    expect(await list()).toMatchObject([
      { id: 'att_2', finishedAt: minute(7), outcome: 'retry', reason: 'interrupted', status: undefined },
      { id: 'att_1', finishedAt: minute(1), outcome: 'rejected', reason: 'fields_invalid' },
    ])
  })

  test('an attempt is recorded once, and only in an integration that exists', async () => {
    await recordIntents(db, [intent()])
    await expect(recordIntents(db, [intent()])).rejects.toThrow('insert into attempt')
    await expect(recordIntents(db, [intent({ id: 'att_2', integrationId: 'int_x' })])).rejects.toThrow('insert')
  })

  test('are listed newest first, by integration and person, page by page', async () => {
    await addIntegration(db, { id: 'int_b' })
    await recordIntents(db, [
      intent({ id: 'att_1' }),
      intent({ id: 'att_2', person: BOB }),
      intent({ id: 'att_3', integrationId: 'int_b' }),
      intent({ id: 'att_4' }),
    ])
    expect(await ids()).toEqual(['att_4', 'att_3', 'att_2', 'att_1'])
    expect(await ids({ limit: 2 })).toEqual(['att_4', 'att_3'])
    expect(await ids({ before: 'att_3', limit: 2 })).toEqual(['att_2', 'att_1'])
    expect(await ids({ before: 'att_1' })).toEqual([])
    expect(await ids({ integrationId: INTEGRATION })).toEqual(['att_4', 'att_2', 'att_1'])
    expect(await ids({ integrationId: INTEGRATION, person: ADA })).toEqual(['att_4', 'att_1'])
    expect(await ids({ person: 'nobody' })).toEqual([])
  })

  test('of one person are those of the integrations that read the source, the newest first', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_b' })
    await addIntegration(db, { id: 'int_other', sourceId: 'src_b' })
    await recordIntents(db, [
      intent({ id: 'att_1' }),
      intent({ id: 'att_2', person: BOB }),
      intent({ id: 'att_3', integrationId: 'int_b' }),
      intent({ id: 'att_4', integrationId: 'int_other' }),
    ])
    const found = async (limit: number) =>
      (await attemptsOf(db, { sourceId: SOURCE, person: ADA }, limit)).map(({ id }) => id)
    expect(await found(10)).toEqual(['att_3', 'att_1'])
    expect(await found(1)).toEqual(['att_3'])
  })
})
