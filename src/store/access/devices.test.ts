import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import { insertAccount } from './accounts.ts'
import { type Database } from '../engine/database.ts'
import { deleteDevicesOf, deleteOldDevices, findDevice, keepDevice } from './devices.ts'

describe.each(databases)('known devices on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await insertAccount(db, anAccount())
    await insertAccount(db, anAccount({ id: 'acc_b', email: 'bob@mail.test' }))
    for (const [hash, minutes] of Object.entries({ one: 1, two: 2, three: 3 }))
      await keepDevice(db, { hash, accountId: 'acc_a', seenAt: minute(minutes) })
    await keepDevice(db, { hash: 'his', accountId: 'acc_b', seenAt: minute(1) })
  })
  afterAll(() => db.close())

  const known = async (over: Partial<Parameters<typeof findDevice>[1]> = {}) => {
    const found: string[] = []
    for (const hash of ['one', 'two', 'three', 'his'])
      if (await findDevice(db, { hash, email: 'ada@mail.test', seenAfter: MORNING, ...over })) found.push(hash)
    return found
  }

  test('are known for their own account, after a time', async () => {
    expect(await known()).toEqual(['one', 'two', 'three'])
    expect(await known({ email: 'bob@mail.test' })).toEqual(['his'])
    expect(await known({ seenAfter: minute(2) })).toEqual(['three'])
    await keepDevice(db, { hash: 'one', accountId: 'acc_a', seenAt: minute(9) })
    expect(await known({ seenAfter: minute(2) })).toEqual(['one', 'three'])
  })

  test('the old ones of all, and all of an account but its newest, are forgotten', async () => {
    await deleteOldDevices(db, { accountId: 'acc_a', seenUntil: minute(1), most: 1 })
    expect(await known()).toEqual(['three'])
    expect(await known({ email: 'bob@mail.test' })).toEqual([])
  })

  test('those of an account are forgotten, but the one that is spared', async () => {
    await deleteDevicesOf(db, { accountId: 'acc_a', except: 'two' })
    expect(await known()).toEqual(['two'])
    await deleteDevicesOf(db, { accountId: 'acc_a' })
    expect([await known(), await known({ email: 'bob@mail.test' })]).toEqual([[], ['his']])
  })
})
