import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { freshSqlite } from '../../../test/databases.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { MINUTE, SECOND } from '../../domain/instant.ts'
import { type Database, type Param, type Row } from '../../store/engine/database.ts'
import { StoreError } from '../../store/engine/errors.ts'
import { deleteSecrets, insertSecret, secretsOf } from '../../store/settings/source-secrets.ts'
import { hashSecret } from '../secrets.ts'
import { createWebhookGate, issueAccessToken } from './gate.ts'

describe('the gate of the webhook', () => {
  let db: Database
  let time = MORNING
  const clock = () => time
  const caller = { sourceId: SOURCE, token: 'crw_a' }
  beforeAll(async () => {
    db = await openStore(async () => (await freshSqlite()).db)
  })
  beforeEach(async () => {
    time = MORNING
    await emptyStore(db)
    await addSource(db)
    const hash = hashSecret('crw_a')
    await insertSecret(db, {
      id: 'sec_1',
      sourceId: SOURCE,
      kind: 'bearer',
      clientId: undefined,
      hash,
      createdAt: MORNING,
    })
  })
  afterAll(() => db.close())

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
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => (release = resolve))
    let found: () => void = () => undefined
    const lookedUp = new Promise<void>(resolve => (found = resolve))
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

  test('issues no token to a client that it does not know, not even for an empty secret', async () => {
    expect(await issueAccessToken({ db, clock }, { clientId: 'cli_nobody', clientSecret: '' })).toBeUndefined()
  })
})
