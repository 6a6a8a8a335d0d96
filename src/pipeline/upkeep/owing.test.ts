import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addArrival,
  addIntegration,
  addPeople,
  addSource,
  aStore,
  BOB,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  putDebt,
  SOURCE,
} from '../../../test/store-builders.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { oweEveryone, stillToOwe } from '../../store/settings/to-owe.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { changeReaders, keepReaders } from '../../store/settings/sources.ts'
import { createOwing, type Owing } from './owing.ts'

const LATER = minute(3)

describe.each(databases)('owing everyone on $name', ({ name, open }) => {
  let db: Database
  let owing: Owing
  let failures: unknown[]
  const woken: string[] = []

  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    woken.length = 0
    failures = []
    owing = onStore(db)
  })
  afterAll(() => db.close())

  const onStore = (store: Database): Owing =>
    createOwing({
      db: store,
      clock: () => LATER,
      telemetry: { stepFailed: (_, error) => failures.push(error) },
      onOwed: ids => woken.push(...ids),
    })

  const everyone = (integrationId = INTEGRATION) => oweEveryone(db, { integrationId, at: LATER })

  async function settled(own = owing): Promise<void> {
    own.request()
    await own.idle()
  }

  const owed = async (integrationId = INTEGRATION): Promise<string[]> =>
    (
      await db.query<{ person: string }>('select person from delivery where integration_id = $1 order by person', [
        integrationId,
      ])
    ).map(({ person }) => person)

  test('R23: everyone that the source knows is owed, behind live events, and lanes are woken', async () => {
    await addPeople(db, [ADA, BOB])
    await everyone()
    await settled()
    const expected = { status: 'waiting', priority: PRIORITY.backfill, due_at: LATER, carries_withdrawal: 0 }
    expect(await debtOf(db, ADA)).toMatchObject(expected)
    expect(await debtOf(db, BOB)).toMatchObject(expected)
    expect(new Set(woken)).toEqual(new Set([INTEGRATION]))
    expect(await stillToOwe(db, INTEGRATION)).toBeUndefined()
  })

  test('more people than one part holds are owed in parts, each once', async () => {
    const crowd = Array.from({ length: 137 }, (_, n) => `person${n}@example.test`)
    await addPeople(db, crowd)
    await everyone()
    await settled()
    expect(await owed()).toEqual(crowd.toSorted())
    expect(await db.query('select distinct revision from delivery')).toEqual([{ revision: 1 }])
  })

  test('whoever saved the document finds everyone owed when the first second is enough', async () => {
    await addPeople(db, [ADA, BOB])
    await everyone()
    await owing.begin()
    expect(await owed()).toEqual([ADA, BOB])
    expect(failures).toEqual([])
  })

  test('a person of many facts is owed once, an anonymous one and one of another source not at all', async () => {
    await addSource(db, { id: 'src_b' })
    await addPeople(db, [ADA])
    await addPeople(db, ['stranger'], 'src_b')
    await db.query(`insert into fact select 'fct_more', source_id, inbox_id, 'more', family, kind, entity_id, user_id,
      person, at, received_at, regulation, status, content, adopted, cause_id from fact where person = '${ADA}'`)
    await db.query(`insert into fact select 'fct_anon', source_id, inbox_id, 'anon', family, kind, entity_id, user_id,
      null, at, received_at, regulation, status, content, 0, null from fact where id = 'fct_more'`)
    await everyone()
    await settled()
    expect(await db.query('select person, revision from delivery')).toEqual([{ person: ADA, revision: 1 }])
  })

  test('a withdrawal that waits stays the first, and what is being sent stays so', async () => {
    await addPeople(db, [ADA, BOB])
    await owe(db, [debt({ priority: PRIORITY.withdrawal }), debt({ person: BOB })])
    await putDebt(db, 'sending', { person: BOB })
    await everyone()
    await settled()
    expect(await debtOf(db, ADA)).toMatchObject({ priority: PRIORITY.withdrawal, carries_withdrawal: 1, revision: 2 })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'sending', priority: PRIORITY.live, revision: 2 })
  })

  test.each(['before the first part', 'after some'])('one that is disabled %s owes nothing more', async when => {
    await addPeople(db, [ADA, BOB])
    await everyone()
    if (when === 'after some') await db.query(`update to_owe set after_person = '${ADA}'`)
    await db.query('update integration set enabled = 0')
    await settled()
    expect(await owed()).toEqual([])
    expect(await stillToOwe(db, INTEGRATION)).toBeUndefined()
  })

  test('a disabled integration and an unknown one have nobody to owe', async () => {
    await addPeople(db, [ADA])
    await addIntegration(db, { id: 'int_off', settings: { enabled: false } })
    await everyone('int_off')
    await everyone('int_unknown')
    expect(await db.query('select integration_id from to_owe')).toEqual([])
  })

  test('what was begun goes on where it was, also after a part that failed', async () => {
    await addPeople(db, [ADA, BOB])
    await everyone()
    let left = 1
    const failing: Database = {
      ...db,
      transaction: work => (left-- > 0 ? Promise.reject(new Error('the disk is full')) : db.transaction(work)),
    }
    const other = onStore(failing)
    await other.begin()
    await settled(other)
    expect(failures).toEqual([new Error('the disk is full')])
    expect(await owed()).toEqual([ADA, BOB])
  })

  test('a document that is changed meanwhile begins anew, with the first person', async () => {
    await addPeople(db, [ADA, BOB])
    await everyone()
    await db.query(`update to_owe set after_person = '${ADA}', owed = 1`)
    expect(await stillToOwe(db, INTEGRATION)).toEqual({ since: LATER, owed: 1 })
    await everyone()
    expect(await stillToOwe(db, INTEGRATION)).toEqual({ since: LATER, owed: 0 })
    await settled()
    expect(await owed()).toEqual([ADA, BOB])
  })

  /** An integration is saved while a webhook commits: by then `webhook` has looked up who reads its source. */
  const NEW = 'int_new'
  const saves = () =>
    db.transaction(async tx => {
      await addIntegration(tx, { id: NEW })
      await oweEveryone(tx, { integrationId: NEW, at: LATER })
      await changeReaders(tx, SOURCE)
    })

  async function webhook(tx: Sql): Promise<void> {
    await keepReaders(tx, [SOURCE])
    await addArrival(tx, { id: 'inb_b', fingerprint: 'f1' })
    await addPeople(tx, [ADA])
    await owe(tx, [debt({ at: MORNING })])
  }

  /** On SQLite transactions take turns; on PostgreSQL the other one waits for a lock, or is over already. */
  async function waitsOr(isOver: () => boolean): Promise<void> {
    if (name === 'sqlite') return
    const waiting = `select 1 as one from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`
    while (!isOver() && (await db.query(waiting)).length === 0);
  }

  test('R30: whom a webhook names that commits after a new integration was begun is owed in it', async () => {
    let saving: Promise<void> | undefined
    let isSaved = false
    await db.transaction(async tx => {
      await webhook(tx)
      saving = saves().finally(() => (isSaved = true))
      await waitsOr(() => isSaved)
      // Had it not waited, everyone would be owed by now, but for the one whose webhook has not committed.
      if (isSaved) await settled()
    })
    await saving
    await settled()
    expect(await owed(NEW)).toEqual([ADA])
  })

  test('R30: a webhook that comes while an integration is saved finds it', async () => {
    let receiving: Promise<void> | undefined
    let isReceived = false
    await db.transaction(async tx => {
      await addIntegration(tx, { id: NEW })
      await changeReaders(tx, SOURCE)
      receiving = db.transaction(webhook).finally(() => (isReceived = true))
      await waitsOr(() => isReceived)
    })
    await receiving
    expect(await owed(NEW)).toEqual([ADA])
  })
})
