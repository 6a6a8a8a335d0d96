import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, minute } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addPeople,
  addSource,
  aStore,
  BOB,
  INTEGRATION,
  openStore,
  SOURCE,
  storedFact,
  debt,
} from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { markSending, owe } from '../debts/deliveries.ts'
import { appendFacts } from './facts.ts'
import { peopleOfContact, peopleStarting, toldOf } from './people.ts'

const ODD = ['Customer-42', 'CUSTOMER-7', 'customer_1', 'cust%', 'été@example.test', 'Émile', '100%']

describe.each(databases)('looking for people on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const starting = async (start: string, limit = 20) =>
    (await peopleStarting(db, { start, limit })).map(({ person }) => person)

  test('by the beginning of their id, in any case', async () => {
    await addPeople(db, [ADA, BOB, ...ODD])
    expect(await starting('ada')).toEqual([ADA])
    expect(await starting(ADA)).toEqual([ADA])
    expect(new Set(await starting('customer'))).toEqual(new Set(['Customer-42', 'CUSTOMER-7', 'customer_1']))
    expect(await starting('customer-42')).toEqual(['Customer-42'])
    expect(await starting('nobody')).toEqual([])
    expect(await starting('da@')).toEqual([])
  })

  test('with signs that mean themselves, and letters that have no lower case here', async () => {
    await addPeople(db, ODD)
    expect(await starting('cust%')).toEqual(['cust%'])
    expect(await starting('_')).toEqual([])
    expect(await starting('ét')).toEqual(['été@example.test'])
    expect(await starting('Émi')).toEqual(['Émile'])
    expect(await starting('\0')).toEqual([])
  })

  test('each once for a source, and no more than asked for', async () => {
    await addSource(db, { id: 'src_b' })
    const facts = ['fct_1', 'fct_2'].map(id => storedFact({ fact: { ...anEvent({ id }), receivedAt: minute(5) } }))
    await appendFacts(db, [...facts, storedFact({ fact: anEvent({ id: 'fct_3' }), person: undefined })])
    await addPeople(db, [ADA], 'src_b')
    const found = await peopleStarting(db, { start: 'ada', limit: 20 })
    expect(found.map(({ sourceId }) => sourceId)).toEqual([SOURCE, 'src_b'])
    expect(await starting('', 1)).toHaveLength(1)
    expect(await toldOf(db, found)).toEqual([
      { sourceId: SOURCE, person: ADA, facts: 2, lastAt: minute(5) },
      expect.objectContaining({ sourceId: 'src_b', facts: 1 }),
    ])
    expect(await toldOf(db, [])).toEqual([])
  })

  test('by the contact that something was sent to', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await markSending(db, [
      { integrationId: INTEGRATION, person: ADA, contact: 'c0ffee', carriesWithdrawal: false },
      { integrationId: INTEGRATION, person: BOB, contact: 'decaf', carriesWithdrawal: false },
    ])
    expect(await peopleOfContact(db, { contact: 'c0ffee', limit: 20 })).toEqual([{ sourceId: SOURCE, person: ADA }])
    expect(await peopleOfContact(db, { contact: 'tea', limit: 20 })).toEqual([])
  })
})
