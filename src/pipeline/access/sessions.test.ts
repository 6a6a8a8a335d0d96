import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import { findAccountByEmail, insertAccount } from '../../store/access/accounts.ts'
import { type Database } from '../../store/engine/database.ts'
import { StoreError } from '../../store/engine/errors.ts'
import { createIds } from '../../store/engine/ids.ts'
import { changeAccount, changeOwnPassword } from './accounts.ts'
import { createPasswords } from './passwords.ts'
import { type Proof, type Prover } from './prover.ts'
import { endSession, findLiveSession, proveAnew, signIn } from './sessions.ts'

describe.each(databases)('sessions on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await insertAccount(db, anAccount())
  })
  afterAll(() => db.close())

  const clock = () => MORNING
  const newId = createIds(clock)
  const passwords = createPasswords({ logN: 4, r: 8, p: 1 })
  const proven: Proof = { kind: 'proven', account: anAccount() }
  const HERE = { network: '203.0.113.0/24', device: undefined }
  const claim = { email: 'ada@mail.test', password: 'four words in a row', agent: 'a browser', ...HERE }
  const deps = () => ({ db, clock, newId, passwords })
  const entering = (prove: Prover = () => Promise.resolve(proven)) => signIn({ ...deps(), prove }, claim)

  async function enters() {
    const answer = await entering()
    if (answer.kind !== 'signed_in') throw new Error('nobody is signed in')
    return answer
  }

  /** Sets another password between the proof and what follows from it. */
  const tooLate = async (): Promise<Proof> => {
    const change = { password: 'six words make a long row' }
    await changeAccount(deps(), { id: 'acc_a', change, actor: 'an owner' })
    return proven
  }

  test('a password that is replaced while somebody signs in with it opens nothing', async () => {
    const { secret } = await enters()
    expect(await entering(tooLate)).toEqual({ kind: 'refused' })
    expect(await findLiveSession({ db, clock }, secret)).toBeUndefined()
    expect(await db.query('select id from session')).toEqual([])
  })

  test('nor does it set the next one', async () => {
    const { session } = await enters()
    const change = { session, current: claim.password, next: 'a password of the thief', ...HERE }
    expect(await changeOwnPassword({ ...deps(), prove: tooLate }, change)).toEqual({ kind: 'refused' })
    const stored = (await findAccountByEmail(db, claim.email))?.password
    expect(await passwords.matches('six words make a long row', stored, { isKnown: true, from: 'here' })).toBe(true)
  })

  test('a proof is of the present password and of a session that is there', async () => {
    const { session, secret } = await enters()
    const later = { ...deps(), clock: () => minute(9) }
    const proving = (prove: Prover) => proveAnew({ ...later, prove }, { session, password: claim.password, ...HERE })
    const provedAt = async () => (await findLiveSession({ db, clock }, secret))?.provedAt
    expect(await proving(() => Promise.resolve({ kind: 'refused' }))).toEqual({ kind: 'refused' })
    expect(await provedAt()).toBe(MORNING)
    expect(await proving(() => Promise.resolve(proven))).toMatchObject({
      kind: 'proven',
      session: { provedAt: minute(9) },
    })
    expect(await provedAt()).toBe(minute(9))
    await endSession(later, { id: session.id, accountId: undefined, actor: 'ada' })
    expect(await proving(() => Promise.resolve(proven))).toEqual({ kind: 'refused' })
    expect(await proving(tooLate)).toEqual({ kind: 'refused' })
  })

  test('a store that cannot write keeps nobody from reading, and a bug is no such store', async () => {
    const { secret } = await enters()
    const failing = (error: Error): Database => ({
      ...db,
      query: (text, params) => (text.startsWith('update session') ? Promise.reject(error) : db.query(text, params)),
    })
    const later = { clock: () => minute(5) }
    const full = failing(new StoreError('the disk is full', { failure: 'unavailable' }))
    expect(await findLiveSession({ db: full, ...later }, secret)).toMatchObject({ account: { id: 'acc_a' } })
    await expect(findLiveSession({ db: failing(new Error('a bug')), ...later }, secret)).rejects.toThrow('a bug')
  })
})
