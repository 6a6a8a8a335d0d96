import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { emptyStore, openStore } from '../../../test/store-builders.ts'
import { appendAudit, listAudit } from './audit.ts'
import { type Database } from '../engine/database.ts'

describe.each(databases)('the audit on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => emptyStore(db))
  afterAll(() => db.close())

  const entry = (id: string) => ({
    id,
    at: MORNING,
    actor: 'tok_1',
    action: 'integration.created',
    subject: 'int_a',
    detail: { name: 'Läden \0 😀' },
  })

  test('says who did what to which thing, as it was written', async () => {
    await appendAudit(db, entry('aud_1'))
    expect(await listAudit(db, { before: '', limit: 9 })).toEqual([entry('aud_1')])
  })

  test('is listed newest first, page by page', async () => {
    for (const id of ['aud_1', 'aud_3', 'aud_2']) await appendAudit(db, entry(id))
    const ids = async (before: string) => (await listAudit(db, { before, limit: 2 })).map(({ id }) => id)
    expect(await ids('')).toEqual(['aud_3', 'aud_2'])
    expect(await ids('aud_2')).toEqual(['aud_1'])
    expect(await ids('aud_1')).toEqual([])
  })

  test('never changes what it says', async () => {
    await appendAudit(db, entry('aud_1'))
    await expect(appendAudit(db, { ...entry('aud_1'), actor: 'somebody else' })).rejects.toThrow('insert into audit')
    expect(await listAudit(db, { before: '', limit: 9 })).toEqual([entry('aud_1')])
  })
})
