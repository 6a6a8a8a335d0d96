import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { emptyStore, openStore } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { findToken, insertToken, listTokens, revokeToken } from './tokens.ts'

describe.each(databases)('API tokens on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  const add = (id: string, hash = `hash of ${id}`) =>
    insertToken(db, { id, name: `the ${id}`, role: 'viewer', createdAt: MORNING, hash })

  test('a token is found by its hash and shows no hash', async () => {
    await add('tok_1')
    const shown = { id: 'tok_1', name: 'the tok_1', role: 'viewer', createdAt: MORNING, revokedAt: undefined }
    expect(await findToken(db, 'hash of tok_1')).toEqual(shown)
    expect(await listTokens(db, { before: '', limit: 9 })).toEqual([shown])
    expect(await findToken(db, 'tok_1')).toBeUndefined()
  })

  test('one that exists already is left as it is', async () => {
    await add('tok_1', 'h')
    await add('tok_2', 'h')
    await add('tok_1', 'other')
    expect(await findToken(db, 'h')).toMatchObject({ id: 'tok_1' })
    expect(await findToken(db, 'other')).toBeUndefined()
  })

  test('a revoked token opens nothing, is revoked once, and stays in the list', async () => {
    await add('tok_1')
    await add('tok_2')
    expect(await revokeToken(db, { id: 'tok_1', at: minute(1) })).toBe(true)
    expect(await revokeToken(db, { id: 'tok_1', at: minute(2) })).toBe(false)
    expect(await revokeToken(db, { id: 'tok_unknown', at: minute(2) })).toBe(false)
    expect(await findToken(db, 'hash of tok_1')).toBeUndefined()
    expect(await findToken(db, 'hash of tok_2')).toBeDefined()
    expect(await listTokens(db, { before: '', limit: 9 })).toMatchObject([
      { id: 'tok_2', revokedAt: undefined },
      { id: 'tok_1', revokedAt: minute(1) },
    ])
  })

  test('are listed newest first, page by page', async () => {
    for (const id of ['tok_2', 'tok_3', 'tok_1']) await add(id)
    const ids = async (before: string) => (await listTokens(db, { before, limit: 2 })).map(({ id }) => id)
    expect(await ids('')).toEqual(['tok_3', 'tok_2'])
    expect(await ids('tok_2')).toEqual(['tok_1'])
  })
})
