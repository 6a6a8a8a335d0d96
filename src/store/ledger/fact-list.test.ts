import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addArrival,
  addSource,
  aStore,
  BOB,
  INBOX,
  openStore,
  SOURCE,
  storedFact,
} from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { findFact, listFacts } from './fact-list.ts'
import { appendFacts } from './facts.ts'

const OTHER = 'src_b'

describe.each(databases)('facts as they are looked up, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  afterAll(() => db.close())

  beforeEach(async () => {
    await aStore(db)
    await addSource(db, { id: OTHER })
    await addArrival(db, { id: 'inb_b', sourceId: OTHER })
    await appendFacts(db, [
      storedFact({ fact: anEvent({ id: 'fct_1' }) }),
      storedFact({ fact: anEvent({ id: 'fct_2' }), person: BOB }),
      storedFact({ fact: anEvent({ id: 'fct_3' }), person: undefined }),
      storedFact({ fact: anEvent({ id: 'fct_4' }), sourceId: OTHER, inboxId: 'inb_b' }),
    ])
  })

  const idsOf = async (filter: Parameters<typeof listFacts>[1]) => (await listFacts(db, filter)).map(({ id }) => id)
  const ALL = { before: '', limit: 10 }

  test('are the newest first, of all, of a source, of a person, or of both', async () => {
    expect(await idsOf(ALL)).toEqual(['fct_4', 'fct_3', 'fct_2', 'fct_1'])
    expect(await idsOf({ ...ALL, sourceId: SOURCE })).toEqual(['fct_3', 'fct_2', 'fct_1'])
    expect(await idsOf({ ...ALL, person: ADA })).toEqual(['fct_4', 'fct_1'])
    expect(await idsOf({ ...ALL, person: ADA, sourceId: SOURCE })).toEqual(['fct_1'])
    expect(await idsOf({ ...ALL, person: 'nobody@example.test' })).toEqual([])
  })

  test('come in pages', async () => {
    expect(await idsOf({ limit: 2, before: '' })).toEqual(['fct_4', 'fct_3'])
    expect(await idsOf({ limit: 2, before: 'fct_3' })).toEqual(['fct_2', 'fct_1'])
    expect(await idsOf({ limit: 2, before: 'fct_3', sourceId: SOURCE })).toEqual(['fct_2', 'fct_1'])
    expect(await idsOf({ limit: 2, before: 'fct_4', person: ADA })).toEqual(['fct_1'])
  })

  test('are those received from a time on and before another, in any order of their ids, page by page', async () => {
    await appendFacts(db, [
      storedFact({ fact: anEvent({ id: 'fct_0', receivedAt: minute(9) }) }),
      storedFact({ fact: anEvent({ id: 'fct_5', receivedAt: minute(5) }) }),
      storedFact({ fact: anEvent({ id: 'fct_6', receivedAt: minute(5) }), person: BOB }),
    ])
    expect(await idsOf({ ...ALL, limit: 3 })).toEqual(['fct_0', 'fct_6', 'fct_5'])
    expect(await idsOf({ ...ALL, from: minute(5) })).toEqual(['fct_0', 'fct_6', 'fct_5'])
    expect(await idsOf({ ...ALL, from: minute(5), to: minute(9) })).toEqual(['fct_6', 'fct_5'])
    expect(await idsOf({ ...ALL, from: minute(5), before: 'fct_6' })).toEqual(['fct_5'])
    expect(await idsOf({ ...ALL, to: minute(5), before: 'fct_0' })).toEqual(['fct_4', 'fct_3', 'fct_2', 'fct_1'])
    expect(await idsOf({ ...ALL, from: minute(1), sourceId: SOURCE, person: BOB })).toEqual(['fct_6'])
    expect(await idsOf({ ...ALL, to: minute(9), person: ADA, before: 'fct_0' })).toEqual(['fct_5', 'fct_4', 'fct_1'])
    expect(await idsOf({ ...ALL, to: MORNING, sourceId: OTHER })).toEqual([])
  })

  test('say whose they are, where they came from, and what they tell', async () => {
    const fact = anEvent({ id: 'fct_1' })
    expect(await findFact(db, 'fct_1')).toEqual({ id: 'fct_1', fact, sourceId: SOURCE, inboxId: INBOX, person: ADA })
    expect((await findFact(db, 'fct_3'))?.person).toBeUndefined()
    expect(await findFact(db, 'fct_9')).toBeUndefined()
  })
})
