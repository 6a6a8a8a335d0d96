import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import {
  findAccount,
  findAccountByEmail,
  hasAccounts,
  insertAccount,
  listAccounts,
  lockAccount,
  lockOwners,
  setPassword,
  updateAccount,
} from './accounts.ts'
import { type Database } from '../engine/database.ts'
import { storeFailure } from '../engine/errors.ts'

describe.each(databases)('accounts on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  const { password: _, ...shown } = anAccount()

  test('an account is found by its id and its address, and shows its password only to whoever proves it', async () => {
    expect(await hasAccounts(db)).toBe(false)
    await insertAccount(db, anAccount())
    expect(await hasAccounts(db)).toBe(true)
    expect(await findAccount(db, 'acc_a')).toEqual(shown)
    expect(await findAccountByEmail(db, 'ada@mail.test')).toEqual(anAccount())
    expect(await lockAccount(db, 'acc_a')).toEqual(anAccount())
    expect(await findAccount(db, 'acc_b')).toBeUndefined()
    expect(await findAccountByEmail(db, 'bob@mail.test')).toBeUndefined()
  })

  test('an address is taken once', async () => {
    await insertAccount(db, anAccount())
    const again = insertAccount(db, anAccount({ id: 'acc_b' }))
    expect(storeFailure(await again.catch((error: unknown) => error))).toBe('conflict')
  })

  test('are listed newest first, page by page', async () => {
    for (const id of ['acc_2', 'acc_3', 'acc_1']) await insertAccount(db, anAccount({ id, email: `${id}@mail.test` }))
    const ids = async (before: string) => (await listAccounts(db, { before, limit: 2 })).map(({ id }) => id)
    expect(await ids('')).toEqual(['acc_3', 'acc_2'])
    expect(await ids('acc_2')).toEqual(['acc_1'])
  })

  test('a change concerns one account, and leaves its address and password', async () => {
    const bob = anAccount({ id: 'acc_b', email: 'bob@mail.test' })
    for (const account of [anAccount(), bob]) await insertAccount(db, account)
    await updateAccount(db, { id: 'acc_a', name: 'Ada L.', role: 'viewer', disabledAt: minute(1) })
    expect(await findAccountByEmail(db, 'ada@mail.test')).toEqual(
      anAccount({ name: 'Ada L.', role: 'viewer', disabledAt: minute(1) }),
    )
    expect(await findAccountByEmail(db, 'bob@mail.test')).toEqual(bob)
  })

  test('a new password concerns one account', async () => {
    const bob = anAccount({ id: 'acc_b', email: 'bob@mail.test' })
    for (const account of [anAccount(), bob]) await insertAccount(db, account)
    await setPassword(db, { id: 'acc_a', password: 'another hash' })
    expect((await findAccountByEmail(db, 'ada@mail.test'))?.password).toBe('another hash')
    expect((await findAccountByEmail(db, 'bob@mail.test'))?.password).toBe(bob.password)
  })

  const add = (id: string, over: Parameters<typeof anAccount>[0] = {}) =>
    insertAccount(db, anAccount({ id, email: `${id}@mail.test`, ...over }))

  test('owners are those who can sign in', async () => {
    await add('acc_1')
    await add('acc_2', { role: 'operator' })
    await add('acc_3', { disabledAt: MORNING })
    await add('acc_4')
    expect(await lockOwners(db)).toEqual(['acc_1', 'acc_4'])
  })

  test('two owners who demote each other at once: the second sees that it is the last one', async () => {
    await add('acc_1')
    await add('acc_2')
    const demote = (id: string) =>
      db.transaction(async tx => {
        const owners = await lockOwners(tx)
        if (owners.length > 1) await updateAccount(tx, { id, name: 'n', role: 'viewer', disabledAt: undefined })
      })
    await Promise.all([demote('acc_1'), demote('acc_2')])
    expect(await lockOwners(db)).toHaveLength(1)
  })
})
