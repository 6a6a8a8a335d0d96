import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anIntegration, assignmentOf, IN_PEACE, readyOf } from '../../../test/attempt-builders.ts'
import {
  audienceOf,
  denies,
  grants,
  minute,
  MORNING,
  NEWSLETTER,
  says,
  settingsOf,
  TOPICS,
  WITH_TOPICS,
} from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  aStore,
  BOB,
  confirmOne,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  tellOne,
} from '../../../test/store-builders.ts'
import { type Statement } from '../../domain/fact.ts'
import { type Settings } from '../../domain/integration.ts'
import { type Fields } from '../../domain/plan.ts'
import { listAttempts } from '../../store/debts/attempts.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { currentWindows, keepWindows } from '../../store/debts/windows.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { createIds } from '../../store/engine/ids.ts'
import { setPaused, updateIntegration } from '../../store/settings/integrations.ts'
import { takeDue, type Taken, type TakeRequest } from './take.ts'

const NOW = minute(5)
const OTHER = 'int_b'
const EVE = 'eve@example.test'

const other = (settings: Partial<Settings> = {}) => readyOf({ id: OTHER, settings: settingsOf(settings) })
const withTopics = readyOf({ settings: settingsOf({ mappings: WITH_TOPICS }) })

describe.each(databases)('taking due debts on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const tell = (person: string, statement: Statement, at = MORNING) => tellOne(db, { person, says: [statement], at })
  const confirm = (fields: Fields) => confirmOne(db, { fields })

  const newId = createIds(() => NOW)
  const request = (over: Partial<TakeRequest> = {}): TakeRequest => ({
    ready: [readyOf()],
    room: 8,
    ...IN_PEACE,
    now: NOW,
    newId,
    ...over,
  })
  const take = (over: Partial<TakeRequest> = {}) => db.transaction(tx => takeDue(tx, request(over)))

  const whom = ({ assignments }: Taken) =>
    assignments.map(({ integration, person }) => `${person} of ${integration.id}`)
  const attempts = () => listAttempts(db, { before: '', limit: 99 })

  describe('R23: what goes first', () => {
    beforeEach(async () => {
      await addIntegration(db, { id: OTHER, settings: { audienceId: 'another' } })
      for (const person of [ADA, BOB, EVE]) await tell(person, grants(NEWSLETTER))
    })
    const both = (over: Partial<TakeRequest> = {}) =>
      take({ ready: [readyOf(), other({ audienceId: 'another' })], ...over })

    test('withdrawals of all integrations go before any grant, and live events before backfills', async () => {
      await owe(db, [
        debt({ person: EVE, priority: PRIORITY.backfill }),
        debt({ person: BOB }),
        debt({ priority: PRIORITY.withdrawal, at: minute(1) }),
      ])
      const people = [ADA, BOB, EVE].flatMap(person => [INTEGRATION, OTHER].map(id => `${person} of ${id}`))
      expect(whom(await both())).toEqual(people)
    })

    test('of one priority the debt that was due first goes first', async () => {
      await owe(db, [debt({ at: minute(2) }), debt({ person: BOB, at: minute(1) })])
      expect(whom(await take())).toEqual([`${BOB} of ${INTEGRATION}`, `${ADA} of ${INTEGRATION}`])
    })

    test('R24: no more are taken than there is room for, and the others stay due', async () => {
      await owe(db, [debt(), debt({ person: BOB }), debt({ person: EVE })])
      expect((await both({ room: 2 })).assignments).toHaveLength(2)
      const [{ n } = { n: 0 }] = await db.query<{ n: number }>(
        `select count(*) as n from delivery where status = 'waiting'`,
      )
      expect(n).toBe(4)
    })
  })

  test('a debt that is not due yet stays', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db, { at: NOW + 1 })
    expect((await take()).assignments).toEqual([])
    expect(await debtOf(db)).toMatchObject({ status: 'waiting' })
  })

  test('I6: what is taken is marked as being sent, and recorded as an attempt without an end', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    const [assignment] = (await take()).assignments
    expect(await debtOf(db)).toMatchObject({ status: 'sending', revision: 1 })
    expect(await attempts()).toMatchObject([
      {
        id: assignment?.attemptId,
        person: ADA,
        revision: 1,
        startedAt: NOW,
        method: 'PATCH',
        path: assignment?.request.path,
        request: { merge_fields: { NEWSLETTER: 'true' } },
        finishedAt: undefined,
        carried: [{ receivedAt: MORNING }],
      },
    ])
  })

  test('I6: a transaction that fails takes nothing', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    const failing = async (tx: Sql) => {
      await takeDue(tx, request())
      throw new Error('the store is away')
    }
    await expect(db.transaction(failing)).rejects.toThrow('the store is away')
    expect(await debtOf(db)).toMatchObject({ status: 'waiting' })
    expect(await attempts()).toEqual([])
  })

  test('I4: a debt of a contact with a request in flight stays, and is counted as left', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    const taken = await take({ busy: new Set([assignmentOf().contact]) })
    expect(taken).toMatchObject({ assignments: [], settled: 0, left: 1 })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting' })
  })

  test('I4: of two integrations of one audience only one request goes to the contact', async () => {
    await addIntegration(db, { id: OTHER })
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    const taken = await take({ ready: [readyOf(), other()] })
    expect(whom(taken)).toEqual([`${ADA} of ${INTEGRATION}`])
    expect(taken.left).toBe(1)
  })

  test('the request says what all facts give, not what the last one says', async () => {
    await tell(ADA, says(TOPICS, ['sport']), minute(1))
    await tell(ADA, denies(NEWSLETTER), minute(2))
    await tell(ADA, grants(NEWSLETTER), minute(0))
    await oweOne(db)
    const taken = await take({ ready: [withTopics] })
    expect(taken.assignments[0]?.plan.fields).toEqual({ 'merge:NEWSLETTER': 'false', 'merge:TOPICS': 'sport' })
  })

  test('R21: only what differs from the last confirmed values is sent', async () => {
    await tell(ADA, says(TOPICS, ['sport']), minute(1))
    await tell(ADA, grants(NEWSLETTER))
    await confirm({ 'merge:NEWSLETTER': 'true', 'merge:TOPICS': 'culture' })
    await oweOne(db)
    const taken = await take({ ready: [withTopics] })
    expect(taken.assignments[0]?.plan.fields).toEqual({ 'merge:TOPICS': 'sport' })
  })

  test('R21: a debt with nothing to send is settled without an attempt, and told as ended', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await confirm({ 'merge:NEWSLETTER': 'true' })
    await oweOne(db)
    const ended = [{ integrationId: INTEGRATION, end: 'skipped', reason: 'unchanged' }]
    expect(await take()).toMatchObject({ assignments: [], ended, settled: 1, left: 0 })
    expect(await debtOf(db)).toMatchObject({ status: 'skipped', reason: 'unchanged', settled_at: NOW })
    expect(await attempts()).toEqual([])
  })

  test('R17: an id that names no contact is skipped as unresolvable', async () => {
    await tell('no address', grants(NEWSLETTER))
    await oweOne(db, { person: 'no address' })
    expect(await take()).toMatchObject({ ended: [{ end: 'skipped', reason: 'unresolvable' }] })
  })

  test('R13: a field that cannot be filled is told, and its debt is held when there is nothing else to send', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    const without = { ...readyOf(), audience: audienceOf('OTHER') }
    const taken = await take({ ready: [without] })
    const { audienceId } = without.integration.settings
    expect(taken).toMatchObject({ assignments: [], setAside: [{ audienceId, code: 'merge_tag_missing' }] })
    expect(await debtOf(db)).toMatchObject({ status: 'held', reason: 'merge_tag_missing' })
  })

  test('I17: a request that takes something back makes its debt a withdrawal', async () => {
    await tell(ADA, denies(NEWSLETTER))
    await oweOne(db)
    expect((await take()).assignments[0]?.debt.carriesWithdrawal).toBe(true)
    expect(await debtOf(db)).toMatchObject({ carries_withdrawal: 1, priority: PRIORITY.withdrawal })
  })

  describe('R22: a window', () => {
    const key = { integrationId: INTEGRATION, person: ADA }
    beforeEach(async () => {
      await tell(ADA, grants(NEWSLETTER))
      await confirm({ 'merge:NEWSLETTER': 'true' })
      await oweOne(db)
    })
    const windowUntil = (until: number) =>
      keepWindows(db, [{ ...key, window: { until, sent: { 'merge:NEWSLETTER': ['false'] } } }])

    test('I15: at its end what was confirmed is asserted once more', async () => {
      await windowUntil(NOW)
      expect((await take()).assignments[0]?.plan.fields).toEqual({ 'merge:NEWSLETTER': 'true' })
    })

    test('that is still open is waited for by a debt with nothing to send', async () => {
      await windowUntil(NOW + 1)
      expect(await take()).toMatchObject({ assignments: [], ended: [], settled: 1 })
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: NOW + 1, reason: 'assert_again' })
      expect((await currentWindows(db, [key])).size, 'it stays open').toBe(1)
    })
  })

  describe('R24: a contact whose last attempt ended unclear', () => {
    const resting = (sent: Fields) =>
      new Map([ADA, BOB].map(who => [assignmentOf({ person: who }).contact, { until: NOW + 1, sent }]))
    const YES = { 'merge:NEWSLETTER': 'true' }
    const NO = { 'merge:NEWSLETTER': 'false' }

    test.each([
      ['a grant', grants(NEWSLETTER), NO],
      ['a withdrawal that it carried', denies(NEWSLETTER), NO],
    ])('rests before %s', async (_, statement, sent) => {
      await tell(ADA, statement)
      await oweOne(db)
      expect(await take({ resting: resting(sent) })).toMatchObject({ assignments: [], left: 0 })
      expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: NOW + 1, revision: 1 })
    })

    test('is asked for a withdrawal that it did not carry', async () => {
      await tell(ADA, denies(NEWSLETTER))
      await oweOne(db)
      expect(await take({ resting: resting(YES), mayHurry: false })).toMatchObject({ assignments: [], left: 1 })
      expect(await take({ resting: resting(YES) })).toMatchObject({ assignments: [{ person: ADA }], left: 0 })
    })

    test('is asked as any other once it has rested', async () => {
      await tell(ADA, grants(NEWSLETTER))
      await oweOne(db)
      expect((await take({ resting: resting(YES), now: NOW + 1 })).assignments).toHaveLength(1)
    })

    test.each(['busy', 'resting'] as const)('keeps nobody behind it from their turn while it is %s', async state => {
      for (const person of [ADA, BOB]) {
        await tell(person, denies(NEWSLETTER))
        await oweOne(db, { person })
      }
      const [ada = ''] = resting(YES).keys()
      const alone =
        state === 'busy'
          ? { busy: new Set([ada]) }
          : { resting: new Map([[ada, { until: NOW + 1, sent: YES }]]), mayHurry: false }
      expect((await take({ ...alone, room: 1 })).assignments.map(({ person }) => person)).toEqual([BOB])
    })

    test('has no debts decided for which there is no room, as long as none has to stay', async () => {
      for (const person of [ADA, BOB]) {
        await tell(person, denies(NEWSLETTER))
        await oweOne(db, { person })
      }
      const taken = await take({ busy: new Set(['lists/aud_1/members/another']), room: 1 })
      expect(taken).toMatchObject({ assignments: [{ person: ADA }], left: 0 })
    })

    test('is asked beside no other that rests', async () => {
      for (const person of [ADA, BOB]) {
        await tell(person, denies(NEWSLETTER))
        await oweOne(db, { person })
      }
      expect((await take({ resting: resting(YES) })).assignments).toHaveLength(1)
    })
  })

  test('nothing is taken for a document that was replaced since it was read', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    await updateIntegration(db, { ...anIntegration(), updatedAt: minute(1) })
    expect(await take()).toMatchObject({ assignments: [], settled: 0 })
  })

  test('nothing is taken for an integration that was paused since it was read', async () => {
    await tell(ADA, grants(NEWSLETTER))
    await oweOne(db)
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await take()).toMatchObject({ assignments: [], settled: 0 })
  })
})
