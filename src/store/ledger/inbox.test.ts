import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minute } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { addSource, arrival, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { type Database } from '../engine/database.ts'
import { countRepeats, findBody, keepArrivals, listQuarantined } from './inbox.ts'

describe.each(databases)('the inbox on $name', ({ open }) => {
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

  const kept = () => db.query('select id, source_id, fingerprint, repeats from inbox order by id')
  const fault = (path: string) => [{ path, why: 'is missing' }]

  test('I2: a body is kept once per source and fingerprint', async () => {
    expect(await keepArrivals(db, [arrival({ id: 'inb_1' })])).toEqual(new Set(['inb_1']))
    expect(await keepArrivals(db, [arrival({ id: 'inb_2' })])).toEqual(new Set())
    expect(await kept()).toEqual([{ id: 'inb_1', source_id: SOURCE, fingerprint: 'f0', repeats: 0 }])
  })

  test('I2: a repeat in the very group of its first is not kept either', async () => {
    const group = [arrival({ id: 'inb_1' }), arrival({ id: 'inb_2', fingerprint: 'f1' }), arrival({ id: 'inb_3' })]
    expect(await keepArrivals(db, group)).toEqual(new Set(['inb_1', 'inb_2']))
    expect(await kept()).toHaveLength(2)
  })

  test('I2: the same body that comes many times at once is kept once', async () => {
    const all = Array.from({ length: 10 }, (_, n) => keepArrivals(db, [arrival({ id: `inb_${n}` })]))
    expect((await Promise.all(all)).flatMap(ids => [...ids])).toHaveLength(1)
    expect(await kept()).toHaveLength(1)
  })

  test('the same body of two sources is two', async () => {
    const both = [arrival({ id: 'inb_1' }), arrival({ id: 'inb_2', sourceId: 'src_b' })]
    expect(await keepArrivals(db, both)).toEqual(new Set(['inb_1', 'inb_2']))
  })

  test('repeats are counted at the body they repeat, and only there', async () => {
    await keepArrivals(db, [arrival({ id: 'inb_1' }), arrival({ id: 'inb_2', sourceId: 'src_b' })])
    const repeat = { sourceId: SOURCE, fingerprint: 'f0' }
    await countRepeats(db, [repeat, repeat, { sourceId: SOURCE, fingerprint: 'unknown' }])
    expect(await kept()).toMatchObject([
      { id: 'inb_1', repeats: 2 },
      { id: 'inb_2', repeats: 0 },
    ])
  })

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a NUL and bytes that are no UTF-8', new Uint8Array([0, 0xff, 0xfe, 0x80, 0])],
    ['every byte there is', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    ['a megabyte', new Uint8Array(1024 * 1024).fill(0x61)],
    ['a view of a larger buffer', new Uint8Array([9, 1, 2, 9]).subarray(1, 3)],
  ])('R2: a body of %s is kept byte for byte', async (_, raw) => {
    await keepArrivals(db, [arrival({ raw, faults: fault('type') })])
    const [row] = await listQuarantined(db, { before: '', limit: 1, mostBytes: 2 * 1024 * 1024 })
    // Byte by byte, `toEqual` takes ten seconds for the megabyte.
    expect(row && Buffer.from(row.raw).equals(raw)).toBe(true)
  })

  test('of a long body its beginning is listed, and how long it is', async () => {
    await keepArrivals(db, [arrival({ raw: Buffer.from('0123456789'), faults: fault('type') })])
    const [row] = await listQuarantined(db, { before: '', limit: 1, mostBytes: 4 })
    expect({ begins: Buffer.from(row?.raw ?? []).toString(), bytes: row?.bytes }).toEqual({ begins: '0123', bytes: 10 })
  })

  test('R2: what was set apart is listed with its faults, newest first, page by page', async () => {
    await keepArrivals(db, [
      arrival({ id: 'inb_1', fingerprint: 'f1', faults: fault('a') }),
      arrival({ id: 'inb_2', fingerprint: 'f2' }),
      arrival({ id: 'inb_3', fingerprint: 'f3', faults: fault('b'), receivedAt: minute(3) }),
      arrival({ id: 'inb_4', fingerprint: 'f4', faults: fault('c\0\ud800') }),
    ])
    const first = await listQuarantined(db, { before: '', limit: 2, mostBytes: 9 })
    expect(first.map(({ id }) => id)).toEqual(['inb_4', 'inb_3'])
    expect(first[0]?.faults).toEqual([{ path: 'c\0\ud800', why: 'is missing' }])
    expect(first[1]).toEqual({
      id: 'inb_3',
      sourceId: SOURCE,
      receivedAt: minute(3),
      faults: fault('b'),
      raw: new Uint8Array([0x7b, 0x7d]),
      bytes: 2,
    })
    const second = await listQuarantined(db, { before: 'inb_3', limit: 2, mostBytes: 9 })
    expect(second.map(({ id }) => id)).toEqual(['inb_1'])
  })

  test('a group may be empty', async () => {
    expect(await keepArrivals(db, [])).toEqual(new Set())
    await countRepeats(db, [])
  })

  test('a body of an unknown source is refused', async () => {
    await expect(keepArrivals(db, [arrival({ sourceId: 'src_unknown' })])).rejects.toThrow('insert into inbox')
  })

  test('a body is found again as it came in', async () => {
    const raw = new Uint8Array([0x00, 0xff, 0x7b])
    await keepArrivals(db, [arrival({ id: 'inb_1', raw })])
    expect(await findBody(db, 'inb_1')).toEqual(raw)
    expect(await findBody(db, 'inb_2')).toBeUndefined()
  })
})
