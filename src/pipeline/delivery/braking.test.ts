import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { IN_PEACE, readyOf } from '../../../test/attempt-builders.ts'
import {
  anEvent,
  COOKIES,
  eventDeleted,
  grants,
  minute,
  MORNING,
  NEWSLETTER,
  settingsOf,
} from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  aStore,
  confirmOne,
  debt,
  INTEGRATION,
  openStore,
  SOURCE,
  storedFact,
  tellOne,
} from '../../../test/store-builders.ts'
import { DAY, HOUR } from '../../domain/instant.ts'
import { oweReleased } from '../../store/contacts/braked-targets.ts'
import { answerBrake, countLost, listBrakes, releaseUnanswered } from '../../store/contacts/brakes.ts'
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

describe.each(databases)('R33: an answer counts for what it was about, on $name', ({ open }) => {
  const ada = PEOPLE.at(-1) ?? ''
  const NEWS = 'merge:NEWSLETTER'
  const TWO = [
    { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' },
    { id: 'TOPICS', value: 'consents_purposes_cookies_enabled' },
  ]
  const settings = settingsOf({ mappings: TWO })
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  afterAll(() => db.close())

  const takeAt = async (now: number): Promise<(readonly [string, unknown])[]> => {
    await owe(db, [debt({ person: ada, at: now })])
    const ready = readyOf({ settings })
    const request = { ready: [ready], room: 500, ...IN_PEACE, now, newId: createIds(() => now) }
    const { assignments } = await db.transaction(tx => takeDue(tx, request))
    return assignments.flatMap(({ person, plan }) => (person === ada ? Object.entries(plan.fields) : []))
  }
  const lose = (what: string, at: number) =>
    appendFacts(db, [storedFact({ fact: eventDeleted(`${ada} ${what}`, at), person: ada })])
  const listed = () => listBrakes(db, { before: '', limit: 9 })
  const braked = () =>
    db.query('select target, brake_id, waits from braked_target where person = $1 order by target', [ada])
  /** A hundred others lost something within the hour before. */
  const others = (now: number) => countLost(db, { sourceId: SOURCE, people: PEOPLE.slice(0, 100), now })

  /** Ada granted both by an event each, Mailchimp holds both, and the first of them waits. */
  beforeEach(async () => {
    await aStore(db)
    for (const [what, place] of [
      ['news', NEWSLETTER],
      ['cookies', COOKIES],
    ] as const) {
      const fact = anEvent({ id: `fct_${what}`, entityId: `${ada} ${what}`, says: [grants(place)] })
      await appendFacts(db, [storedFact({ fact, person: ada })])
    }
    await confirmOne(db, { person: ada, fields: { [NEWS]: 'true', 'merge:TOPICS': 'true' } })
    await others(NOW)
    await lose('news', minute(1))
    expect(await takeAt(NOW)).toEqual([])
  })

  test('a no to one field holds back no other that is lost later', async () => {
    const [{ id, samples } = { id: '', samples: [] }] = await listed()
    expect(samples).toEqual([{ integrationId: INTEGRATION, person: ada, targets: [NEWS] }])
    await answerBrake(db, { id, decision: 'withhold', at: NOW, by: 'ops' })
    await lose('cookies', minute(2))
    expect(await takeAt(NOW + 2 * HOUR)).toEqual([['merge:TOPICS', 'false']])
    expect(await listed()).toMatchObject([{ id, decision: 'withhold', debts: 1, samples: [{ targets: [NEWS] }] }])
  })

  test('what is lost later beside it waits behind a problem of its own, and each has its answer', async () => {
    const [{ id: first } = { id: '' }] = await listed()
    await answerBrake(db, { id: first, decision: 'withhold', at: NOW, by: 'ops' })
    const later = NOW + 2 * HOUR
    await others(later)
    await lose('cookies', minute(2))
    expect(await takeAt(later)).toEqual([])
    const [second, ...rest] = await listed()
    expect([second, ...rest]).toMatchObject([
      { decision: undefined, debts: 1, people: 1, samples: [{ targets: ['merge:TOPICS'] }] },
      { id: first, decision: 'withhold', debts: 1 },
    ])
    await answerBrake(db, { id: second?.id ?? '', decision: 'release', at: later, by: 'ops' })
    expect(await takeAt(later + 1)).toEqual([['merge:TOPICS', 'false']])
    expect(await braked()).toEqual([
      { target: NEWS, brake_id: first, waits: 1 },
      { target: 'merge:TOPICS', brake_id: second?.id, waits: 0 },
    ])
  })

  test('a no ends with the next word of the person about the field', async () => {
    const [{ id } = { id: '' }] = await listed()
    await answerBrake(db, { id, decision: 'withhold', at: NOW, by: 'ops' })
    const again = anEvent({ id: 'fct_again', entityId: 'again', says: [grants(NEWSLETTER)], at: minute(3) })
    await appendFacts(db, [storedFact({ fact: again, person: ada })])
    await takeAt(NOW + 1)
    expect(await braked()).toEqual([])
    expect(await listed()).toEqual([])
  })

  test('what the version before held goes on waiting, whatever its fields are', async () => {
    const [{ id } = { id: '' }] = await listed()
    await db.query(`update braked_target set target = ''`)
    expect((await listed())[0]?.samples).toEqual([{ integrationId: INTEGRATION, person: ada, targets: [] }])
    expect(await takeAt(NOW + 2 * HOUR)).toEqual([])
    expect(await braked()).toEqual([{ target: NEWS, brake_id: id, waits: 1 }])
  })

  test('nothing of it outlives its debt', async () => {
    await db.query('delete from delivery where person = $1', [ada])
    expect(await braked()).toEqual([])
  })
})
