import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { deleteExpiredTokens, findAccessToken, insertAccessToken } from './access-tokens.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import {
  deletePreviousSecret,
  deleteSecrets,
  insertSecret,
  markSecretUsed,
  secretsOf,
  secretsOfClient,
  supersedeSecret,
  type NewSecret,
} from './source-secrets.ts'

const SECRET: NewSecret = {
  id: 'sec_1',
  sourceId: SOURCE,
  kind: 'bearer',
  clientId: undefined,
  hash: 'h1',
  createdAt: MORNING,
}
const CLIENT: NewSecret = { ...SECRET, kind: 'client', clientId: 'cli_1' }

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

  const idsOf = async (...sources: string[]) => (await secretsOf(db, sources)).map(({ id }) => id).sort()

  /** The first secret is the previous one until the minute 10, the second the current one. */
  async function renewed(first = SECRET): Promise<void> {
    await insertSecret(db, first)
    await supersedeSecret(db, { id: first.id, expiresAt: minute(10) })
    await insertSecret(db, { ...first, id: 'sec_2', hash: 'h2' })
  }

  test('are found by their sources, as they were made', async () => {
    await insertSecret(db, SECRET)
    await insertSecret(db, { ...CLIENT, id: 'sec_b', hash: 'hb', sourceId: 'src_b' })
    expect(await secretsOf(db, [SOURCE])).toEqual([{ ...SECRET, expiresAt: undefined, usedAt: undefined }])
    expect(await idsOf(SOURCE, 'src_b', 'src_unknown')).toEqual(['sec_1', 'sec_b'])
    expect(await idsOf()).toEqual([])
  })

  test('are found by their client, the previous one too; a bearer never is', async () => {
    await renewed(CLIENT)
    const found = await secretsOfClient(db, 'cli_1')
    expect(found.map(({ id, clientId, expiresAt }) => [id, clientId, expiresAt]).sort()).toEqual([
      ['sec_1', undefined, minute(10)],
      ['sec_2', 'cli_1', undefined],
    ])
    await insertSecret(db, { ...SECRET, id: 'sec_b', sourceId: 'src_b', hash: 'hb', clientId: 'cli_b' })
    expect(await secretsOfClient(db, 'cli_b')).toEqual([])
    expect(await secretsOfClient(db, '')).toEqual([])
  })

  test('a source has one current secret and one previous one at most', async () => {
    await insertSecret(db, SECRET)
    await expect(insertSecret(db, { ...SECRET, id: 'sec_2', hash: 'h2' })).rejects.toThrow('insert into source_secret')
    await supersedeSecret(db, { id: 'sec_1', expiresAt: minute(10) })
    await insertSecret(db, { ...SECRET, id: 'sec_2', hash: 'h2' })
    await expect(supersedeSecret(db, { id: 'sec_2', expiresAt: minute(20) })).rejects.toThrow('update source_secret')
  })

  test('two sources never share a secret or a client', async () => {
    await insertSecret(db, CLIENT)
    const other = { ...CLIENT, id: 'sec_2', sourceId: 'src_b' }
    await expect(insertSecret(db, { ...other, clientId: 'cli_2' })).rejects.toThrow('insert into source_secret')
    await expect(insertSecret(db, { ...other, hash: 'h2' })).rejects.toThrow('insert into source_secret')
  })

  test('all end but one, or all, and those of other sources stay', async () => {
    await renewed()
    await insertSecret(db, { ...SECRET, id: 'sec_b', hash: 'hb', sourceId: 'src_b' })
    await deleteSecrets(db, { sourceId: SOURCE, except: 'sec_1' })
    expect(await idsOf(SOURCE, 'src_b')).toEqual(['sec_1', 'sec_b'])
    await deleteSecrets(db, { sourceId: SOURCE, except: undefined })
    expect(await idsOf(SOURCE, 'src_b')).toEqual(['sec_b'])
  })

  test('the previous one is ended while it works, and never the current one', async () => {
    await renewed()
    expect(await deletePreviousSecret(db, { sourceId: SOURCE, at: minute(10) })).toBe(false)
    expect(await deletePreviousSecret(db, { sourceId: SOURCE, at: minute(10) - 1 })).toBe(true)
    expect(await deletePreviousSecret(db, { sourceId: SOURCE, at: minute(10) - 1 })).toBe(false)
    expect(await idsOf(SOURCE)).toEqual(['sec_2'])
  })

  test('one is marked as used, and no other', async () => {
    await renewed()
    await markSecretUsed(db, { id: 'sec_1', at: minute(3) })
    const used = (await secretsOf(db, [SOURCE])).map(({ id, usedAt }) => [id, usedAt]).sort()
    expect(used).toEqual([
      ['sec_1', minute(3)],
      ['sec_2', undefined],
    ])
  })

  test('access tokens are found until they are cleared away, from their last moment on', async () => {
    await insertSecret(db, CLIENT)
    const other = { ...CLIENT, id: 'sec_b', hash: 'hb', sourceId: 'src_b', clientId: 'cli_b' }
    await insertSecret(db, other)
    await insertAccessToken(db, { hash: 't1', secret: CLIENT, expiresAt: minute(1) })
    await insertAccessToken(db, { hash: 't2', secret: other, expiresAt: minute(2) })
    expect(await findAccessToken(db, 't1')).toMatchObject({ expiresAt: minute(1), secret: CLIENT })
    await deleteExpiredTokens(db, minute(1) - 1)
    expect(await findAccessToken(db, 't1')).toBeDefined()
    await deleteExpiredTokens(db, minute(1))
    expect(await findAccessToken(db, 't1')).toBeUndefined()
    expect(await findAccessToken(db, 't2')).toMatchObject({ expiresAt: minute(2), secret: { sourceId: 'src_b' } })
  })

  test('an access token follows its secret, and goes with it', async () => {
    await insertSecret(db, CLIENT)
    await insertAccessToken(db, { hash: 't1', secret: CLIENT, expiresAt: minute(60) })
    await supersedeSecret(db, { id: 'sec_1', expiresAt: minute(10) })
    expect(await findAccessToken(db, 't1')).toMatchObject({ secret: { id: 'sec_1', expiresAt: minute(10) } })
    await deleteSecrets(db, { sourceId: SOURCE, except: undefined })
    expect(await findAccessToken(db, 't1')).toBeUndefined()
  })
})

describe.each(databases)('a store of before the renewal of secrets on $name', ({ open }) => {
  test('keeps its secrets and its tokens', async () => {
    const db = await open()
    try {
      await migrate(
        db,
        migrations.filter(({ version }) => version < 10),
      )
      await addSource(db)
      await insertSecret(db, CLIENT)
      await db.query(`insert into access_token (hash, source_id, expires_at) values ('t1', $1, $2)`, [
        SOURCE,
        minute(5),
      ])
      await migrate(db, migrations)
      expect(await secretsOfClient(db, 'cli_1')).toEqual([{ ...CLIENT, expiresAt: undefined, usedAt: undefined }])
      expect(await findAccessToken(db, 't1')).toMatchObject({ expiresAt: minute(5), secret: CLIENT })
    } finally {
      await db.close()
    }
  })
})
