import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { IN_PEACE, readyOf } from '../../../test/attempt-builders.ts'
import { denies, grants, minute, MORNING, NEWSLETTER } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, aStore, BOB, debt, debtOf, INTEGRATION, openStore, tellOne } from '../../../test/store-builders.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { type Database } from '../../store/engine/database.ts'
import { createIds } from '../../store/engine/ids.ts'
import { factsOf, weightsOf } from '../../store/ledger/facts.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { takeDue } from './take.ts'

const NOW = minute(5)
const EVE = 'eve@example.test'

describe.each(databases)('a debt that cannot be decided, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await tellOne(db, { person: ADA, says: [denies(NEWSLETTER)], at: MORNING })
    await tellOne(db, { person: BOB, says: [grants(NEWSLETTER)], at: MORNING })
    await tellOne(db, { person: EVE, says: [denies(NEWSLETTER)], at: MORNING })
    await owe(db, [debt({ priority: PRIORITY.withdrawal }), debt({ person: BOB }), debt({ person: EVE })])
  })
  afterAll(() => db.close())

  const newId = createIds(() => NOW)
  const take = (room = 8) =>
    db.transaction(tx => takeDue(tx, { ready: [readyOf()], room, ...IN_PEACE, now: NOW, newId }))
  const contentBecomes = (content: string) => db.query(`update fact set content = $1 where person = $2`, [content, ADA])
  const sentTo = async (room?: number) => (await take(room)).assignments.map(({ person }) => person).sort()

  /** So many copies of what was told of her last. */
  const tellsAgain = (count: number) =>
    db.query(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into fact (id, source_id, inbox_id, family, kind, received_at, key, entity_id, user_id, person, adopted,
              cause_id, at, status, regulation, content)
       select f.id || '_' || n.i, source_id, inbox_id, family, kind, received_at, key || n.i, entity_id, user_id, person,
              adopted, cause_id, at, status, regulation, content
         from fact f cross join n where f.person = $1`,
      [ADA],
    )

  test.each([
    ['is no JSON', 'nothing'],
    ['has no entity', '{}'],
    ['holds statements of no place', '{"now":{"statements":[{}],"attributes":[]}}'],
    ['holds a number for its statements', '{"now":{"statements":5,"attributes":[]}}'],
  ])('I21: what is stored of the person %s: it ends, and all others go', async (_, content) => {
    await contentBecomes(content)
    expect(await sentTo()).toEqual([BOB, EVE])
    expect(await debtOf(db)).toMatchObject({
      status: 'dead',
      reason: 'decision_failed',
      detail: expect.any(String) as string,
      carries_withdrawal: 1,
      settled_at: NOW,
    })
    expect((await take()).undecided).toEqual([])
  })

  test('I21: in whichever place it is, with one connection alone', async () => {
    await contentBecomes('{}')
    expect(await sentTo(1)).toEqual([])
    expect(await sentTo(1)).toHaveLength(1)
  })

  test('what was thrown is told, so that it can be mended', async () => {
    await contentBecomes('{}')
    const { undecided, ended } = await take()
    expect(undecided).toMatchObject([{ debt: { person: ADA }, error: expect.any(TypeError) as object }])
    expect(ended).toEqual([{ integrationId: INTEGRATION, end: 'dead', reason: 'decision_failed' }])
  })

  test('it is tried again when something new is told, and goes once it can be decided', async () => {
    await contentBecomes('{}')
    await take()
    await owe(db, [debt({ at: NOW })])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', carries_withdrawal: 1, reason: null })
    await take()
    expect(await debtOf(db)).toMatchObject({ status: 'dead', reason: 'decision_failed' })
    await db.query(`update fact set content = (select content from fact where person = $1) where person = $2`, [
      EVE,
      ADA,
    ])
    await owe(db, [debt({ at: NOW })])
    expect(await sentTo()).toEqual([ADA])
  })

  test('what was told of a person has a weight, and it is that of what would be read', async () => {
    await tellsAgain(20)
    const people = [ADA, BOB, 'nobody@mail.test'].map(person => ({ sourceId: debt().sourceId, person }))
    const weights = await weightsOf(db, people)
    const facts = await factsOf(db, people)
    expect(people.map(person => weights.get(personKey(person))?.facts)).toEqual([21, 1, undefined])
    expect(people.map(person => facts.get(personKey(person))?.length)).toEqual([21, 1, undefined])
    const [{ bytes } = { bytes: 0 }] = await db.query<{ bytes: number }>(
      `select cast(sum(octet_length(content)) as bigint) as bytes from fact where person = $1`,
      [ADA],
    )
    expect(people.map(person => weights.get(personKey(person))?.bytes)[0]).toBe(bytes)
  })

  test('more was told than one decision reads: it ends, and all others go', async () => {
    await tellsAgain(9_999)
    expect(await sentTo()).toEqual([ADA, BOB, EVE])
    await owe(db, [debt({ at: NOW })])
    await db.query(`update delivery set status = 'waiting', due_at = $1`, [NOW])
    await tellOne(db, { person: ADA, says: [denies(NEWSLETTER)], at: minute(1) })
    expect(await sentTo()).toEqual([BOB, EVE])
    expect(await debtOf(db)).toMatchObject({ status: 'dead', reason: 'history_too_large' })
  })
})
