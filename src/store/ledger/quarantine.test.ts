import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { aStore, addArrival, openStore, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { listQuarantined } from './inbox.ts'
import { rewriteBody } from './bodies.ts'
import { expirePassedBody, lockBody } from './quarantine.ts'

const FAULT = { path: '[0].x', why: 'is missing' }
const PARTIAL = { path: '[1].y', why: 'has no time', partial: true as const }
const ID = 'inb_q'
const RAW = Buffer.from('[]')

describe.each(databases)('the quarantine on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => void (db = await openStore(open)))
  beforeEach(async () => {
    await aStore(db)
    await addArrival(db, { id: ID, fingerprint: 'q', raw: RAW, faults: [FAULT, PARTIAL] })
  })
  afterAll(() => db.close())

  const listed = async (sourceId?: string) =>
    (await listQuarantined(db, { sourceId, before: '', limit: 9, mostBytes: 9 })).map(({ id }) => id)
  const rawOf = async (id: string) => (await lockBody(db, id))?.raw.byteLength

  test('a body is read with its faults, and stays as it is', async () => {
    const body = await lockBody(db, ID)
    expect(body).toMatchObject({ id: ID, sourceId: SOURCE, faults: [FAULT, PARTIAL] })
    expect(Buffer.from(body?.raw ?? []).toString()).toBe('[]')
    expect(await lockBody(db, ID)).toEqual(body)
    expect(await lockBody(db, 'inb_none')).toBeUndefined()
  })

  test('a body stays while something is at fault, and leaves when nothing is', async () => {
    await rewriteBody(db, { id: ID, raw: RAW, faults: [FAULT] })
    expect((await lockBody(db, ID))?.faults).toEqual([FAULT])
    expect(await listed()).toEqual([ID])
    await rewriteBody(db, { id: ID, raw: RAW, faults: [] })
    expect((await lockBody(db, ID))?.faults).toEqual([])
    expect(await listed()).toEqual([])
  })

  test('R2: a body is kept as it could be decoded', async () => {
    await rewriteBody(db, { id: ID, raw: Buffer.from('[1]'), faults: [FAULT] })
    expect(Buffer.from((await lockBody(db, ID))?.raw ?? []).toString()).toBe('[1]')
  })

  test('R2: a fault keeps the encoding that the body is in', async () => {
    const encoded = { ...FAULT, path: '', contentEncoding: 'zstd' }
    await rewriteBody(db, { id: ID, raw: RAW, faults: [encoded] })
    expect((await lockBody(db, ID))?.faults).toEqual([encoded])
  })

  test('it is listed of one source, or of all', async () => {
    expect([await listed(), await listed(SOURCE), await listed('src_other')]).toEqual([[ID], [ID], []])
  })

  test('a body that left it is emptied when those of its age have expired, and only then', async () => {
    await expirePassedBody(db, { id: ID, bodiesDone: 'inb_z' })
    expect(await rawOf(ID)).toBe(2)
    await rewriteBody(db, { id: ID, raw: RAW, faults: [] })
    await expirePassedBody(db, { id: ID, bodiesDone: 'inb_b' })
    expect(await rawOf(ID)).toBe(2)
    await expirePassedBody(db, { id: ID, bodiesDone: ID })
    expect(await rawOf(ID)).toBe(0)
  })
})
