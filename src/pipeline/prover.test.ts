import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../test/builders.ts'
import { databases } from '../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../test/store-builders.ts'
import { insertAccount } from '../store/accounts.ts'
import { type Database } from '../store/database.ts'
import { createPasswords } from './passwords.ts'
import { createProver } from './prover.ts'

describe.each(databases)('proving who one is, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  const passwords = createPasswords({ logN: 4, r: 8, p: 1 })
  const password = 'four words in a row'
  const add = async (over: Parameters<typeof anAccount>[0] = {}) =>
    insertAccount(db, anAccount({ password: await passwords.hash(password), ...over }))

  test('tells the account, and nothing of its password', async () => {
    await add()
    const { password: _, ...account } = anAccount()
    const prove = createProver({ db, now: () => MORNING, passwords })
    expect(await prove({ email: ' ADA@mail.test', password })).toEqual({ kind: 'proven', account })
  })

  test('an unknown and a disabled address cost one comparison, like a wrong password', async () => {
    await add()
    await add({ id: 'acc_b', email: 'bob@mail.test', disabled_at: MORNING })
    let compared = 0
    const counting = {
      ...passwords,
      matches: (...args: Parameters<typeof passwords.matches>) => (compared++, passwords.matches(...args)),
    }
    const prove = createProver({ db, now: () => MORNING, passwords: counting })
    const claims = [
      { email: 'ada@mail.test', password: 'wrong' },
      { email: 'bob@mail.test', password },
      { email: 'nobody@mail.test', password },
      { email: 'no address', password },
    ]
    for (const [index, claim] of claims.entries()) {
      expect(await prove(claim)).toEqual({ kind: 'refused' })
      expect(compared).toBe(index + 1)
    }
  })

  test('who has to wait costs no comparison at all', async () => {
    await add()
    const never = { ...passwords, matches: () => Promise.reject(new Error('compared')) }
    const prove = createProver({ db, now: () => MORNING, passwords: never })
    const claim = { email: 'ada@mail.test', password }
    for (let n = 0; n < 10; n++) await expect(prove(claim)).rejects.toThrow('compared')
    expect(await prove(claim)).toEqual({ kind: 'limited', waitMs: 600_000 })
  })

  test('having signed in counts against nobody', async () => {
    await add()
    const prove = createProver({ db, now: () => MORNING, passwords })
    for (let n = 0; n < 12; n++)
      expect(await prove({ email: 'ada@mail.test', password })).toMatchObject({ kind: 'proven' })
  })
})
