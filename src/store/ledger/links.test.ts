import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { addSource, aStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { addLinks, countSharedUsers, markShared } from './links.ts'

describe.each(databases)('R5d: shared Didomi users, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await addSource(db, { id: 'src_b' })
  })
  afterAll(() => db.close())

  async function writes(sourceId: string, userId: string, people: number): Promise<void> {
    const links = Array.from({ length: people }, (_, n) => ({ sourceId, userId, person: `p${n}@mail.test` }))
    await markShared(db, await addLinks(db, links))
  }

  test('are counted by source, each once, from the sixth person on', async () => {
    await writes(SOURCE, 'u1', 5)
    expect(await countSharedUsers(db)).toEqual(new Map())
    await writes(SOURCE, 'u1', 6)
    await writes(SOURCE, 'u2', 9)
    await writes('src_b', 'u1', 6)
    await writes('src_b', 'u3', 1)
    expect(await countSharedUsers(db)).toEqual(
      new Map([
        [SOURCE, 2],
        ['src_b', 1],
      ]),
    )
  })
})
