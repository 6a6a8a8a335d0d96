import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { moment } from '../../../test/moment.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { HOUR, MINUTE, SECOND } from '../../domain/instant.ts'
import { type Database, type Param, type Row } from '../../store/engine/database.ts'
import { StoreError } from '../../store/engine/errors.ts'
import {
  deleteSecrets,
  insertSecret,
  secretsOf,
  supersedeSecret,
  type NewSecret,
} from '../../store/settings/source-secrets.ts'
import { hashSecret } from '../secrets.ts'
import { createWebhookGate, issueAccessToken } from './gate.ts'

describe.each(databases)('the gate of the webhook on $name', ({ open }) => {
  let db: Database
  let time = MORNING
  const clock = () => time
  const caller = { sourceId: SOURCE, token: 'crw_a' }
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    time = MORNING
    await emptyStore(db)
    await addSource(db)
    await addSecret()
  })
  afterAll(() => db.close())

  const addSecret = (over: Partial<NewSecret> = {}) =>
    insertSecret(db, {
      id: 'sec_1',
      sourceId: SOURCE,
      kind: 'bearer',
      clientId: undefined,
      hash: hashSecret('crw_a'),
      createdAt: MORNING,
      ...over,
    })

  const end = () => deleteSecrets(db, { sourceId: SOURCE, except: undefined })

  /** Does something before or instead of the statements that this fits. */
  const around = (fits: RegExp, act: (go: Database['query']) => Database['query']): Database => ({
    ...db,
    query: (text, params) => (fits.test(text) ? act(db.query) : db.query)(text, params),
  })

  test('believes a verdict for five seconds, and none after it was told to forget', async () => {
    const gate = createWebhookGate({ db, clock })
    expect(await gate.opens(caller)).toBe(true)
    await end()
    time += 5 * SECOND - 1
    expect(await gate.opens(caller)).toBe(true)
    gate.forget()
    expect(await gate.opens(caller)).toBe(false)
  })

  test('remembers nothing that was looked up before it was told to forget', async () => {
    const [held, release] = moment()
    const [lookedUp, found] = moment()
    const slow = around(/join source_secret/, go => async <R extends Row>(text: string, params?: readonly Param[]) => {
      const rows = await go<R>(text, params)
      found()
      await held
      return rows
    })
    const gate = createWebhookGate({ db: slow, clock })
    const before = gate.opens(caller)
    await lookedUp
    await end()
    gate.forget()
    release()
    expect(await before).toBe(true)
    expect(await gate.opens(caller)).toBe(false)
  })

  test('marks the use of a secret once a minute', async () => {
    const marks: string[] = []
    const watched = around(/^update source_secret/, go => (text, params) => {
      marks.push(text)
      return go(text, params)
    })
    const gate = createWebhookGate({ db: watched, clock })
    for (let second = 0; second < 60; second += 6) {
      time = MORNING + second * SECOND
      await gate.opens(caller)
    }
    expect(marks).toHaveLength(1)
    time = MORNING + MINUTE
    await gate.opens(caller)
    expect(marks).toHaveLength(2)
    expect((await secretsOf(db, [SOURCE]))[0]?.usedAt).toBe(MORNING + MINUTE)
  })

  test('keeps nobody out when the store cannot write', async () => {
    const full = around(/^update source_secret/, () => () => {
      throw new StoreError('the disk is full', { failure: 'unavailable' })
    })
    expect(await createWebhookGate({ db: full, clock }).opens(caller)).toBe(true)
  })

  describe('R2: a token', () => {
    test('opens the webhook of its own source, and nothing else', async () => {
      await addSource(db, { id: 'src_b' })
      const gate = createWebhookGate({ db, clock })
      expect(await gate.opens(caller), 'its own').toBe(true)
      expect(await gate.opens({ ...caller, token: 'crw_b' }), 'another token').toBe(false)
      expect(await gate.opens({ ...caller, sourceId: 'src_b' }), 'another source').toBe(false)
      expect(await gate.opens({ ...caller, sourceId: 'src_nowhere' }), 'no source').toBe(false)
    })

    test('that was refused is looked up again the next time', async () => {
      const gate = createWebhookGate({ db, clock })
      await end()
      expect(await gate.opens(caller), 'before it exists').toBe(false)
      await addSecret()
      expect(await gate.opens(caller), 'once it exists').toBe(true)
    })

    test('opens nothing from the moment when its secret expires, also when it was believed a second ago', async () => {
      const gate = createWebhookGate({ db, clock })
      await supersedeSecret(db, { id: 'sec_1', expiresAt: MORNING + SECOND })
      expect(await gate.opens(caller)).toBe(true)
      time = MORNING + SECOND
      expect(await gate.opens(caller)).toBe(false)
    })

    test('is looked up once in five seconds, however many callers there are', async () => {
      let asked = 0
      const counting = around(/join source_secret/, go => (text, params) => {
        asked += 1
        return go(text, params)
      })
      const gate = createWebhookGate({ db: counting, clock })
      for (let call = 0; call < 9; call++) await gate.opens(caller)
      expect(asked).toBe(1)
    })
  })

  describe('RFC 6749: a client', () => {
    const client = { clientId: 'cli_a', clientSecret: 'crs_a' }
    const addClient = (over: Pick<NewSecret, 'id' | 'hash'>) =>
      addSecret({ sourceId: 'src_b', kind: 'client', clientId: client.clientId, ...over })
    beforeEach(async () => {
      await addSource(db, { id: 'src_b' })
      await addClient({ id: 'sec_2', hash: hashSecret(client.clientSecret) })
    })
    const issue = (over: Partial<typeof client> = {}) => issueAccessToken({ db, clock }, { ...client, ...over })
    const opens = async (token = '') => createWebhookGate({ db, clock }).opens({ sourceId: 'src_b', token })

    test('that proves itself gets a token, which opens its webhook for an hour', async () => {
      const issued = await issue()
      expect(issued?.expiresInSeconds).toBe(3_600)
      expect(await opens(issued?.token), 'at once').toBe(true)
      time += HOUR - 1
      expect(await opens(issued?.token), 'within the hour').toBe(true)
      time += 1
      expect(await opens(issued?.token), 'after an hour').toBe(false)
    })

    test('gets a token that opens no other webhook', async () => {
      const token = (await issue())?.token ?? ''
      expect(await createWebhookGate({ db, clock }).opens({ sourceId: SOURCE, token })).toBe(false)
    })

    test('gets none for a wrong secret, nor for the secret of another', async () => {
      expect(await issue({ clientSecret: 'crs_b' }), 'a wrong secret').toBeUndefined()
      expect(await issue({ clientSecret: 'crw_a' }), 'a bearer').toBeUndefined()
    })

    test('cannot open the webhook by its secret itself', async () => {
      expect(await opens(client.clientSecret)).toBe(false)
    })

    test('gets a token that ends with its secret', async () => {
      await supersedeSecret(db, { id: 'sec_2', expiresAt: MORNING + MINUTE })
      await addClient({ id: 'sec_3', hash: hashSecret('crs_new') })
      const issued = await issue()
      expect(issued?.expiresInSeconds).toBe(60)
      time += MINUTE
      expect(await opens(issued?.token), 'once the secret has expired').toBe(false)
      expect(await issue(), 'for a secret that has expired').toBeUndefined()
    })

    test('has tokens that open nothing once its secret is gone', async () => {
      const issued = await issue()
      await deleteSecrets(db, { sourceId: 'src_b', except: undefined })
      expect(await opens(issued?.token)).toBe(false)
    })
  })

  test('issues no token to a client that it does not know, not even for an empty secret', async () => {
    expect(await issueAccessToken({ db, clock }, { clientId: 'cli_nobody', clientSecret: '' })).toBeUndefined()
  })
})
