import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import { insertAccount, setPassword, updateAccount } from '../../store/access/accounts.ts'
import { type Database } from '../../store/engine/database.ts'
import { createPasswords } from './passwords.ts'
import { createProver, stillHolds } from './prover.ts'

describe.each(databases)('proving who one is, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    told.length = 0
    await emptyStore(db)
  })
  afterAll(() => db.close())

  const passwords = createPasswords({ logN: 4, r: 8, p: 1 })
  const password = 'four words in a row'
  const told: { limited: boolean }[] = []
  const telemetry = { signInRefused: (what: { limited: boolean }) => void told.push(what) }
  const proverWith = (given = passwords) => createProver({ db, clock: () => MORNING, passwords: given, telemetry })
  const add = async (over: Parameters<typeof anAccount>[0] = {}) =>
    insertAccount(db, anAccount({ password: await passwords.hash(password), ...over }))

  test('tells the account, until it is disabled or has another password', async () => {
    await add()
    const proof = await proverWith()({ email: ' ADA@mail.test', password })
    if (proof.kind !== 'proven') throw new Error('it was not proved')
    expect(proof.account).toMatchObject({ id: 'acc_a', email: 'ada@mail.test' })
    const holds = () => db.transaction(tx => stillHolds(tx, proof.account))
    expect(await holds()).toBe(true)
    await setPassword(db, { id: 'acc_a', password: await passwords.hash(password) })
    expect(await holds()).toBe(false)
    await setPassword(db, { id: 'acc_a', password: proof.account.password })
    await updateAccount(db, { id: 'acc_a', name: 'Ada', role: 'owner', disabledAt: MORNING })
    expect(await holds()).toBe(false)
  })

  test('an unknown and a disabled address cost one comparison, like a wrong password', async () => {
    await add()
    await add({ id: 'acc_b', email: 'bob@mail.test', disabledAt: MORNING })
    let compared = 0
    const counting = {
      ...passwords,
      matches: (...args: Parameters<typeof passwords.matches>) => (compared++, passwords.matches(...args)),
    }
    const prove = proverWith(counting)
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
    expect(told).toEqual(claims.map(() => ({ limited: false })))
  })

  test('who has to wait costs no comparison at all', async () => {
    await add()
    const never = { ...passwords, matches: () => Promise.reject(new Error('compared')) }
    const prove = proverWith(never)
    const claim = { email: 'ada@mail.test', password }
    for (let n = 0; n < 10; n++) await expect(prove(claim)).rejects.toThrow('compared')
    expect(await prove(claim)).toEqual({ kind: 'limited', waitMs: 600_000 })
    expect(told).toEqual([{ limited: true }])
  })

  test('having signed in counts against nobody', async () => {
    await add()
    const prove = proverWith()
    for (let n = 0; n < 12; n++)
      expect(await prove({ email: 'ada@mail.test', password })).toMatchObject({ kind: 'proven' })
  })
})
