import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { addArrival, addSource, emptyStore, openStore, SOURCE } from '../../../test/store-builders.ts'
import { bodiesHolding, readBodies, rewriteBody } from './bodies.ts'
import { type Database } from '../engine/database.ts'
import { keepArrivals } from './inbox.ts'

describe.each(databases)('the bodies of webhooks on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await emptyStore(db)
    await addSource(db)
  })
  afterAll(() => db.close())

  const add = (id: string, raw: string | Uint8Array) =>
    addArrival(db, { id, fingerprint: id, raw: typeof raw === 'string' ? Buffer.from(raw) : raw })
  const holding = async (text: string, after = '', limit = 100) => bodiesHolding(db, { text, after, limit })

  test('those that hold a text are found, in any case of A to Z and whatever else is in them', async () => {
    await add('inb_1', '{"a":"ADA@Mail.test"}')
    await add('inb_2', '{"a":"bob@mail.test"}')
    await add(
      'inb_3',
      Buffer.concat([Buffer.from([0, 0xff, 0xc3]), Buffer.from('adA@mail.test'), Buffer.from([0x80, 0])]),
    )
    await add('inb_4', '')
    await add('inb_5', 'a\u212a@mail.test K@x é')
    expect(await holding('ada@mail.test')).toEqual({ ids: ['inb_1', 'inb_3'], last: 'inb_5' })
    expect((await holding('k@mail.test')).ids, 'a Kelvin sign is no K').toEqual([])
    expect((await holding('k@x é')).ids).toEqual(['inb_5'])
    expect((await holding('%')).ids).toEqual([])
  })

  test('one with a backslash may hold anything', async () => {
    await add('inb_1', '{"a":"\\u0061da"}')
    await add('inb_2', Buffer.from([0xff, 0x5c, 0]))
    await add('inb_3', '{}')
    expect((await holding('ada')).ids).toEqual(['inb_1', 'inb_2'])
  })

  test('page by page', async () => {
    for (const id of ['inb_1', 'inb_2', 'inb_3']) await add(id, 'ada')
    expect(await holding('ada', '', 2)).toEqual({ ids: ['inb_1', 'inb_2'], last: 'inb_2' })
    expect(await holding('ada', 'inb_2', 2)).toEqual({ ids: ['inb_3'], last: 'inb_3' })
    expect(await holding('ada', 'inb_3', 2)).toEqual({ ids: [], last: undefined })
  })

  test('I2: one is read and rewritten, and is still known by its fingerprint', async () => {
    await add('inb_1', 'ada')
    await add('inb_2', 'bob')
    await rewriteBody(db, { id: 'inb_1', raw: new Uint8Array(), faults: [] })
    const faults = [{ path: '[0]', why: 'is missing' }]
    await rewriteBody(db, { id: 'inb_2', raw: new Uint8Array([0, 0xff]), faults })
    expect(await readBodies(db, ['inb_2', 'inb_1', 'inb_9'])).toEqual([
      { id: 'inb_1', sourceId: SOURCE, receivedAt: MORNING, raw: new Uint8Array(), faults: [] },
      { id: 'inb_2', sourceId: SOURCE, receivedAt: MORNING, raw: new Uint8Array([0, 0xff]), faults },
    ])
    const again = {
      id: 'inb_3',
      sourceId: SOURCE,
      fingerprint: 'inb_1',
      receivedAt: MORNING,
      raw: new Uint8Array([1]),
      records: 1,
      faults: [],
    }
    expect(await keepArrivals(db, [again])).toEqual(new Set())
  })
})
