import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import { insertAccount, updateAccount } from './accounts.ts'
import { type Database } from '../engine/database.ts'
import {
  deleteSession,
  deleteSessionsOf,
  deleteSessionsUntil,
  findSession,
  insertSession,
  listSessions,
  markProved,
  touchSession,
} from './sessions.ts'

describe.each(databases)('sessions on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await insertAccount(db, anAccount())
    await insertAccount(db, anAccount({ id: 'acc_b', email: 'bob@mail.test', role: 'viewer' }))
  })
  afterAll(() => db.close())

  const session = { accountId: 'acc_a', agent: 'a browser', createdAt: MORNING, seenAt: MORNING, provedAt: MORNING }
  const add = (id: string, over: Partial<typeof session> = {}) =>
    insertSession(db, { id, hash: `hash of ${id}`, ...session, ...over })
  const all = { accountId: undefined, after: { createdAt: 0, seenAt: 0 }, before: '', limit: 9 }
  const ids = async (over: Partial<Parameters<typeof listSessions>[1]> = {}) =>
    (await listSessions(db, { ...all, ...over })).map(({ id }) => id)

  test('a session is found by its hash, with its account as it is now', async () => {
    await add('ses_1')
    const found = { ...session, id: 'ses_1', email: 'ada@mail.test', name: 'Ada', role: 'owner' }
    expect(await findSession(db, 'hash of ses_1')).toEqual(found)
    expect(await findSession(db, 'ses_1')).toBeUndefined()
    await updateAccount(db, { id: 'acc_a', name: 'Ada', role: 'viewer', disabledAt: undefined })
    expect(await findSession(db, 'hash of ses_1')).toEqual({ ...found, role: 'viewer' })
  })

  test('a session of a disabled account is none', async () => {
    await add('ses_1')
    await updateAccount(db, { id: 'acc_a', name: 'Ada', role: 'owner', disabledAt: minute(1) })
    expect(await findSession(db, 'hash of ses_1')).toBeUndefined()
  })

  test('a proof concerns one session, and only one that is there', async () => {
    await add('ses_1')
    await add('ses_2')
    expect(await markProved(db, { id: 'ses_1', at: minute(7) })).toBe(true)
    expect(await markProved(db, { id: 'ses_3', at: minute(7) })).toBe(false)
    expect((await findSession(db, 'hash of ses_1'))?.provedAt).toBe(minute(7))
    expect((await findSession(db, 'hash of ses_2'))?.provedAt).toBe(MORNING)
  })

  test('being seen concerns one session', async () => {
    await add('ses_1')
    await add('ses_2')
    await touchSession(db, { id: 'ses_1', at: minute(5) })
    const seen = (await listSessions(db, all)).map(({ id, seenAt }) => [id, seenAt])
    expect(seen).toEqual([
      ['ses_2', MORNING],
      ['ses_1', minute(5)],
    ])
  })

  test('are listed newest first, page by page, of one account or of all, without those that are over', async () => {
    await add('ses_1')
    await add('ses_2', { accountId: 'acc_b' })
    await add('ses_3', { createdAt: minute(-10) })
    await add('ses_4', { seenAt: minute(-10) })
    await add('ses_5')
    expect(await ids()).toEqual(['ses_5', 'ses_4', 'ses_3', 'ses_2', 'ses_1'])
    expect(await ids({ limit: 2, before: 'ses_4' })).toEqual(['ses_3', 'ses_2'])
    expect(await ids({ accountId: 'acc_b' })).toEqual(['ses_2'])
    expect(await ids({ after: { createdAt: minute(-10), seenAt: minute(-10) } })).toEqual(['ses_5', 'ses_2', 'ses_1'])
  })

  test('one is ended once, and by another account not at all', async () => {
    await add('ses_1')
    await add('ses_2')
    expect(await deleteSession(db, { id: 'ses_1', accountId: 'acc_b' })).toBe(false)
    expect(await deleteSession(db, { id: 'ses_1', accountId: 'acc_a' })).toBe(true)
    expect(await deleteSession(db, { id: 'ses_1', accountId: undefined })).toBe(false)
    expect(await deleteSession(db, { id: 'ses_2', accountId: undefined })).toBe(true)
    expect(await ids()).toEqual([])
  })

  test('those of an account end, but the one that is spared', async () => {
    for (const id of ['ses_1', 'ses_2', 'ses_3']) await add(id)
    await add('ses_4', { accountId: 'acc_b' })
    await deleteSessionsOf(db, { accountId: 'acc_a', except: 'ses_2' })
    expect(await ids()).toEqual(['ses_4', 'ses_2'])
    await deleteSessionsOf(db, { accountId: 'acc_a' })
    expect(await ids()).toEqual(['ses_4'])
  })

  test('those that are over by either time are removed', async () => {
    await add('ses_1', { createdAt: minute(-10) })
    await add('ses_2', { seenAt: minute(-10) })
    await add('ses_3', { createdAt: minute(-9), seenAt: minute(-9) })
    await deleteSessionsUntil(db, { createdAt: minute(-10), seenAt: minute(-10) })
    expect(await ids()).toEqual(['ses_3'])
  })
})
