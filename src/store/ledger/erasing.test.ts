import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, eventDeleted, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addArrival,
  addIntegration,
  addPeople,
  addSource,
  aStore,
  BOB,
  CREDENTIAL,
  INBOX,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
  SOURCE,
  storedFact,
  aContactKey,
} from '../../../test/store-builders.ts'
import { recordEndings, recordIntents } from '../debts/attempts.ts'
import { insertBatch } from '../debts/batches.ts'
import { type Database } from '../engine/database.ts'
import { markSending } from '../debts/deliveries.ts'
import {
  debtsBeforeErasing,
  eraseAttempts,
  eraseDeliveries,
  eraseFacts,
  holdOffWriters,
  isOwingEveryone,
} from './erasing.ts'
import { adoptDeletions, appendFacts } from './facts.ts'
import { endReplay, insertReplay } from '../debts/replays.ts'
import { endToOwe, oweEveryone } from '../settings/to-owe.ts'
import { buriedAmong, buryFacts } from './tombstones.ts'

const OTHER = 'int_b'
const ALL = { person: ADA, chosenBy: minute(1_000) }

describe.each(databases)('erasing a person from the store on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await db.query('delete from replay')
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: OTHER, sourceId: 'src_b' })
  })
  afterAll(() => db.close())

  const attempted = async (person: string, integrationId = INTEGRATION, batchId?: string) => {
    const id = `att_${person}_${integrationId}_${batchId ?? ''}`
    const request = { method: 'PATCH', path: '/x', request: {}, revision: 1, startedAt: MORNING }
    await recordIntents(db, [{ id, integrationId, person, batchId, ...request }])
    return id
  }
  const ends = (id: string) =>
    recordEndings(db, [
      {
        id,
        finishedAt: minute(1),
        status: 200,
        answer: undefined,
        requestId: undefined,
        outcome: 'delivered',
        reason: undefined,
        detail: undefined,
      },
    ])
  /** On SQLite whoever comes later waits anyway. */
  const someoneWaits = async () => {
    const waiting = `select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (db.dialect === 'postgres') while ((await db.query(waiting)).length === 0);
  }
  const owing = async () => {
    await oweOne(db)
    await oweOne(db, { person: BOB })
    await oweOne(db, { sourceId: 'src_b' })
  }
  const peopleIn = async (table: string) =>
    (await db.query(`select person from ${table} order by person`)).map(({ person }) => person)

  test('what was told of them goes from every source, with the deletions that were found to be theirs', async () => {
    const deletion = eventDeleted('event of ada')
    const told = anEvent({ id: 'fct_told', entityId: 'event of ada' })
    await appendFacts(db, [storedFact({ fact: told }), storedFact({ fact: deletion, person: undefined })])
    await adoptDeletions(db, [{ sourceId: SOURCE, entityId: 'event of ada' }])
    await addPeople(db, [ADA, BOB], 'src_b')
    const facts = await eraseFacts(db, ALL)
    expect(facts.map(({ sourceId, kind }) => `${sourceId} ${kind}`).sort()).toEqual([
      `${SOURCE} created`,
      `${SOURCE} deleted`,
      'src_b created',
    ])
    expect(facts[0]).toMatchObject({
      inboxId: INBOX,
      key: expect.stringContaining('key of') as string,
      family: 'event',
    })
    expect(await peopleIn('fact')).toEqual([BOB])
    expect(await eraseFacts(db, ALL)).toEqual([])
  })

  test('I2: a fact that was erased is known for ever, in its source, and new to no other', async () => {
    const fact = storedFact()
    const again = storedFact({ fact: anEvent({ id: 'fct_again' }), key: fact.key })
    await appendFacts(db, [fact, storedFact({ fact: anEvent({ id: 'fct_bob' }), person: BOB })])
    await buryFacts(db, ALL)
    await buryFacts(db, ALL)
    await eraseFacts(db, ALL)
    expect(await db.query('select * from tombstone')).toEqual([{ source_id: SOURCE, key: fact.key }])
    expect(await appendFacts(db, [again])).toEqual(new Set())
    expect(await appendFacts(db, [again, storedFact({ fact: anEvent({ id: 'fct_new' }) })])).toEqual(
      new Set(['fct_new']),
    )
    expect(await appendFacts(db, [{ ...again, sourceId: 'src_b' }])).toEqual(new Set(['fct_again']))
    const asked = [SOURCE, 'src_b'].flatMap(sourceId => [fact.key, 'another'].map(key => ({ sourceId, key })))
    expect(await buriedAmong(db, asked)).toEqual([{ sourceId: SOURCE, key: fact.key }])
  })

  test('what was sent and is owed goes from every integration, and nothing of anybody else', async () => {
    await owing()
    for (const id of [INTEGRATION, OTHER]) await attempted(ADA, id)
    await attempted(BOB)
    const sending = [ADA, BOB].map(person => ({
      integrationId: INTEGRATION,
      person,
      contact: aContactKey(person).alias,
      carriesWithdrawal: false,
    }))
    await markSending(db, sending)
    expect([await eraseAttempts(db, ADA), await eraseDeliveries(db, ADA)]).toEqual([2, 2])
    for (const table of ['attempt', 'delivery']) expect([table, await peopleIn(table)]).toEqual([table, [BOB]])
    expect([await eraseAttempts(db, ADA), await eraseDeliveries(db, ADA)]).toEqual([0, 0])
  })

  test('their debts are seen with what is not over yet', async () => {
    await owing()
    await putDebt(db, 'dead', { reason: 'forgotten' })
    await db.query(
      `update delivery set window_until = $1, carries_withdrawal = 1 where person = $2 and status = 'dead'`,
      [minute(3), ADA],
    )
    await insertBatch(db, { id: 'bat_1', credentialId: CREDENTIAL, createdAt: MORNING, deadlineAt: minute(9) })
    await attempted(ADA, INTEGRATION, 'bat_1')
    await ends(await attempted(ADA, INTEGRATION))
    await attempted(BOB)
    expect(await debtsBeforeErasing(db, ADA)).toEqual([
      {
        integrationId: INTEGRATION,
        status: 'dead',
        carriesWithdrawal: true,
        windowUntil: minute(3),
        hasOpenAttempt: true,
      },
      {
        integrationId: OTHER,
        status: 'waiting',
        carriesWithdrawal: false,
        windowUntil: undefined,
        hasOpenAttempt: false,
      },
    ])
  })

  test('a resync is under way until everyone was made due', async () => {
    const replay = {
      criteria: {},
      actor: 'a',
      total: 0,
      withdrawals: 0,
      through: '',
      idempotencyKey: undefined,
      fingerprint: '',
      createdAt: MORNING,
    }
    await insertReplay(db, { ...replay, id: 'rpl_1', kind: 'debts' })
    expect(await isOwingEveryone(db)).toBe(false)
    await insertReplay(db, { ...replay, id: 'rpl_2', kind: 'resync' })
    expect(await isOwingEveryone(db)).toBe(true)
    await endReplay(db, { id: 'rpl_2', at: minute(1) })
    expect(await isOwingEveryone(db)).toBe(false)
    await oweEveryone(db, { integrationId: INTEGRATION, at: MORNING })
    expect(await isOwingEveryone(db)).toBe(true)
    await endToOwe(db, INTEGRATION)
    expect(await isOwingEveryone(db)).toBe(false)
  })

  test('I2: who takes in a fact while it is erased waits, and then finds it known', async () => {
    const fact = storedFact()
    await appendFacts(db, [fact])
    const { taking } = await db.transaction(async tx => {
      await holdOffWriters(tx)
      await buryFacts(tx, ALL)
      await eraseFacts(tx, ALL)
      const again = storedFact({ fact: anEvent({ id: 'fct_again' }), key: fact.key })
      const taken = db.transaction(async other => {
        await addArrival(other, { id: 'inb_again', fingerprint: 'again' })
        return appendFacts(other, [again])
      })
      await someoneWaits()
      return { taking: taken }
    })
    expect(await taking).toEqual(new Set())
    expect(await peopleIn('fact')).toEqual([])
  })
})
