import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { storeFailure } from '../engine/errors.ts'
import { feedsOf, findSource, fixFeeds, listSources, lockSource, setFeed } from './sources.ts'

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
      organizationId: 'org',
      feed: 'user',
      authType: 'oauth2',
      createdAt: MORNING,
    } as const
    await addSource(db, made)
    expect(await findSource(db, SOURCE)).toEqual(made)
    expect(await findSource(db, 'src_unknown')).toBeUndefined()
  })

  test('a source that is locked is the same', async () => {
    await addSource(db)
    expect(await db.transaction(tx => lockSource(tx, SOURCE))).toEqual(await findSource(db, SOURCE))
    expect(await db.transaction(tx => lockSource(tx, 'src_unknown'))).toBeUndefined()
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
    await addSource(db, { feed: undefined })
    await addSource(db, { id: 'src_b', feed: undefined })
    await addSource(db, { id: 'src_c', feed: undefined })
    await fixFeeds(db, [
      { sourceId: SOURCE, family: 'user' },
      { sourceId: 'src_b', family: 'event' },
    ])
    await fixFeeds(db, [{ sourceId: SOURCE, family: 'event' }])
    expect(await feedsOf(db, [SOURCE, 'src_b', 'src_c'])).toEqual(
      new Map([
        [SOURCE, 'user'],
        ['src_b', 'event'],
      ]),
    )
    expect(await findSource(db, 'src_c')).toMatchObject({ feed: undefined })
  })

  test('R7: of two families that arrive at the same moment one is fixed, for both', async () => {
    await addSource(db, { feed: undefined })
    const fix = (family: 'user' | 'event') =>
      db.transaction(async tx => {
        await fixFeeds(tx, [{ sourceId: SOURCE, family }])
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
