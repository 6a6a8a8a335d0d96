import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { IN_PEACE, readyOf } from '../../../test/attempt-builders.ts'
import { eventDeleted, grants, minute, MORNING, NEWSLETTER } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { aStore, confirmOne, debt, openStore, SOURCE, storedFact, tellOne } from '../../../test/store-builders.ts'
import { DAY, HOUR } from '../../domain/instant.ts'
import { answerBrake, listBrakes, oweReleased, releaseUnanswered } from '../../store/contacts/brakes.ts'
import { owe } from '../../store/debts/deliveries.ts'
import { type Database } from '../../store/engine/database.ts'
import { createIds } from '../../store/engine/ids.ts'
import { appendFacts } from '../../store/ledger/facts.ts'
import { takeDue } from './take.ts'

const NOW = minute(5)
const PEOPLE = Array.from({ length: 103 }, (_, n) => `p${String(n).padStart(3, '0')}@example.test`)

describe.each(databases)('R33: many retractions on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    for (const person of PEOPLE) {
      await tellOne(db, { person, says: [grants(NEWSLETTER)] })
      await confirmOne(db, { person, fields: { 'merge:NEWSLETTER': 'true' } })
    }
    const gone = PEOPLE.map(person => storedFact({ fact: eventDeleted(`${person} at ${MORNING}`, minute(1)), person }))
    await appendFacts(db, gone)
    await owe(
      db,
      PEOPLE.map(person => debt({ person })),
    )
  })
  afterAll(() => db.close())

  const takeAt = async (now: number): Promise<string[]> => {
    const request = { ready: [readyOf()], room: 500, ...IN_PEACE, now, newId: createIds(() => now) }
    const { assignments } = await db.transaction(tx => takeDue(tx, request))
    for (const { plan } of assignments) expect(plan.fields).toEqual({ 'merge:NEWSLETTER': 'false' })
    return assignments.map(({ person }) => person)
  }
  const listed = () => listBrakes(db, { before: '', limit: 9 })
  const owedAt = (at: number) =>
    owe(
      db,
      PEOPLE.slice(100).map(person => debt({ person, at })),
    )

  test('the first hundred go, and the others are one problem, however often they become due', async () => {
    expect(await takeAt(NOW)).toEqual(PEOPLE.slice(0, 100))
    for (const later of [NOW + 1, NOW + 2 * HOUR]) {
      await owedAt(later)
      expect(await takeAt(later)).toEqual([])
      expect(await listed()).toMatchObject([{ sourceId: SOURCE, since: NOW, decision: undefined, debts: 3, people: 3 }])
    }
    const held = await db.query(`select reason, count(*) as n from delivery where status = 'held' group by reason`)
    expect(held).toEqual([{ reason: 'many_retractions', n: 3 }])
  })

  test.each([
    ['a yes', 'release', NOW + 1, 3],
    ['a no', 'withhold', NOW + 9 * DAY, 0],
    ['no answer in time', undefined, NOW + DAY - 1, 0],
    ['no answer', undefined, NOW + DAY, 3],
  ] as const)('after %s', async (_, decision, at, going) => {
    await takeAt(NOW)
    const [{ id } = { id: '' }] = await listed()
    if (decision) await answerBrake(db, { id, decision, at: NOW, by: 'ops' })
    await releaseUnanswered(db, at)
    expect(await oweReleased(db, { at, limit: 500 })).toHaveLength(going)
    expect(await oweReleased(db, { at, limit: 500 })).toEqual([])
    expect(await takeAt(at)).toHaveLength(going)
    expect(await listed()).toHaveLength(going > 0 ? 0 : 1)
  })
})
