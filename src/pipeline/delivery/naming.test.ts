import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assignmentOf, conclusionOf, IN_PEACE, outcomes, readyOf } from '../../../test/attempt-builders.ts'
import {
  anEvent,
  attribute,
  denies,
  grants,
  minute,
  NEWSLETTER,
  purpose,
  recordOf,
  settingsOf,
} from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  aContactKey,
  aStore,
  CREDENTIAL,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  putDebt,
  storedFact,
} from '../../../test/store-builders.ts'
import { DEADLINE, LIVE_FOR } from '../../domain/batch.ts'
import { afterAbsence, NEW_CONTACT } from '../../domain/contact-record.ts'
import { type Statement } from '../../domain/fact.ts'
import { keepContacts } from '../../store/contacts/contacts.ts'
import { markSending, owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { dueDebts } from '../../store/debts/due-debts.ts'
import { keepWindows } from '../../store/debts/windows.ts'
import { namingsAt } from '../../store/contacts/naming.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { appendFacts } from '../../store/ledger/facts.ts'
import { gather } from '../batches/gather.ts'
import { conclude } from './conclude.ts'
import { decideAll } from './decide-due.ts'
import { takeDue } from './take.ts'

const HOME = 'home@mail.test'
const WORK = 'work@mail.test'
const NOW = minute(60)
const BY_EMAIL = readyOf({ settings: settingsOf({ options: { match: 'metadata_email' } }) })
const BY_ADDRESS = readyOf()

describe.each(databases)('persons who name one contact on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  /** In that minute a person said this, under that address, and is owed. */
  async function tells(person: string, [at, email, ...says]: readonly [number, string, ...Statement[]]) {
    const fact = anEvent({
      id: `fct_${at}`,
      entityId: `event ${at}`,
      userId: `user of ${person}`,
      names: person,
      at: minute(at),
      says,
      attributes: [attribute('metadata.email', email)],
    })
    await appendFacts(db, [storedFact({ fact, person })])
    await owe(db, [debt({ person, priority: PRIORITY.live, at: minute(at) })])
  }

  const dueOf = async (sql: Sql, ready = BY_EMAIL) =>
    (await dueDebts(sql, { integration: ready.integration, priority: PRIORITY.live, now: NOW, limit: 9 })).map(
      each => ({
        debt: each,
        ready,
      }),
    )
  const decides = () => db.transaction(async tx => (await decideAll(tx, await dueOf(tx), NOW)).decided)
  const alias = (address: string) => aContactKey(address).alias
  const names = async (address: string) =>
    (await namingsAt(db, [{ integrationId: INTEGRATION, alias: alias(address) }])).map(
      ({ person, leftAt }) => `${person}${leftAt === undefined ? '' : ' left'}`,
    )
  const done = (person: string) => putDebt(db, 'delivered', { person })
  const statusOf = async (person: string) => (await debtOf(db, person))?.status
  const holds = (address: string, value: string, person = 'ada') =>
    keepContacts(db, [{ key: aContactKey(address), record: recordOf({ 'merge:NEWSLETTER': value }, { person }) }])

  test('R16b: who begins to name a contact has the others of it decided again', async () => {
    await tells('ada', [1, HOME, grants(NEWSLETTER)])
    await decides()
    await done('ada')
    await tells('ben', [2, HOME, denies(NEWSLETTER)])
    const [decided] = await decides()
    expect(decided).toMatchObject({ isShared: true, decision: { plan: { fields: { 'merge:NEWSLETTER': 'false' } } } })
    expect(await names(HOME)).toEqual(['ada', 'ben'])
    expect(await statusOf('ada')).toBe('waiting')
    await done('ada')
    await decides()
    expect(await statusOf('ada'), 'only once').toBe('delivered')
  })

  test('R16f: who ceases to name one has them decided again, too', async () => {
    await tells('ada', [1, HOME, grants(NEWSLETTER)])
    await tells('ben', [2, HOME, grants(NEWSLETTER)])
    await decides()
    await Promise.all([done('ada'), done('ben')])
    await tells('ben', [3, WORK, grants(NEWSLETTER)])
    await decides()
    expect([await names(HOME), await names(WORK)]).toEqual([['ada', 'ben left'], ['ben']])
    expect(await statusOf('ada')).toBe('waiting')
  })

  test('R16b: two who begin in one transaction know of each other, and one request goes', async () => {
    await tells('ada', [1, HOME, grants(NEWSLETTER)])
    await tells('ben', [2, HOME, denies(NEWSLETTER)])
    const taken = await db.transaction(tx =>
      takeDue(tx, { ready: [BY_EMAIL], room: 8, ...IN_PEACE, now: NOW, newId: () => 'att_1' }),
    )
    expect(taken.assignments.map(({ plan }) => plan.fields)).toEqual([{ 'merge:NEWSLETTER': 'false' }])
    expect(taken.left).toBe(1)
  })

  test('R16b: two who begin in two transactions at one time come to know of each other', async () => {
    await tells('ada', [1, HOME, grants(NEWSLETTER)])
    await tells('ben', [2, HOME, denies(NEWSLETTER)])
    const [ada, ben] = await dueOf(db)
    if (!ada || !ben) throw new Error('nobody is due')
    let begun = () => {}
    const other = new Promise<void>(resolve => (begun = resolve))
    const first = db.transaction(async tx => {
      await decideAll(tx, [ada], NOW)
      begun()
    })
    await other
    const [decided] = await db.transaction(async tx => (await decideAll(tx, [ben], NOW)).decided)
    await first
    expect(decided).toMatchObject({ isShared: true })
    expect((await debtOf(db, 'ada'))?.revision, 'owed once more').toBe(2)
  })

  test('an integration that matches by address asks the store nothing more', async () => {
    await tells('ada@example.test', [1, HOME, grants(NEWSLETTER)])
    const asked: string[] = []
    await db.transaction(async tx => {
      const due = await dueOf(tx, BY_ADDRESS)
      const counting: Sql = { dialect: tx.dialect, query: (text, params) => (asked.push(text), tx.query(text, params)) }
      await decideAll(counting, due, NOW)
    })
    expect(asked.map(text => /\b(fact|erasure|contact)\b/.exec(text)?.[0])).toEqual([
      'fact',
      'fact',
      'erasure',
      'contact',
    ])
    expect(asked.join()).not.toContain('naming')
  })

  describe('R16f: a contact that was left', () => {
    beforeEach(async () => {
      await tells('ada', [1, HOME, grants(NEWSLETTER)])
      await holds(HOME, 'true')
    })
    const turn = async (failed: number, own: Statement) => {
      await tells('ada', [3, WORK, own])
      await db.query('update delivery set failed = $1', [failed])
      const [decided] = await decides()
      return [decided?.contactKey?.alias === alias(HOME) ? 'left' : 'own', decided?.rest]
    }

    test.each([
      ['first, before a grant', 0, grants(NEWSLETTER), ['left', 'own']],
      ['first, before a denial', 0, denies(NEWSLETTER), ['left', 'own']],
      ['after a denial, if it failed', 1, denies(NEWSLETTER), ['own', 'left']],
      ['before a denial, if that failed', 2, denies(NEWSLETTER), ['left', 'own']],
      ['before a grant, even if it failed', 1, grants(NEWSLETTER), ['left', 'own']],
    ] as const)('goes %s', async (_, failed, own, expected) => {
      expect(await turn(failed, own)).toEqual(expected)
    })

    test('does not go when nothing is left to take back, or it was found gone', async () => {
      await holds(HOME, 'false')
      expect(await turn(0, grants(NEWSLETTER))).toEqual(['own', undefined])
      const record = { ...recordOf({ 'merge:NEWSLETTER': 'true' }, { person: 'ada' }), goneAfter: 'fct_3' }
      await keepContacts(db, [{ key: aContactKey(HOME), record }])
      await tells('ada', [4, WORK, denies(NEWSLETTER)])
      const [decided] = await decides()
      expect(decided?.rest).toBeUndefined()
    })
  })

  describe('R16f: a contact that was left before anything was written to it', () => {
    const goesTo = async (ready = BY_EMAIL) => {
      const all = await db.transaction(async tx => decideAll(tx, await dueOf(tx, ready), NOW))
      const [decided] = all.decided
      return [decided?.contactKey?.alias === alias(HOME) ? 'left' : 'own', decided?.decision.plan]
    }
    const lostToHome = ['left', expect.objectContaining({ do: 'update', fields: { 'merge:NEWSLETTER': 'false' } })]

    test('hears what was denied for it, and is never made', async () => {
      await tells('ada', [1, HOME, denies(NEWSLETTER)])
      await tells('ada', [3, WORK, grants(NEWSLETTER)])
      expect(
        await goesTo(readyOf({ settings: settingsOf({ upsertMode: true, options: { match: 'metadata_email' } }) })),
      ).toEqual(lostToHome)
    })

    test('hears nothing of what was granted, or was said after it was left', async () => {
      await tells('ada', [1, HOME, grants(NEWSLETTER)])
      await tells('ada', [3, WORK, grants(NEWSLETTER)])
      await tells('ada', [4, WORK, denies(NEWSLETTER)])
      expect((await goesTo())[0]).toBe('own')
    })

    test('keeps its fields where no choice was made, also where those of others are cleared', async () => {
      const settings = settingsOf({ options: { match: 'metadata_email', noChoice: 'clear' } })
      await tells('ada', [1, HOME, grants(purpose('offers'))])
      await tells('ada', [3, WORK, grants(purpose('offers'))])
      expect((await goesTo(readyOf({ settings })))[0]).toBe('own')
    })

    test('R22: has taken back what may still arrive there, and once more when that may have arrived', async () => {
      await tells('ada', [1, HOME, grants(NEWSLETTER)])
      await tells('ada', [3, WORK, grants(NEWSLETTER)])
      const key = { integrationId: INTEGRATION, person: 'ada' }
      const opensUntil = (until: number) =>
        keepWindows(db, [{ ...key, window: { until, sent: { 'merge:NEWSLETTER': ['true'] } } }])
      const tookAt = (wroteAt: number) =>
        keepContacts(db, [
          { key: aContactKey(HOME), record: recordOf({ 'merge:NEWSLETTER': 'false' }, { person: 'ada', wroteAt }) },
        ])
      await opensUntil(NOW + 1)
      expect(await goesTo(), 'never confirmed').toEqual(lostToHome)
      await tookAt(NOW - 1)
      expect((await goesTo())[0], 'taken back').toBe('own')
      await opensUntil(NOW)
      expect(await goesTo(), 'the window is over').toEqual(lostToHome)
      await tookAt(NOW)
      expect((await goesTo())[0], 'asserted').toBe('own')
    })

    test('is asked for once, and again when a denial of before comes in late', async () => {
      await tells('ada', [2, HOME, denies(NEWSLETTER)])
      await tells('ada', [4, WORK, grants(NEWSLETTER)])
      const record = afterAbsence(NEW_CONTACT, 'fct_4')
      await keepContacts(db, [{ key: aContactKey(HOME), record }])
      expect((await goesTo())[0]).toBe('own')
      const late = anEvent({
        id: 'fct_5',
        entityId: 'event 5',
        userId: 'user of ada',
        names: 'ada',
        at: minute(1),
        says: [denies(NEWSLETTER)],
        attributes: [attribute('metadata.email', HOME)],
      })
      await appendFacts(db, [storedFact({ fact: late, person: 'ada' })])
      expect(await goesTo()).toEqual(lostToHome)
    })
  })

  describe('R16f: the end of a request', () => {
    beforeEach(async () => {
      await owe(db, [debt()])
      await markSending(db, [
        { integrationId: INTEGRATION, person: debt().person, contact: 'c', carriesWithdrawal: true },
      ])
    })
    const ends = async (rest: 'own' | 'left', outcome: Parameters<typeof conclusionOf>[0]) => {
      await db.transaction(tx => conclude(tx, [conclusionOf(outcome, { assignment: assignmentOf({ rest }) })], 0))
      return debtOf(db)
    }

    test('to the contact that was left makes the own one due at once', async () => {
      expect(await ends('own', outcomes.delivered())).toMatchObject({
        status: 'waiting',
        due_at: minute(1),
        reason: 'contact_left',
        failed: 0,
      })
    })

    test('also where that contact is not there', async () => {
      expect(await ends('own', outcomes.absent)).toMatchObject({ status: 'waiting', due_at: minute(1) })
    })

    test('to the own one leaves the other its next turn, as a retry', async () => {
      expect(await ends('left', outcomes.delivered())).toMatchObject({
        status: 'waiting',
        reason: 'contact_left',
        failed: 1,
      })
    })

    test('with a field that Mailchimp dropped is shown, and not sent again at once', async () => {
      expect(await ends('own', outcomes.delivered({}, ['merge:NEWSLETTER']))).toMatchObject({
        status: 'held',
        reason: 'field_dropped',
      })
    })

    test('that failed is tried again as any', async () => {
      expect(await ends('own', outcomes.failed)).toMatchObject({ reason: 'server_error', failed: 1 })
    })
  })

  test('R28: a contact of several persons never goes by batch, and keeps no batch going', async () => {
    await tells('ada', [1, HOME, grants(NEWSLETTER)])
    await tells('ben', [2, HOME, grants(NEWSLETTER)])
    const batch = { id: 'bat_1', credentialId: CREDENTIAL, createdAt: NOW, deadlineAt: NOW + DEADLINE }
    const given = { ready: [BY_EMAIL], batch, isNew: true, room: 2, busy: new Set<string>(), newId: () => 'att_1' }
    const gathered = await db.transaction(tx => gather(tx, { ...given, now: NOW + LIVE_FOR }))
    expect(gathered).toMatchObject({ assignments: [], isAll: true })
    expect([await statusOf('ada'), await statusOf('ben')]).toEqual(['waiting', 'waiting'])
  })
})
