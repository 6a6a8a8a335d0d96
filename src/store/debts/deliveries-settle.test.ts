import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  aStore,
  BOB,
  debt,
  debtOf,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { settled, type Next } from '../../domain/delivery.ts'
import { type Database } from '../engine/database.ts'
import { debtKey } from './delivery-columns.ts'
import { doubtsOf } from './due-debts.ts'
import { markSending, owe, PRIORITY, releaseHeld, reopenAbsent, settle, takeBackSending } from './deliveries.ts'

const retryAt = (dueAt: number): Next => ({
  status: 'waiting',
  dueAt,
  reason: 'server_error',
  detail: 'HTTP 500',
  failed: 3,
  firstFailedAt: MORNING,
})

describe.each(databases)('settling a delivery on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const settleOne = (next: Next, { revision = 1, person = ADA } = {}) =>
    settle(db, [{ integrationId: INTEGRATION, person, revision, next, at: minute(1) }])
  const send = (person = ADA, carriesWithdrawal = false) =>
    markSending(db, [{ integrationId: INTEGRATION, person, contact: 'c0ffee', carriesWithdrawal }])

  test.each<Next>([
    settled('delivered', undefined),
    settled('skipped', 'unchanged'),
    { ...settled('dead', 'address_refused'), detail: 'looks fake', failed: 1, firstFailedAt: MORNING },
    { ...settled('held', 'merge_tag_missing'), detail: 'no NEWS' },
  ])('I7: an attempt ends it as $status ($reason), with the time', async next => {
    await oweOne(db)
    await send()
    await settleOne(next)
    expect(await debtOf(db)).toMatchObject({
      status: next.status,
      due_at: null,
      reason: next.reason ?? null,
      detail: next.detail ?? null,
      failed: next.failed,
      first_failed_at: next.firstFailedAt ?? null,
      settled_at: minute(1),
      revision: 1,
    })
  })

  test.each<[what: string, before: string | undefined, contact: string | undefined, after: string | null]>([
    ['is noted when nothing was sent', undefined, 'b0b', 'b0b'],
    ['is the one that its person names now', 'c0ffee', 'b0b', 'b0b'],
    ['stays the one that it was sent to', 'c0ffee', undefined, 'c0ffee'],
    ['is none while its person names none', undefined, undefined, null],
  ])('R16e: the contact of a debt %s', async (_what, before, contact, after) => {
    await oweOne(db)
    if (before !== undefined) await send()
    await settle(db, [
      {
        integrationId: INTEGRATION,
        person: ADA,
        revision: 1,
        next: settled('held', 'contact_renamed'),
        at: MORNING,
        contact,
      },
    ])
    expect(await db.query('select contact from delivery')).toEqual([{ contact: after }])
  })

  test('R26: a retry waits until it is due, with how often it failed and since when', async () => {
    await oweOne(db)
    await send()
    await settleOne(retryAt(minute(10)))
    expect(await debtOf(db)).toMatchObject({
      status: 'waiting',
      due_at: minute(10),
      reason: 'server_error',
      detail: 'HTTP 500',
      failed: 3,
      first_failed_at: MORNING,
      settled_at: null,
    })
  })

  test('I7: one that has ended stays as it is, whatever an older attempt says of it', async () => {
    await oweOne(db)
    await send()
    await settleOne(settled('dead', 'forgotten'))
    await settleOne(settled('delivered', undefined))
    expect(await debtOf(db)).toMatchObject({ status: 'dead', reason: 'forgotten' })
  })

  test.each<Next>([settled('delivered', undefined), settled('dead', 'forgotten'), retryAt(minute(99))])(
    'I12: a fact during the attempt makes it due again, though it ended as $status',
    async next => {
      await oweOne(db)
      await send()
      await oweOne(db, { at: minute(1) })
      await settleOne(next)
      expect(await debtOf(db)).toMatchObject({
        status: 'waiting',
        due_at: minute(1),
        revision: 2,
        reason: null,
        detail: null,
        failed: 0,
        first_failed_at: null,
        settled_at: null,
      })
    },
  )

  test('I12: a fact that is being stored while the attempt is settled makes it due again', async () => {
    await oweOne(db)
    await send()
    let settling: Promise<unknown> = Promise.resolve()
    await db.transaction(async tx => {
      await owe(tx, [debt({ at: minute(2) })])
      settling = db.transaction(other =>
        settle(other, [
          {
            integrationId: INTEGRATION,
            person: ADA,
            revision: 1,
            next: settled('delivered', undefined),
            at: minute(2),
          },
        ]),
      )
      await tx.query('select 1 as one')
    })
    await settling
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', revision: 2, due_at: minute(2) })
  })

  test('I12: facts and endings at the same moment never leave a newer fact unsent', async () => {
    const people = Array.from({ length: 30 }, (_, n) => `person-${n}`)
    await owe(
      db,
      people.map(person => debt({ person })),
    )
    await Promise.all(people.map(person => send(person)))
    await Promise.all(
      people.flatMap(person => [
        settleOne(settled('delivered', undefined), { person }),
        oweOne(db, { person, at: minute(1) }),
      ]),
    )
    expect(await db.query('select distinct status, revision from delivery')).toEqual([
      { status: 'waiting', revision: 2 },
    ])
  })

  test('many are settled at once, each on its own', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await oweOne(db, { person: BOB })
    const next = settled('delivered', undefined)
    await settle(db, [
      { integrationId: INTEGRATION, person: ADA, revision: 1, next, at: minute(1) },
      { integrationId: INTEGRATION, person: BOB, revision: 1, next, at: minute(1) },
      { integrationId: INTEGRATION, person: 'nobody', revision: 1, next, at: minute(1) },
    ])
    expect(await debtOf(db, ADA)).toMatchObject({ status: 'delivered' })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'waiting', revision: 2 })
    expect(await debtOf(db, 'nobody')).toBeUndefined()
  })

  test('what Mailchimp says is kept, whatever characters it uses', async () => {
    await oweOne(db)
    await settleOne({ ...settled('dead', 'request_refused'), detail: `"é" 漢 😀 \\u0000 \0 half \ud83d of it` })
    expect(await debtOf(db)).toMatchObject({ status: 'dead', detail: '"é" 漢 😀 \\u0000 \ufffd half \ufffd of it' })
  })

  test('sending a withdrawal marks its debt, sending a grant leaves the mark', async () => {
    await owe(db, [debt(), debt({ person: BOB, priority: PRIORITY.withdrawal })])
    await send(ADA, true)
    await send(BOB, false)
    expect(await debtOf(db, ADA)).toMatchObject({ status: 'sending', carries_withdrawal: 1 })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'sending', carries_withdrawal: 1 })
  })

  test('I8: after a crash what was being sent waits again, and only its contact is no longer relied on', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await send(ADA)
    expect(await db.transaction(tx => takeBackSending(tx, { now: minute(9), dueAt: minute(9) }))).toBe(1)
    expect(await debtOf(db, ADA)).toMatchObject({ status: 'waiting', due_at: minute(9), reason: 'interrupted' })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'waiting', due_at: MORNING, reason: null })
    const keys = [ADA, BOB].map(person => ({ integrationId: INTEGRATION, person }))
    // What was written by its revision, or one before, is believed no more.
    const doubts = await doubtsOf(db, keys)
    expect(keys.map(key => doubts.get(debtKey(key)))).toEqual([2, 0])
    expect(await debtOf(db, ADA)).toMatchObject({ revision: 2 })
  })

  test('I8: taking back again takes back nothing', async () => {
    await oweOne(db)
    await send()
    expect(await takeBackSending(db, { now: minute(1), dueAt: minute(1) })).toBe(1)
    expect(await takeBackSending(db, { now: minute(2), dueAt: minute(2) })).toBe(0)
    expect(await debtOf(db)).toMatchObject({ due_at: minute(1) })
  })

  test('I8: a withdrawal that was being sent is still one', async () => {
    await oweOne(db)
    await send(ADA, true)
    await takeBackSending(db, { now: minute(1), dueAt: minute(1) })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', carries_withdrawal: 1 })
  })

  test('R25: a repair makes what was held due, in its integration and nothing else', async () => {
    await addIntegration(db, { id: 'int_b' })
    await owe(db, [debt(), debt({ person: BOB })])
    await putDebt(db, 'held', { reason: 'merge_tag_missing' })
    await putDebt(db, 'held', { reason: 'merge_tag_missing', integrationId: 'int_b' })
    await putDebt(db, 'dead', { person: BOB })
    await releaseHeld(db, { integrationId: INTEGRATION, now: minute(4) })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(4), revision: 2, settled_at: null })
    expect(await debtOf(db, BOB)).toMatchObject({ status: 'dead', revision: 1 })
    expect(await debtOf(db, ADA, 'int_b')).toMatchObject({ status: 'held', revision: 1 })
  })

  test('R25: what is being sent at a repair may have been decided before it, and is due once more', async () => {
    await oweOne(db)
    await send()
    await releaseHeld(db, { integrationId: INTEGRATION, now: minute(4) })
    expect(await debtOf(db)).toMatchObject({ status: 'sending', revision: 2 })
    await settleOne({ ...settled('held', 'merge_tag_missing') })
    expect(await debtOf(db)).toMatchObject({ status: 'waiting', due_at: minute(4), revision: 2 })
  })

  test('R25: a missing audience reopens who was taken for absent since it was last seen, and nobody else', async () => {
    const cases = [
      { person: 'before', next: settled('skipped', 'no_such_contact'), at: minute(4) },
      { person: 'at it', next: settled('skipped', 'no_such_contact'), at: minute(5) },
      { person: 'after', next: settled('skipped', 'no_such_contact'), at: minute(6) },
      { person: 'unchanged', next: settled('skipped', 'unchanged'), at: minute(6) },
      { person: 'delivered', next: settled('delivered', undefined), at: minute(6) },
    ]
    await owe(
      db,
      cases.map(({ person }) => debt({ person })),
    )
    await settle(
      db,
      cases.map(each => ({ ...each, integrationId: INTEGRATION, revision: 1 })),
    )
    await reopenAbsent(db, { integrationId: INTEGRATION, since: minute(5), now: minute(7) })
    const waiting = await db.query(
      `select person, due_at, revision, settled_at from delivery where status = 'waiting' order by person`,
    )
    const again = { due_at: minute(7), revision: 2, settled_at: null }
    expect(waiting).toEqual([
      { person: 'after', ...again },
      { person: 'at it', ...again },
    ])
  })
})
