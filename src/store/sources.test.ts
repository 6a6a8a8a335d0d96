import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../test/builders.ts'
import { databases } from '../../test/databases.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../test/store-builders.ts'
import { type Database } from './database.ts'
import { storeFailure } from './failures.ts'
import {
  deleteExpiredTokens,
  feedsOf,
  findAccessToken,
  findClient,
  findSource,
  fixFeeds,
  insertAccessToken,
  insertSecret,
  listSources,
  secretsOf,
  setFeed,
  type SecretRow,
} from './sources.ts'

describe.each(databases)('sources on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  const failing = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('expected an error'),
      (error: unknown) => storeFailure(error),
    )

  test('a source comes back as it was made', async () => {
    const made = {
      id: SOURCE,
      name: 'Läden & “Co” 😀',
      organization_id: 'org',
      feed: 'user',
      auth_type: 'oauth2',
      created_at: MORNING,
    } as const
    await addSource(db, made)
    expect(await findSource(db, SOURCE)).toEqual(made)
    expect(await findSource(db, 'src_unknown')).toBeUndefined()
  })

  test('an id is taken once', async () => {
    await addSource(db)
    expect(await failing(addSource(db))).toBe('conflict')
  })

  test('are listed newest first, page by page', async () => {
    for (const id of ['src_2', 'src_1', 'src_3']) await addSource(db, { id })
    const ids = async (before: string, limit: number) => (await listSources(db, { before, limit })).map(({ id }) => id)
    expect(await ids('', 2)).toEqual(['src_3', 'src_2'])
    expect(await ids('src_2', 2)).toEqual(['src_1'])
    expect(await ids('src_1', 2)).toEqual([])
  })

  test('R7: the family that arrives first is fixed, and stays', async () => {
    await addSource(db, { feed: null })
    await addSource(db, { id: 'src_b', feed: null })
    await addSource(db, { id: 'src_c', feed: null })
    await fixFeeds(db, [
      { source_id: SOURCE, family: 'user' },
      { source_id: 'src_b', family: 'event' },
    ])
    await fixFeeds(db, [{ source_id: SOURCE, family: 'event' }])
    expect(await feedsOf(db, [SOURCE, 'src_b', 'src_c'])).toEqual(
      new Map([
        [SOURCE, 'user'],
        ['src_b', 'event'],
      ]),
    )
    expect(await findSource(db, 'src_c')).toMatchObject({ feed: null })
  })

  test('R7: of two families that arrive at the same moment one is fixed, for both', async () => {
    await addSource(db, { feed: null })
    const fix = (family: 'user' | 'event') =>
      db.transaction(async tx => {
        await fixFeeds(tx, [{ source_id: SOURCE, family }])
        return (await feedsOf(tx, [SOURCE])).get(SOURCE)
      })
    const [one, other] = await Promise.all([fix('user'), fix('event')])
    expect(one).toBe(other)
  })

  test('R7: the operator may change the family', async () => {
    await addSource(db, { feed: 'user' })
    await setFeed(db, { id: SOURCE, feed: 'event' })
    expect(await feedsOf(db, [SOURCE])).toEqual(new Map([[SOURCE, 'event']]))
  })

  test('no source asked about, none found', async () => {
    await fixFeeds(db, [])
    expect(await feedsOf(db, [])).toEqual(new Map())
  })
})

describe.each(databases)('secrets of sources on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await addSource(db)
    await addSource(db, { id: 'src_b' })
  })
  afterAll(() => db.close())

  const secret = (over: Partial<SecretRow> = {}) =>
    insertSecret(db, {
      id: 'sec_1',
      source_id: SOURCE,
      kind: 'bearer',
      client_id: null,
      hash: 'h1',
      created_at: MORNING,
      ...over,
    })

  test('are found by source and kind', async () => {
    await secret()
    await secret({ id: 'sec_2', hash: 'h2' })
    await secret({ id: 'sec_3', hash: 'h3', kind: 'client', client_id: 'cli_1' })
    await secret({ id: 'sec_4', hash: 'h4', source_id: 'src_b' })
    const hashes = (await secretsOf(db, { sourceId: SOURCE, kind: 'bearer' })).map(({ hash }) => hash)
    expect(hashes.sort()).toEqual(['h1', 'h2'])
    expect(await secretsOf(db, { sourceId: 'src_b', kind: 'client' })).toEqual([])
  })

  test('a client is found by its id, and a bearer never is', async () => {
    await secret({ kind: 'client', client_id: 'cli_1' })
    await secret({ id: 'sec_2', hash: 'h2', client_id: 'cli_2' })
    expect(await findClient(db, 'cli_1')).toEqual({ source_id: SOURCE, hash: 'h1' })
    expect(await findClient(db, 'cli_2')).toBeUndefined()
    expect(await findClient(db, '')).toBeUndefined()
  })

  test('two sources never share a secret or a client', async () => {
    await secret({ kind: 'client', client_id: 'cli_1' })
    await expect(secret({ id: 'sec_2', source_id: 'src_b' })).rejects.toThrow('insert into source_secret')
    await expect(secret({ id: 'sec_3', hash: 'h3', kind: 'client', client_id: 'cli_1' })).rejects.toThrow('insert')
  })

  test('access tokens are found until they are cleared away, from their last moment on', async () => {
    await insertAccessToken(db, { hash: 't1', sourceId: SOURCE, expiresAt: minute(1) })
    await insertAccessToken(db, { hash: 't2', sourceId: 'src_b', expiresAt: minute(2) })
    expect(await findAccessToken(db, 't1')).toEqual({ source_id: SOURCE, expires_at: minute(1) })
    await deleteExpiredTokens(db, minute(1) - 1)
    expect(await findAccessToken(db, 't1')).toBeDefined()
    await deleteExpiredTokens(db, minute(1))
    expect(await findAccessToken(db, 't1')).toBeUndefined()
    expect(await findAccessToken(db, 't2')).toEqual({ source_id: 'src_b', expires_at: minute(2) })
  })
})
