import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../../simulator/clock.ts'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { anAccount, emptyStore, openStore } from '../../../test/store-builders.ts'
import { passwordProblem } from '../../domain/password.ts'
import { DEVICE_LIFETIME } from '../../domain/session.ts'
import { LONGEST_WAIT } from '../../domain/sign-in.ts'
import { insertAccount, setPassword, updateAccount } from '../../store/access/accounts.ts'
import { type Database } from '../../store/engine/database.ts'
import { createPasswords } from './passwords.ts'
import { rememberDevice } from './devices.ts'
import { createProver, stillHolds, type Proof } from './prover.ts'
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts'

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
  const clock = manualClock(MORNING)
  const room = () => createWaitingRoom({ clock: clock.now, after: clock.after })
  const proverWith = (given = passwords) =>
    createProver({ db, clock: clock.now, passwords: given, telemetry, room: room() })
  const HERE = { network: '203.0.113.0/24', device: undefined }
  const add = async (over: Parameters<typeof anAccount>[0] = {}) =>
    insertAccount(db, anAccount({ password: await passwords.hash(password), ...over }))

  test('tells the account, until it is disabled or has another password', async () => {
    await add()
    const proof = await proverWith()({ ...HERE, email: ' ADA@mail.test', password })
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

  test('takes the password that an account has, though a new one like it would be refused', async () => {
    const common = 'password1234'
    expect(passwordProblem(common, { path: 'next', email: undefined })).toBeDefined()
    await add({ password: await passwords.hash(common) })
    expect(await proverWith()({ ...HERE, email: 'ada@mail.test', password: common })).toMatchObject({ kind: 'proven' })
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
      { ...HERE, email: 'ada@mail.test', password: 'wrong' },
      { ...HERE, email: 'bob@mail.test', password },
      { ...HERE, email: 'nobody@mail.test', password },
      { ...HERE, email: 'no address', password },
    ]
    for (const [index, claim] of claims.entries()) {
      expect(await prove(claim)).toEqual({ kind: 'refused' })
      expect(compared).toBe(index + 1)
    }
    expect(told).toEqual(claims.map(() => ({ limited: false })))
  })

  test('who has to wait costs no comparison, and a comparison that was not made does not count', async () => {
    await add()
    const never = { ...passwords, matches: () => Promise.reject(new Error('compared')) }
    const prove = proverWith(never)
    const claim = { ...HERE, email: 'ada@mail.test', password }
    for (let n = 0; n < 30; n++) await expect(prove(claim)).rejects.toThrow('compared')
    expect(told).toEqual([])
  })

  test('after 5,000 wrong passwords the right one is proved after a wait, and from a known device at once', async () => {
    await add()
    const device = await db.transaction(tx =>
      rememberDevice(tx, { clock: clock.now }, { account: anAccount(), device: undefined }),
    )
    const prove = proverWith({ ...passwords, matches: given => Promise.resolve(given === password) })
    const claim = { ...HERE, email: 'ada@mail.test' }
    let answered = 0
    for (let n = 0; n < 5_000; n++) {
      void prove({ ...claim, password: `guess ${n}` }).then(() => answered++)
      await waitsFor(() => answered > n)
    }
    const before = clock.now()
    expect(await prove({ ...claim, password, device })).toMatchObject({ kind: 'proven' })
    expect(clock.now()).toBe(before)
    let proof: Proof | undefined
    void prove({ ...claim, password }).then(found => (proof = found))
    await waitsFor(() => proof !== undefined)
    expect(proof).toMatchObject({ kind: 'proven' })
    expect(clock.now()).toBe(before + LONGEST_WAIT)
    expect(told).toHaveLength(5_000)
  })

  /** Moves the clock only when nothing else can bring it about. */
  async function waitsFor(isSo: () => boolean) {
    while (!isSo()) {
      await new Promise(resolve => setImmediate(resolve))
      if (!isSo()) clock.set(clock.nextAt() ?? clock.now())
    }
  }

  test.each([
    ['of another account', { email: 'bob@mail.test' }, 0],
    ['that was not seen for 90 days', {}, DEVICE_LIFETIME],
  ])('a device %s is a stranger', async (_, over, later) => {
    await add()
    await add({ id: 'acc_b', email: 'bob@mail.test' })
    const device = await db.transaction(tx =>
      rememberDevice(tx, { clock: () => clock.now() - later }, { account: anAccount(), device: undefined }),
    )
    const entered: unknown[] = []
    const enter: WaitingRoom['enter'] = comer => (entered.push(comer.known), Promise.resolve(undefined))
    const prove = createProver({ db, clock: clock.now, passwords, telemetry, room: { enter, close: () => undefined } })
    await prove({ ...HERE, email: 'ada@mail.test', password, device, ...over })
    expect(entered).toEqual([undefined])
    expect(told).toEqual([{ limited: true }])
  })

  test('having signed in counts against nobody', async () => {
    await add()
    const prove = proverWith()
    for (let n = 0; n < 12; n++)
      expect(await prove({ ...HERE, email: 'ada@mail.test', password })).toMatchObject({ kind: 'proven' })
  })
})
